/** A customer book as companies really keep it: GBK, headings of their own, full-width digits, stray spaces. */

const CITIES = ['上海', '苏州', '无锡', '杭州', '宁波', '南京', '合肥', '青岛', '武汉', '成都']
const NAMES = ['华盛', '恒泰', '瑞丰', '博润', '金源', '朗川', '诚邦', '联腾', '信洋', '海和']
const TRADES = ['机械', '电子', '食品', '物流', '新材料']
const SURNAMES = ['王', '李', '张', '刘', '陈', '杨', '赵', '黄', '周', '吴']
const GRADES = ['VIP', '重点客户', '普通']
const DATES = ['2024-3-5', '2024/11/20', '2023年6月1日', '20220815']
export const ROWS = 300
/** Rows that cannot be taken: a name is missing, or the date is none. */
export const BAD_ROWS = 6

const fullWidth = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))

function row(n: number): string[] {
  const at = <T>(list: T[], step: number) => list[Math.floor(n / step) % list.length] as T
  const name = `${at(CITIES, 1)}${at(NAMES, 10)}${at(TRADES, 100)}${n % 2 ? '有限公司' : '股份有限公司'}`
  const phone = `138${String(10_000_000 + n * 37).slice(0, 8)}`
  const grade = n % 10 === 0 ? GRADES[0] : n % 5 === 0 ? GRADES[1] : GRADES[2]
  const messy =
    n % 7 === 0 ? fullWidth(phone) : n % 7 === 1 ? `${phone.slice(0, 3)} ${phone.slice(3, 7)} ${phone.slice(7)}` : phone
  const broken = n % 50 === 49
  return [
    broken ? '' : `${n % 9 === 0 ? '　' : ''}${name} `,
    `${at(SURNAMES, 3)}经理`,
    messy,
    grade ?? '',
    at(DATES, 1),
  ]
}

/** The sheet as bytes of GBK. */
export function messySheet(): Buffer {
  const lines = [['单位名称', '联系人', '联系电话', '客户级别', '首次合作日期']]
  for (let n = 0; n < ROWS; n++) lines.push(row(n))
  return gbk(lines.map((cells) => cells.join(',')).join('\r\n'))
}

/** The platform only reads GBK; turning its table around writes it. */
function gbk(text: string): Buffer {
  const decoder = new TextDecoder('gbk')
  const table = new Map<string, number[]>()
  for (let high = 0x81; high <= 0xfe; high++) {
    for (let low = 0x40; low <= 0xfe; low++) {
      const char = decoder.decode(Uint8Array.of(high, low))
      if (char.length === 1 && !table.has(char)) table.set(char, [high, low])
    }
  }
  const bytes = [...text].flatMap((char) =>
    char.charCodeAt(0) < 0x80 ? [char.charCodeAt(0)] : (table.get(char) ?? [0x3f]),
  )
  return Buffer.from(bytes)
}
