export * from './format'
export { define, dictionaries, type Locale, learn, locale, lookup, onLocale, setLocale } from './t'
export { t } from './words'
