import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Journeys through the real server in real Chromium; each file starts a server of its own. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    include: ['e2e/**/*.e2e.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    maxConcurrency: 1,
  },
})
