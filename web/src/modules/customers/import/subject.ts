/** What the rows of a sheet are, where its pages are, and what its words are. */
import { createContext, useContext } from 'react'
import type { ImportView } from '../queries'

export type Subject = ImportView['subject']

export const SubjectContext = createContext<Subject>('customer')

export const useSubject = () => useContext(SubjectContext)

export const pathsOf: Record<Subject, { page: string; back: string; done: string }> = {
  customer: { page: '/customers/import', back: '/customers', done: '/customers?sort=-created_at' },
  cooperation: { page: '/customers/cooperation/import', back: '/customers', done: '/customers?sort=-last_deal_on' },
}
