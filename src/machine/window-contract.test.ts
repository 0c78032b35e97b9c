/** The contract of all windows, kept by those on files, by either path, and on simulated boards. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { openSim } from '../memory/sim/index.ts'
import { mapWindow } from '../open.ts'
import { type WindowSubject, windowContract } from '../ways/testing/window-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-windows-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Three pages of a file, of which the last is cut off then. */
async function onFile(access: 'typed' | 'native'): Promise<WindowSubject> {
  const file = join(folder, `${access}.bin`)
  writeFileSync(file, new Uint8Array(3 * 4096))
  const window = await mapWindow(`file:${file}`, { access })
  const reading = await mapWindow(`file:${file}`, { access, mode: 'read', length: 4096 })
  truncateSync(file, 2 * 4096)
  return { window, reading, faultOffset: 2 * 4096 }
}

/** The end of the board's RAM, and what is after it. */
async function onBoard(): Promise<WindowSubject> {
  const where = { target: await openSim(), address: 0x400f_0000 }
  const window = await mapWindow({ ...where, length: 0x1_1000 })
  const reading = await mapWindow({ ...where, length: 4096, mode: 'read' })
  return { window, reading, faultOffset: 0x1_0000 }
}

describe.each([
  ['a file, by typed arrays', () => onFile('typed')],
  ['a file, by calls', () => onFile('native')],
  ['a simulated board', onBoard],
])('the contract of windows, on %s', (_, make) => {
  let subject: WindowSubject
  beforeAll(async () => {
    subject = await make()
  })

  for (const { name, skip, check } of windowContract) {
    it(name, (context) => {
      const reason = skip?.(subject)
      if (reason !== undefined) context.skip(reason)
      check(subject)
    })
  }
})
