import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'physmem-at-end-'))
const module = join(folder, 'at-end.cjs')
const source = fileURLToPath(new URL('at-end.ts', import.meta.url))

beforeAll(() => {
  buildSync({ entryPoints: [source], outfile: module, format: 'cjs', platform: 'node' })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a script with two tasks, and sends it a signal when it says `ready`. */
async function run(
  script: string,
  signal?: NodeJS.Signals,
): Promise<[out: string, code: number | null, signal: NodeJS.Signals | null]> {
  const program = `
    const { writeSync } = require('node:fs')
    const { atEnd } = require(${JSON.stringify(module)})
    const takeBack = atEnd(() => writeSync(1, 'first '))
    atEnd(() => writeSync(1, 'second '))
    ${script}`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'ignore'] })
  let out = ''
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString()
    if (signal && data.includes('ready')) child.kill(signal)
  })
  const [code, ended] = await once(child, 'close')
  return [out, code, ended]
}

const WAIT = "writeSync(1, 'ready '); setInterval(() => {}, 1000)"

describe('atEnd', () => {
  it('runs what was added, last first, when the process ends', async () => {
    expect(await run('')).toEqual(['second first ', 0, null])
    expect(await run('process.exit(3)')).toEqual(['second first ', 3, null])
    expect(await run("throw new Error('x')")).toEqual(['second first ', 1, null])
    expect(await run('takeBack()')).toEqual(['second ', 0, null])
  })

  it('runs each, whatever others throw', async () => {
    const failing = "atEnd(() => { throw new Error('x') });"
    expect(await run(failing)).toEqual(['second first ', 1, null])
    expect(await run(failing + failing + WAIT, 'SIGTERM')).toEqual(['ready second first ', 1, null])
  })

  it('is one for two copies of the package', async () => {
    const other = `
      delete require.cache[require.resolve(${JSON.stringify(module)})]
      require(${JSON.stringify(module)}).atEnd(() => writeSync(1, 'other '));`
    expect(await run(other + WAIT, 'SIGINT')).toEqual(['ready other second first ', null, 'SIGINT'])
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('and by %s, which ends it', async (signal) => {
    expect(await run(WAIT, signal)).toEqual(['ready second first ', null, signal])
  })

  it('leaves the signal to those who listen, too', async () => {
    const listen = "process.once('SIGTERM', () => { writeSync(1, 'mine '); process.exit(5) });"
    expect(await run(listen + WAIT, 'SIGTERM')).toEqual(['ready mine second first ', 5, null])
  })
})
