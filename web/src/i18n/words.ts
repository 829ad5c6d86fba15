import { en } from './en'
import { define } from './t'
import { zh } from './zh'

/** The words of kit and shell. */
export const t = define({ zh, en })
