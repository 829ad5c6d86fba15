import { expect, it } from 'vitest'
import { birthdayOf, changes } from './ContactForm'

const before = {
  name: '陈明',
  salutation: null,
  position: '',
  department: '',
  unit_id: null,
  reports_to: null,
  attitude: null,
  influence: null,
  phone: '',
  email: '',
  wechat: '',
  authority: 'none' as const,
  primary: false,
  left: false,
  preferences: '',
  born: '',
  calendar: 'solar' as const,
  leap: false,
}

it('reads a birthday as people write it', () => {
  expect(birthdayOf('1980-3-15')).toEqual({ year: 1980, month: 3, day: 15 })
  expect(birthdayOf('3月15日')).toEqual({ month: 3, day: 15 })
  expect(birthdayOf(' 12/1 ')).toEqual({ month: 12, day: 1 })
  for (const bad of ['13-1', '3-32', '1980', 'soon']) expect(birthdayOf(bad)).toBeUndefined()
})

it('sends what differs, and who decides as the authority says', () => {
  expect(changes(before, before)).toEqual({})
  expect(changes({ ...before, authority: 'final' }, before)).toEqual({ authority: 'final', decision_maker: true })
  expect(changes({ ...before, authority: 'none' }, { ...before, authority: 'final' })).toMatchObject({
    decision_maker: false,
  })
  expect(changes({ ...before, born: '3-15', calendar: 'lunar' }, before)).toEqual({
    birthday: { month: 3, day: 15, calendar: 'lunar', leap: false },
  })
  expect(changes({ ...before, born: '' }, { ...before, born: '3-15' })).toEqual({ birthday: null })
})
