import { truncateSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  allocateBuffer,
  bindDriver,
  mapWindow,
  open,
  openUioDevice,
  Program,
  setBusMaster,
} from './index.ts'

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'physmem-stacks-'))
  file = join(folder, 'words.bin')
  writeFileSync(file, new Uint8Array(8192))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The error's code, and whether it says where the caller of physmem is. */
async function codeAndCaller(act: () => unknown): Promise<[unknown, boolean]> {
  async function theCaller(): Promise<unknown> {
    return await act()
  }
  const error = await theCaller().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  const { code, stack = '' } = error as NodeJS.ErrnoException
  return [code, stack.includes('theCaller')]
}

describe('the stack of an error has the caller in it', () => {
  it.each<[string, string, () => unknown]>([
    ['a place that is none', 'ESCHEME', () => open('nothing:here')],
    ['a board that is not there', 'ENOPLACE', () => open('sim:/nowhere.yaml')],
    ['a BAR that is not there', 'ENOPLACE', () => open('pci:ffff:00:00.0/bar0')],
    ['a file that is not there', 'ENOPLACE', () => open('file:/nowhere')],
    ['a window of it', 'ENOPLACE', () => mapWindow({ place: 'file:/nowhere', length: 4 })],
    ['a buffer', 'ERANGE', () => allocateBuffer({ length: -1 })],
    ['a driver', 'ENOPLACE', () => bindDriver('ffff:00:00.0', 'nobody')],
    ['bus mastering', 'ENOPLACE', () => setBusMaster('ffff:00:00.0', true)],
    ['a UIO device', 'ENOPLACE', () => openUioDevice('nobody')],
    ['a program', 'EALIGN', () => new Program([{ op: 'read', address: 1, width: 32 }])],
  ])('of %s', async (_, code, act) => {
    expect(await codeAndCaller(act)).toEqual([code, true])
  })

  it('of a window', async () => {
    using window = await mapWindow({ place: `file:${file}`, length: 8192 })
    const never = { equals: 1, timeoutMs: 1 }
    expect(await codeAndCaller(() => window.read32(1))).toEqual(['EALIGN', true])
    expect(await codeAndCaller(() => window.wait32(0, never))).toEqual(['ETIMEOUT', true])
    truncateSync(file, 4096)
    expect(await codeAndCaller(() => window.read32(4096))).toEqual(['EFAULT_BUS', true])
    expect(await codeAndCaller(() => window.readBlock(4096, 32, 4))).toEqual(['EFAULT_BUS', true])
    window.close()
    expect(await codeAndCaller(() => window.read32(0))).toEqual(['ECLOSED', true])
  })

  it('of a call whose promise nobody awaits, when it fails at once', async () => {
    await using board = await open('sim:')
    let told = (_: unknown): void => {}
    const error = new Promise((resolve) => {
      told = resolve
    })
    function theCaller(): void {
      board.update32(0x1000_003c, 1, 1).catch(told)
    }
    theCaller()
    expect(((await error) as Error).stack).toContain('theCaller')
  })
})
