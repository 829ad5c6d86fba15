export {
  ChoiceField,
  Department,
  Lookup,
  MultiChoice,
  Person,
  Region,
  RegionName,
  regionPath,
  Segmented,
  Tags,
  treeOf,
  useSettled,
} from './choice'
export { DateField, DateTimeField } from './dates'
export { Area, cleanPhone, FileField, Money, NumberField, Password, Phone, Switch, Text } from './text'
export type { Choice, FieldProps } from './types'
export { fromZoned, toZoned } from './zoned'
