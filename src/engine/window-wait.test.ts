/** A wait of a window blocks its thread, and yet lets it be ended. */
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'
import { loadAddon } from './addon.ts'

const hasEngine = process.platform === 'linux'
const folder = mkdtempSync(join(tmpdir(), 'physmem-window-wait-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'page.bin')
writeFileSync(path, new Uint8Array(65536))

const addonFile = fileURLToPath(
  new URL(`../../prebuilds/linux-${process.arch}/physmem.node`, import.meta.url),
)

/** Waits for a day for what does not come, and tells so while it does. */
const source = (intervalUs: number) => `
  const { parentPort } = require('node:worker_threads')
  const addon = require(${JSON.stringify(addonFile)})
  const fd = require('node:fs').openSync(${JSON.stringify(path)}, 'r')
  const window = addon.windowMap(fd, 0, 65536, false, new Uint32Array(3))
  const look = () => parentPort.postMessage('waits')
  window.wait(0, 4, 1n, 1n, false, 86400000, ${intervalUs}, new BigUint64Array(2), look)`

describe.skipIf(!hasEngine)('a worker in a wait of a window', () => {
  it.each([
    ['that does not pause', 0],
    ['that pauses for an hour', 3_600_000_000],
  ])('ends by terminate(): %s', async (_, intervalUs) => {
    const worker = new Worker(source(intervalUs), { eval: true })
    await once(worker, 'message')
    expect(await worker.terminate()).toBe(1)
  })
})

it.skipIf(!hasEngine)(
  'a wait of a window ends by what its look throws, with its last value',
  () => {
    const fd = openSync(path, 'r')
    const window = loadAddon().windowMap(fd, 0, 65536, false, new Uint32Array(3))
    const cells = new BigUint64Array([7n, 7n])
    const look = () => {
      throw new Error('enough')
    }
    const wait = () => window.wait(0, 4, 1n, 1n, false, 600_000, 0, cells, look)
    expect(wait).toThrow('enough')
    expect(cells[0]).toBe(0n)
    window.close()
    closeSync(fd)
  },
)
