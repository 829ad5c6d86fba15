/** A change of many customers in words. */
import { type CustomField, customLabel } from '@/api'
import { count, locale, lookup, money } from '@/i18n'
import { customText } from '../custom'
import { word } from '../options'
import { t } from '../words'
import type { Act } from './queries'

/** Why a customer was refused or stays: the words of the error that one alone would have shown. */
export function reasonWords(code: string | null | undefined): string {
  return lookup(`bulk.why.${code ?? ''}`) ?? lookup(`error.${code ?? ''}`) ?? code ?? ''
}

const separator = () => (locale() === 'zh' ? '、' : ', ')
const prefixes: Record<string, string> = { grade: 'grade', industry: 'industry', source: 'source', kind: 'kind' }

/** What stands there now, short: 普通; 李雷 · 上海组; 空. */
export function beforeWords(before: unknown, added: CustomField[]): string {
  if (typeof before !== 'object' || before === null || 'removed_at' in before) return ''
  const said = Object.entries(before).map(([field, value]) => {
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return t('bulk.empty')
    const own = added.find(({ key }) => key === field)
    // Of a colleague the server tells the id here; who it is stands in the record.
    if (own) return own.kind === 'person' ? '' : customText(own, value)
    if (Array.isArray(value)) return value.join(separator())
    if (typeof value === 'object') return beforeWords(value, added)
    if (field.endsWith('_fen')) return money(Number(value))
    const prefix = prefixes[field]
    return prefix ? word(prefix, String(value)) : typeof value === 'number' ? count(value) : String(value)
  })
  return said.filter(Boolean).join(' · ')
}

/** 移交给孙丽; 标签：+展会 −旧; 级别改为重点. */
export function actWords(act: Act, to: string | null | undefined, added: CustomField[]): string {
  switch (act.act) {
    case 'owner':
    case 'department':
      return t('bulk.said.owner', { name: to ?? '' })
    case 'tags':
      return t('bulk.said.tags', {
        tags: [...(act.add ?? []).map((tag) => `+${tag}`), ...(act.remove ?? []).map((tag) => `−${tag}`)].join(' '),
      })
    case 'grade':
      return t('bulk.said.grade', { grade: word('grade', act.grade) })
    case 'edit':
      return t('bulk.said.edit', {
        fields: fieldsOf(act.fields)
          .map((key) => label(key, added))
          .join(separator()),
      })
    default:
      return t('bulk.said.remove')
  }
}

function fieldsOf(fields: Record<string, unknown>): string[] {
  const { custom, ...own } = fields
  return [...Object.keys(own), ...Object.keys((custom as object | undefined) ?? {})]
}

function label(key: string, added: CustomField[]): string {
  const field = added.find((other) => other.key === key)
  return field ? customLabel(field) : (lookup(`field.${key}`) ?? key)
}
