/** Fields that the company has added itself: what they are called, and what may stand in them. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { learn, locale } from '@/i18n'
import { api, call, type Schemas } from './client'

export type CustomField = Schemas['CustomFieldView']
export type CustomChoice = Schemas['CustomChoice']

export const customFieldsQuery = queryOptions({
  queryKey: ['custom_fields'],
  queryFn: async ({ signal }) => {
    const { items } = await call(api.GET('/api/v1/custom_fields', { signal }))
    const words = (of: (field: CustomField) => string) =>
      Object.fromEntries(items.map((field) => [`field.${field.key}`, of(field)]))
    // Wherever a key is told – in the audit, the timeline, what is missing – it is told by its label.
    learn({ zh: words((field) => field.zh), en: words((field) => field.en) })
    return items
  },
  staleTime: 60_000,
})

/** The added fields of a kind of record, in their order. */
export function useCustomFields(entity: CustomField['entity']): CustomField[] {
  const fields = useQuery(customFieldsQuery).data
  return fields?.filter((field) => field.entity === entity) ?? none
}

const none: CustomField[] = []

export const customLabel = (field: CustomField) => (locale() === 'en' ? field.en : field.zh)

export const choiceLabel = (choice: CustomChoice) => (locale() === 'en' && choice.en) || choice.zh

/** What is personal or sensitive arrives masked. */
export const isSealed = (field: CustomField) => field.class !== 'ordinary'
