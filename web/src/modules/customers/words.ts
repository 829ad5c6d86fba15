import { define } from '@/i18n'
import { archive } from './words/archive'
import { bin } from './words/bin'
import { bulk } from './words/bulk'
import { cooperation } from './words/cooperation'
import { enums } from './words/enums'
import { errors } from './words/errors'
import { files } from './words/files'
import { handovers } from './words/handovers'
import { happening } from './words/happening'
import { importing } from './words/importing'
import { near } from './words/near'
import { organisation } from './words/organisation'
import { pairs } from './words/pairs'
import { proposals } from './words/proposals'
import { quality } from './words/quality'
import { round } from './words/round'
import { seen } from './words/seen'

/** Words of the pages of this room, loaded with them. */
export const t = define({
  zh: {
    ...archive.zh,
    ...cooperation.zh,
    ...bin.zh,
    ...bulk.zh,
    ...enums.zh,
    ...errors.zh,
    ...files.zh,
    ...happening.zh,
    ...handovers.zh,
    ...importing.zh,
    ...near.zh,
    ...organisation.zh,
    ...pairs.zh,
    ...proposals.zh,
    ...quality.zh,
    ...round.zh,
    ...seen.zh,
  },
  en: {
    ...archive.en,
    ...cooperation.en,
    ...bin.en,
    ...bulk.en,
    ...enums.en,
    ...errors.en,
    ...files.en,
    ...happening.en,
    ...handovers.en,
    ...importing.en,
    ...near.en,
    ...organisation.en,
    ...pairs.en,
    ...proposals.en,
    ...quality.en,
    ...round.en,
    ...seen.en,
  },
})
