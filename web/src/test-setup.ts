import 'fake-indexeddb/auto'
import { cleanup } from '@testing-library/react'
import { afterEach, beforeEach } from 'vitest'
import { setLocale, setZone } from '@/i18n'

// What happy-dom does not have and the widgets ask for.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
}
Element.prototype.scrollIntoView ??= () => {}
if (!document.fonts) Object.defineProperty(document, 'fonts', { value: new EventTarget() })

beforeEach(() => {
  setLocale('zh')
  setZone('Asia/Shanghai')
})
afterEach(cleanup)
