/** Ranks the short list of pages and actions; records are matched by the server, which keeps pinyin of every name. */
export type Matcher = (label: string, text: string) => boolean

export const plainMatch: Matcher = (label, text) => label.toLowerCase().includes(text.toLowerCase())

/** Pinyin is large and only needed once somebody types: loaded then. */
export async function loadMatcher(): Promise<Matcher> {
  const { match } = await import('pinyin-pro')
  return (label, text) =>
    text === '' ||
    plainMatch(label, text) ||
    match(label, text.toLowerCase(), { precision: 'start', continuous: true }) !== null
}
