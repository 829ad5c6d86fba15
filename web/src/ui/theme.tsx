import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, MantineProvider } from '@mantine/core'
import type { ReactNode } from 'react'
import { t } from '@/i18n'

const ramp = (...shades: MantineColorsTuple): MantineColorsTuple => shades
const colors = {
  indigo: ramp(
    '#eaf1fa',
    '#d3e1f3',
    '#abc7e8',
    '#86b4ec',
    '#5f93d3',
    '#3f7cc4',
    '#2f6dbb',
    '#1f5fae',
    '#194d8e',
    '#133b6d',
  ),
  cinnabar: ramp(
    '#fbefec',
    '#f6d9d3',
    '#f0b5aa',
    '#f0917f',
    '#dd6f5a',
    '#cb5340',
    '#b5412e',
    '#b93a26',
    '#95301f',
    '#722518',
  ),
}

/** Built when the language is known: the labels that screen readers hear are part of the theme. */
function theme() {
  return createTheme({
    fontFamily: 'var(--font)',
    fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '15px', xl: '18px' },
    lineHeights: { xs: '18px', sm: '22px', md: '22px' },
    defaultRadius: 6,
    primaryColor: 'indigo',
    primaryShade: { light: 7, dark: 6 },
    colors,
    cursorType: 'pointer',
    respectReducedMotion: true,
    components: {
      Portal: { defaultProps: { target: '#overlays' } },
      CloseButton: { defaultProps: { 'aria-label': t('close') } },
      Modal: {
        defaultProps: {
          closeButtonProps: { 'aria-label': t('close') },
          transitionProps: { duration: 100 },
          radius: 6,
          centered: true,
        },
      },
      Drawer: { defaultProps: { closeButtonProps: { 'aria-label': t('close') }, transitionProps: { duration: 120 } } },
      Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
      Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
      Select: {
        defaultProps: { nothingFoundMessage: t('field.no_match'), clearButtonProps: { 'aria-label': t('clear') } },
      },
      MultiSelect: {
        defaultProps: {
          nothingFoundMessage: t('field.no_match'),
          clearButtonProps: { 'aria-label': t('clear') },
          comboboxProps: { keepMounted: false },
        },
      },
      Cascader: {
        defaultProps: { nothingFoundMessage: t('field.no_match'), clearButtonProps: { 'aria-label': t('clear') } },
      },
      TreeSelect: {
        defaultProps: { nothingFoundMessage: t('field.no_match'), clearButtonProps: { 'aria-label': t('clear') } },
      },
      PasswordInput: { defaultProps: { visibilityToggleButtonProps: { 'aria-label': t('field.show_password') } } },
    },
  })
}

/** Mantine's neutrals follow our tokens, so that one file decides both themes. */
const variables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-2)',
    '--mantine-color-placeholder': 'var(--ink-2)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-anchor': 'var(--indigo)',
    '--mantine-color-error': 'var(--cinnabar)',
    '--mantine-primary-color-light': 'var(--indigo-soft)',
    '--mantine-primary-color-light-color': 'var(--indigo)',
    '--mantine-color-indigo-light': 'var(--indigo-soft)',
    '--mantine-color-indigo-light-hover': 'var(--indigo-soft)',
    '--mantine-color-indigo-light-color': 'var(--indigo)',
    '--mantine-color-cinnabar-light': 'var(--cinnabar-soft)',
    '--mantine-color-cinnabar-light-hover': 'var(--cinnabar-soft)',
    '--mantine-color-cinnabar-light-color': 'var(--cinnabar)',
    '--mantine-shadow-md': 'var(--shadow)',
  }
  return { variables: {}, light: both, dark: both }
}

export function Theme({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme()}
      cssVariablesResolver={variables}
      colorSchemeManager={manager}
      defaultColorScheme="auto"
      // Without transitions, so that tests see the end of them.
      env={import.meta.env.MODE === 'test' ? 'test' : 'default'}
    >
      {children}
      {/* Whatever opens over the page hangs here: content outside of every landmark would be lost to screen readers. */}
      <section id="overlays" aria-label={t('shell.overlays')} />
    </MantineProvider>
  )
}

export type Scheme = 'light' | 'dark' | 'auto'
const KEY = 'zk-theme'

/** The same key that boot.js reads before the first paint. */
const manager = {
  get: (fallback: Scheme): Scheme => {
    const stored = localStorage.getItem(KEY)
    return stored === 'light' || stored === 'dark' || stored === 'auto' ? stored : fallback
  },
  set: (scheme: Scheme) => localStorage.setItem(KEY, scheme),
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => localStorage.removeItem(KEY),
}
