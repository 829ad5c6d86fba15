import { define } from '@/i18n'

/** What is needed before a page of this room is open. */
export const m = define({
  zh: {
    'protection.requests': '个人权利请求',
    'protection.purposes': '同意的目的与告知',
    'error.customer.restricted': '这位客户的信息已限制处理，只保存，不能查看或使用',
    'error.contact.restricted': '这位联系人的信息已限制处理，只保存，不能查看或使用',
    'error.contact.in_bin': '这位联系人在回收站里，请先恢复',
    'error.consent.retired': '这个目的已停用，不能再登记同意',
    'error.consent.too_many_purposes': '目的太多了，请先停用不用的',
    'error.request.identity_unchecked': '请先核实对方的身份',
    'error.request.closed': '这个请求已经办结',
    'error.erasure.contract_runs': '合同还没有到期，现在不能删除；请说明原因并拒绝，或等合同结束',
    'error.erasure.others_open': '此人还有别的请求没有答复，请先答复',
    'error.erasure.under_way': '正在删除，不能再改',
    'error.import.busy': '有导入正在写入，稍后会再试',
    'error.request.not_a_handler': '这位同事没有答复请求的权限',
    'error.request.no_handler': '还没有人可以答复请求，请管理员先给同事相应的权限',
  },
  en: {
    'protection.requests': 'Data-subject requests',
    'protection.purposes': 'Purposes and notices',
    'error.customer.restricted': 'This customer is restricted: the information is stored and may not be seen or used',
    'error.contact.restricted': 'This contact is restricted: the information is stored and may not be seen or used',
    'error.contact.in_bin': 'This contact is in the recycle bin; restore them first',
    'error.consent.retired': 'This purpose is no longer in use; no consent to it can be recorded',
    'error.consent.too_many_purposes': 'Too many purposes; please retire those not in use first',
    'error.request.identity_unchecked': 'Please check first who they are',
    'error.request.closed': 'This request has been closed already',
    'error.erasure.contract_runs':
      'A contract still runs, so it cannot be erased now; refuse with the reason, or wait until it ends',
    'error.erasure.others_open': 'Another request of this person is unanswered; answer that first',
    'error.erasure.under_way': 'It is being erased and can no longer be changed',
    'error.import.busy': 'An import is being written; it is tried again later',
    'error.request.not_a_handler': 'This colleague may not answer requests',
    'error.request.no_handler': 'Nobody may answer requests yet; an administrator has to allow somebody first',
  },
})
