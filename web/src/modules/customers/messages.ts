import { define } from '@/i18n'

/** Words that are needed before a page of this room is open. The others are in `words.ts` and come with the pages. */
export const t = define({
  zh: {
    'customers.title': '客户',
    'customers.new': '新建客户',
    'customers.import': '导入客户',
    'customers.cooperation_import': '导入合作记录',
    'customers.quality': '数据质量',
    'customers.round': '季度核对',
    'customers.grades': '级别审批',
    'customers.bin': '回收站',
    'notification.handover_opened': '{by}把客户交接给你，请按清单接收',
    'notification.attachment_infected': '你上传的一个附件发现病毒，已不能打开',
    'customers.handovers': '客户交接',
    'customers.handover_checklist': '交接清单',
    'grade.vip': 'VIP',
    'grade.key': '重点',
    'grade.ordinary': '普通',
  },
  en: {
    'customers.title': 'Customers',
    'customers.new': 'New customer',
    'customers.import': 'Import customers',
    'customers.cooperation_import': 'Import orders and contracts',
    'customers.quality': 'Data quality',
    'customers.round': 'Quarterly verification',
    'customers.grades': 'Tier approvals',
    'customers.bin': 'Recycle bin',
    'notification.handover_opened': '{by} hands customers over to you; please go through the checklist',
    'notification.attachment_infected': 'A file that you added is infected and cannot be opened any more',
    'customers.handovers': 'Hand-overs',
    'customers.handover_checklist': 'Hand-over checklist',
    'grade.vip': 'VIP',
    'grade.key': 'Key',
    'grade.ordinary': 'Ordinary',
  },
})
