import { useMantineColorScheme as useScheme } from '@mantine/core'
import type { Scheme } from './theme'

/** Light, dark, or as the system. */
export function useColourScheme(): { scheme: Scheme; setScheme: (scheme: Scheme) => void } {
  const { colorScheme, setColorScheme } = useScheme()
  return { scheme: colorScheme, setScheme: setColorScheme }
}
