/** Finds pages and actions; records are matched by the server, which keeps pinyin of every name. */
export type Matcher = (label: string, text: string) => boolean

const HAN = /\p{Script=Han}/u

/** Chinese anywhere; Latin from the start of a word, so that `art` does not find `start`. */
export const plainMatch: Matcher = (label, text) => {
  const [low, wanted] = [label.toLowerCase(), text.toLowerCase()]
  if (wanted === '' || HAN.test(wanted)) return low.includes(wanted)
  return low.split(/[^\p{L}\p{N}-]+|(?<=\p{Script=Han})|(?=\p{Script=Han})/u).some((word) => word.startsWith(wanted))
}

/** Pinyin is large and only needed once somebody types: loaded then. Only Chinese has it. */
export async function loadMatcher(): Promise<Matcher> {
  const { match } = await import('pinyin-pro')
  const spoken: Matcher = (words, text) =>
    words
      .split(/\s+/)
      .some(
        (word) => HAN.test(word) && match(word, text.toLowerCase(), { precision: 'start', continuous: true }) !== null,
      )
  return (label, text) => plainMatch(label, text) || (!HAN.test(text) && spoken(label, text))
}
