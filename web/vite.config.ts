import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))
const text = /\.(js|css|html|svg|json|webmanifest)$/

/** Writes `name.br` beside every text file, so that the server never compresses at run time. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    closeBundle() {
      const dist = join(root, 'dist')
      for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !text.test(entry.name)) continue
        const path = join(entry.parentPath, entry.name)
        const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
        writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), { params: quality }))
      }
    },
  }
}

export default defineConfig({
  plugins: [react(), precompressed()],
  resolve: { alias: { '@': join(root, 'src') } },
  // The host stays what the browser says: the server compares it with the page's origin.
  server: { host: '127.0.0.1', proxy: { '/api': { target: 'http://127.0.0.1:7300', changeOrigin: false } } },
  build: {
    target: 'es2022',
    // The content security policy allows no data: scripts; fonts and icons are files as well.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: { index: join(root, 'index.html'), sw: join(root, 'src/offline/sw.ts') },
      // The worker's address never changes, or browsers would keep the old one.
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test-setup.ts'],
  },
})
