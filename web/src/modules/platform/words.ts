import { define } from '@/i18n'
import { audit } from './words/audit'
import { company } from './words/company'
import { custom } from './words/custom'
import { exporting } from './words/exporting'
import { jobs } from './words/jobs'
import { profile } from './words/profile'

/** Words of the pages of this room, loaded with them. */
export const t = define({
  zh: { ...audit.zh, ...company.zh, ...custom.zh, ...exporting.zh, ...jobs.zh, ...profile.zh },
  en: { ...audit.en, ...company.en, ...custom.en, ...exporting.en, ...jobs.en, ...profile.en },
})
