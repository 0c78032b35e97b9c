import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'physmem-window-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('windows of several threads', () => {
  it('keep their own words and faults', async () => {
    const source = `
      const { parentPort, workerData } = require('node:worker_threads')
      const { createRequire } = require('node:module')
      const addon = require(workerData.addon)
      const fs = require('node:fs')
      const fd = fs.openSync(workerData.file, 'r+')
      const flag = new Uint32Array(3)
      const window = addon.windowMap(fd, 0, 8192, true, flag)
      const words = new Uint32Array(window.buffer)
      fs.ftruncateSync(fd, 4096)
      let faults = 0
      for (let i = 0; i < 2000; i++) {
        words[0] = i
        words[1024] = i
        if (flag[0] === 1 && window.recover() === 4096) faults++
        if (words[0] !== i || flag[0] !== 0) throw new Error('mixed up')
      }
      window.close(window.buffer)
      parentPort.postMessage(faults)
    `
    const addon = join(import.meta.dirname, `../../../prebuilds/linux-${process.arch}/physmem.node`)
    const faults = Array.from(
      { length: 4 },
      (_, index) =>
        new Promise((resolve, reject) => {
          const file = join(folder, `${index}.bin`)
          writeFileSync(file, new Uint8Array(8192))
          const workerData = { addon, file }
          const worker = new Worker(source, { eval: true, workerData })
          worker.once('message', resolve)
          worker.once('error', reject)
        }),
    )
    expect(await Promise.all(faults)).toEqual([2000, 2000, 2000, 2000])
  })
})
