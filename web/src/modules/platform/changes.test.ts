import { describe, expect, it } from 'vitest'
import { setZone } from '@/i18n'
import { changeWords, withheldWords } from './changes'
import './words'

describe('what an audit entry changed', () => {
  it('is said in one line, from what to what', () => {
    expect(changeWords({ name: { from: '华东区', to: '华东大区' }, active: { from: true, to: false } })).toBe(
      '名称：华东区 → 华东大区；在用：是 → 否',
    )
    expect(changeWords({ name: { from: null, to: '华东区' } })).toBe('名称：华东区')
    expect(changeWords({ name: { from: '华东区', to: null } })).toBe('名称：华东区 → –')
    expect(changeWords({ year: 2027 })).toBe('年份：2027')
    expect(changeWords({})).toBe('')
  })
  it('takes a list of two for a list', () => {
    expect(changeWords({ numbers: ['KH-1', 'KH-2'] })).toBe('编号：KH-1、KH-2')
  })
  it('says instants in the zone of the company', () => {
    setZone('Asia/Shanghai')
    expect(changeWords({ at: { from: null, to: '2026-11-22T00:54:00Z' } })).toContain('08:54')
  })
  it('names colleagues, and leaves out what says nothing', () => {
    const li = '01a20077-1ef4-7406-b5db-29ec90159162'
    expect(changeWords({ owner_id: { from: null, to: li } }, { [li]: '李雷' })).toBe('负责人：李雷')
    expect(changeWords({ owner_id: { from: null, to: li } })).toBe('')
    expect(changeWords({ digest: 'e3b0', job: li, file: 'a.csv' })).toBe('文件：a.csv')
    expect(changeWords({ working_week: { from: [[['09:00', '12:00']]], to: [] } })).toBe('工作时间：… → –')
    expect(changeWords({ x: 'a'.repeat(80) })).toHaveLength(62)
  })
  it('says of a personal value only that it changed', () => {
    const one = { digest: 'ab' }
    expect(changeWords({ phone: { from: one, to: { digest: 'cd' } } })).toBe('电话：已修改')
    expect(changeWords({ phone: { from: null, to: one } })).toBe('电话：已填写')
    expect(changeWords({ phone: { from: one, to: null } })).toBe('电话：已清空')
    expect(changeWords({ field: 'phone', reason: '打电话确认交期' })).toBe('查看的内容：电话；原因：打电话确认交期')
  })
  it('names the fields of a record that its reader does not see', () => {
    expect(withheldWords(['name', 'notes', 'digest'])).toBe('名称、备注（内容不显示）')
    expect(withheldWords(['digest'])).toBe('')
  })
})
