import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** The server as `cargo build` left it, or the one that ZHIKE_BIN names. */
function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? join(checkout, 'target')
  const path = process.env.ZHIKE_BIN ?? join(target, 'debug', 'zhike')
  if (!existsSync(path)) throw new Error(`${path} is missing: run cargo build first`)
  return path
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** A real server on an empty folder, with a clock that the journey owns. */
export type Server = {
  url: string
  /** The one-time link that the server printed. */
  setupLink: string
  setClock: (instant: string) => Promise<void>
  /**
   * Memory in MiB: what is its own (pages of files that the machine maps for it, such as the database's, are the machine's,
   * and are counted once for each reader), all that is resident, and the most that was since the peak was forgotten.
   */
  memory: () => { own: number; resident: number; peak: number }
  forgetPeak: () => void
  stop: () => Promise<void>
}

export async function startServer(instant: string): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-journey-'))
  const url = `http://127.0.0.1:${await freePort()}`
  const place = ['--data', join(folder, 'data'), '--key', join(folder, 'root.key')]
  const child = spawn(
    binary(),
    ['serve', '--listen', url.slice('http://'.length), `--test-clock=${instant}`, ...place],
    {
      env: { ...process.env, RUST_LOG: 'warn' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const setupLink = await printedLink(child)
  return {
    url,
    setupLink,
    setClock: async (now) => {
      const answer = await fetch(`${url}/test/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ now }),
      })
      if (!answer.ok) throw new Error(`the clock: ${answer.status} ${await answer.text()}`)
    },
    memory: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      const mebibytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
      return { own: mebibytes('RssAnon'), resident: mebibytes('VmRSS'), peak: mebibytes('VmHWM') }
    },
    // The kernel counts the peak anew from here.
    forgetPeak: () => writeFileSync(`/proc/${child.pid}/clear_refs`, '5'),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function printedLink(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      const link = /https?:\S+\/setup\?token=\S+/.exec(printed)
      if (link) resolve(link[0])
    })
    child.once('exit', (code) => reject(new Error(`the server ended (${code}) after printing: ${printed}`)))
  })
}
