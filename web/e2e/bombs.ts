/** Files that are made to do harm: archives that unpack without end, pictures that nobody has the memory for, and lies. */
import { crc32, deflateRawSync, deflateSync } from 'node:zlib'

export type Bytes = Uint8Array<ArrayBuffer>

const MIB = 1 << 20
const bytes = (...parts: (Buffer | string)[]): Bytes =>
  new Uint8Array(Buffer.concat(parts.map((one) => Buffer.from(one))))

type Part = {
  name: string
  content: Buffer | string
  /** The size that the archive claims, where it lies. */
  claims?: number
}

/** A file of little-endian numbers, each with its width in bytes. */
function numbers(...pairs: [number, 2 | 4][]): Buffer {
  return Buffer.concat(
    pairs.map(([value, width]) => {
      const one = Buffer.alloc(width)
      one.writeUIntLE(value, 0, width)
      return one
    }),
  )
}

/** An archive; with `times`, its directory names each part so many times over the same bytes. */
function archive(parts: Part[], times = 1): Bytes {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const { name, content, claims } of parts) {
    const raw = Buffer.from(content)
    const packed = deflateRawSync(raw)
    const title = Buffer.from(name)
    const told: [number, 2 | 4][] = [
      [20, 2],
      [0x800, 2],
      [8, 2],
      [0, 4],
      [crc32(raw), 4],
      [packed.length, 4],
      [claims ?? raw.length, 4],
      [title.length, 2],
      [0, 2],
    ]
    locals.push(numbers([0x04034b50, 4], ...told), title, packed)
    for (let n = 0; n < times; n++) {
      const called = n === 0 ? title : Buffer.from(`${n}${name}`.slice(0, title.length))
      const rest: [number, 2 | 4][] = [
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 4],
        [at, 4],
      ]
      entries.push(numbers([0x02014b50, 4], [20, 2], ...told, ...rest), called)
    }
    at += 30 + title.length + packed.length
  }
  const directory = Buffer.concat(entries)
  const count = parts.length * times
  const end = numbers([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [directory.length, 4], [at, 4], [0, 2])
  return bytes(...locals, directory, end)
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const frame: Part[] = [
  { name: '[Content_Types].xml', content: `${HEAD}<Types xmlns="${PACKAGE}/content-types"/>` },
  {
    name: '_rels/.rels',
    content: `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  },
  {
    name: 'xl/workbook.xml',
    content: `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="客户" sheetId="1" r:id="s"/></sheets></workbook>`,
  },
  {
    name: 'xl/_rels/workbook.xml.rels',
    content: `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="s" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="t" Type="${OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
  },
]
const SHEET = 'xl/worksheets/sheet1.xml'
const sheet = (rows: string): Part => ({
  name: SHEET,
  content: `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`,
})
const text = (words: string) => `<c t="inlineStr"><is><t>${words}</t></is></c>`
const blank = '<row><c/><c/><c/></row>'.repeat((60 * MIB) / 23)

/** Letters without order: what hardly packs keeps an archive below the ratio that nobody believes. */
function noise(length: number): string {
  let state = 1
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647
    return String.fromCharCode(97 + (state % 26))
  }).join('')
}

/** Sheets; each is a workbook or says it is one. */
export function sheets(): [name: string, content: Bytes][] {
  const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')
  const shared = `${HEAD}<sst xmlns="${MAIN}"><si><t>${noise(32_000)}</t></si></sst>`
  const repeated = `<row>${'<c t="s"><v>0</v></c>'.repeat(100)}</row>`.repeat(3_000)
  const outside = `${HEAD}<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>`
  return [
    ['铺天盖地.xlsx', archive([...frame, sheet(blank)])],
    ['谎报大小.xlsx', archive([...frame, { ...sheet(blank), claims: MIB }])],
    ['同一处千次.xlsx', archive([...frame, sheet(blank.slice(0, 23 * 200_000))], 1_000)],
    [
      '十亿大笑.xlsx',
      archive([
        ...frame,
        {
          name: SHEET,
          content: `${HEAD}<!DOCTYPE l [<!ENTITY l0 "哈">${laughs}]><worksheet><sheetData><row>${text('&l9;')}</row></sheetData></worksheet>`,
        },
      ]),
    ],
    ['外部实体.xlsx', archive([...frame, { name: SHEET, content: outside }])],
    ['字符串炸弹.xlsx', archive([...frame, sheet(repeated), { name: 'xl/sharedStrings.xml', content: shared }])],
    ['无底.xlsx', archive([...frame, sheet('<a>'.repeat(1_000_000))])],
    ['一格.xlsx', archive([...frame, sheet(`<row>${text(noise(20 * MIB))}</row>`)])],
    ['天边.xlsx', archive([...frame, sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')])],
    [
      '千万个成员.xlsx',
      archive([...frame, ...Array.from({ length: 30_000 }, (_, n) => ({ name: `${n}`, content: '' }))]),
    ],
    ['没有引号.csv', bytes('名称,备注\n"', 'x,\n'.repeat(8 * MIB))],
    ['一行.csv', bytes(','.repeat(30 * MIB))],
    ['网页.xlsx', bytes('<html><script>window.__hacked=1</script></html>')],
    ['照片.csv', png(2, 2)],
    ['文档.xlsx', bytes('%PDF-1.7\n%%EOF')],
    ['旧表.xlsx', bytes(Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(MIB))],
  ]
}

/** A book of one customer in many rows that repeat one long text without end: it is a table, and may come in. */
export function endless(): Bytes {
  const columns = 40
  const row = (cell: (n: number) => string) =>
    `<row>${Array.from({ length: columns }, (_, n) => cell(n)).join('')}</row>`
  const words = (n: number) => `<c t="s"><v>${n === 0 ? 0 : 1}</v></c>`
  const rows = row((n) => text(n === 0 ? '客户名称' : `备注${n}`)) + row(words).repeat(60)
  const shared = `${HEAD}<sst xmlns="${MAIN}"><si><t>华盛机械有限公司</t></si><si><t>${noise(32_000)}</t></si></sst>`
  return archive([...frame, sheet(rows), { name: 'xl/sharedStrings.xml', content: shared }])
}

function chunk(kind: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind), content])
  const head = Buffer.alloc(4)
  head.writeUInt32BE(content.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([head, named, sum])
}

/** A black picture of so many points, all of which are there. */
export function png(width: number, height: number): Bytes {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.writeUInt8(1, 8)
  const lines = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height), { level: 1 })
  const mark = Buffer.from('89504e470d0a1a0a', 'hex')
  return bytes(mark, chunk('IHDR', head), chunk('IDAT', lines), chunk('IEND', Buffer.alloc(0)))
}

/** A photograph that says it is 65,500 points wide and high. */
const jpeg = (): Bytes =>
  bytes(
    Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0000b08ffdcffdc01011100ffda0008010100003f00', 'hex'),
    Buffer.alloc(512),
    Buffer.from('ffd9', 'hex'),
  )

/** Files to hang on a record; each is refused. */
export function files(): [name: string, content: Bytes][] {
  const nothing = Buffer.alloc(100 * MIB)
  return [
    ['一亿个零.zip', archive([{ name: '0', content: nothing }])],
    ['谎报.zip', archive([{ name: '0', content: nothing, claims: 10 }])],
    ['重叠.zip', archive([{ name: '00000', content: Buffer.alloc(MIB) }], 2_000)],
    [
      '文档.docx',
      archive([
        { name: '[Content_Types].xml', content: '<Types/>' },
        { name: 'word/document.xml', content: nothing },
      ]),
    ],
    ['五万见方.png', png(50_000, 50_000)],
    ['巨照.jpg', jpeg()],
    ['矢量.png', bytes('<svg xmlns="http://www.w3.org/2000/svg" onload="window.__hacked=1"/>')],
    ['矢量.svg', bytes('<svg xmlns="http://www.w3.org/2000/svg" onload="window.__hacked=1"/>')],
    ['网页.html', bytes('<script>window.__hacked=1</script>')],
    ['网页.jpg', bytes('<html><script>window.__hacked=1</script></html>')],
    ['程序.pdf', bytes('MZ\x90\x00')],
    ['声音.webm', bytes('<script>window.__hacked=1</script>')],
  ]
}

/** An archive of archives of archives: nothing of it is unpacked more than once, so it is what it says. */
export function nested(): Bytes {
  let inner = archive([{ name: '0', content: Buffer.alloc(100 * MIB) }])
  for (let depth = 0; depth < 5; depth++) {
    const content = Buffer.from(inner)
    inner = archive(Array.from({ length: 10 }, (_, n) => ({ name: `${n}.zip`, content })))
  }
  return inner
}

/** A page in the shape of a document: it may lie there, and must never be shown as a page. */
export const disguised = (): Bytes =>
  bytes('%PDF-1.7\n<html><script>window.__hacked=1;parent.__hacked=1</script></html>\n%%EOF')

/** Names that would lead elsewhere, hide what a file is, or break whatever repeats them. */
export const NAMES = [
  '../../../../etc/passwd',
  '..\\..\\windows\\system32\\config',
  '/etc/cron.d/root',
  'C:\\boot.ini',
  'a\u0000b',
  '发票\u202efdp.exe',
  '\u2066隐\u2069',
  'CON',
  'NUL',
  'COM1',
  'a\nb',
  'a\r\nSet-Cookie: zhike=1',
  'a"; filename="b.exe',
  "a'b`c",
  '<img src=x onerror=window.__hacked=1>',
  '"><script>window.__hacked=1</script>',
  'javascript:window.__hacked=1',
  '%2e%2e%2f%00',
  '$(touch x)|;&',
  '.',
  '..',
  ' ',
  '.hidden',
  'a'.repeat(5_000),
  '长'.repeat(5_000),
  '\u0301'.repeat(300),
  '=cmd|calc',
  'x.pdf.exe',
  'x.exe ',
]
