import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { PhysmemError } from '../base/errors.ts'
import { contract } from '../memory/contract/index.ts'
import { Program } from '../memory/program.ts'
import { openFile } from '../ways/file.ts'
import { loadAddon } from './addon.ts'
import { memoryOf } from './from-start.ts'
import { MappedMemory } from './mapped.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-mapped-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0

function newFile(bytes: number): string {
  const path = join(folder, `${files++}.bin`)
  writeFileSync(path, new Uint8Array(bytes))
  return path
}

describe('contract: a mapped file', () => {
  const length = 64 * 1024
  const memory = new MappedMemory(openFile(newFile(length), 'write'))
  const subject = { memory, base: 0, length, widths: [8, 16, 32, 64] as const }
  for (const entry of contract) {
    const reason = entry.skip?.({ ...subject, widths: [...subject.widths] })
    it.skipIf(reason)(`${entry.name}${reason ? ` (${reason})` : ''}`, () =>
      entry.check({ ...subject, widths: [...subject.widths] }),
    )
  }
})

const hasCaches = ['x64', 'arm64'].includes(process.arch)

describe.skipIf(!hasCaches)('cache lines of a mapped file', () => {
  it('are cleaned and flushed, and the bytes stay', async () => {
    await using memory = new MappedMemory(openFile(newFile(8192), 'write'))
    await memory.write32(4092, 0x12345678)
    await memory.cache('clean', 4000, 200)
    await memory.cache('flush', 0, 8192)
    expect(await memory.read32(4092)).toBe(0x12345678)
  })

  it('are those of a memory that is only read, too, and end with it', async () => {
    await using memory = new MappedMemory(openFile(newFile(4096), 'read'))
    await memory.cache('flush', 4095, 1)
    await expect(memory.cache('flush', 4095, 2)).rejects.toMatchObject({
      code: 'ERANGE',
      data: { step: 0, address: 4095 },
    })
  })

  it('are an error at the page that is not there', async () => {
    const path = newFile(16384)
    await using memory = new MappedMemory(openFile(path, 'write'))
    await memory.read8(0)
    truncateSync(path, 8192)
    const program = new Program([{ op: 'cache', action: 'flush', address: 4100, length: 8192 }])
    await expect(memory.run(program)).rejects.toMatchObject({
      code: 'EFAULT_BUS',
      message: `flush of the cache line at 0x00002000 (${path}) failed: the file ends before`,
      data: { step: 0, address: 0x2000, elementsDone: 8192 - 4100 },
    })
    await memory.cache('flush', 0, 8192)
  })
})

/** A file whose second half is cut off while it is mapped: its pages fault from then on. */
describe('contract: a file that was truncated, with addresses that fault', () => {
  const length = 32 * 1024
  const path = newFile(2 * length)
  const memory = new MappedMemory(openFile(path, 'write'))
  const reading = new MappedMemory(openFile(path, 'read'))
  truncateSync(path, length)
  const subject = {
    memory,
    reading,
    base: 0,
    length,
    widths: [8, 16, 32, 64] as const,
    faultAddress: length,
  }
  for (const entry of contract) {
    const reason = entry.skip?.({ ...subject, widths: [...subject.widths] })
    it.skipIf(reason)(`${entry.name}${reason ? ` (${reason})` : ''}`, () =>
      entry.check({ ...subject, widths: [...subject.widths] }),
    )
  }
})

async function failure(promise: Promise<unknown>): Promise<PhysmemError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PhysmemError)
  return error as PhysmemError
}

describe('a file that shrinks', () => {
  it('never shows the zeros past its end as bytes that were read', async () => {
    const path = newFile(8192)
    await using memory = new MappedMemory(openFile(path, 'write'))
    await memory.fill(0, 32, 2048, 0x11111111)
    truncateSync(path, 4096 + 100)
    const error = await failure(memory.readBlock(4096, 32, 1024))
    expect(error.message).toBe(
      `32-bit read at 0x00001064 (${path}) failed: the file ends before; 25 of 1024 elements were read`,
    )
    expect(error.code).toBe('EFAULT_BUS')
    expect(error.results?.partialBytes(0, 25)).toEqual(new Uint8Array(100).fill(0x11))
  })

  it('names the first step beyond its end', async () => {
    const path = newFile(8192)
    await using memory = new MappedMemory(openFile(path, 'write'))
    truncateSync(path, 4096 + 8)
    const program = new Program([
      { op: 'write', address: 4096, width: 32, value: 1 },
      { op: 'write', address: 4104, width: 32, value: 2 },
      { op: 'read', address: 0, width: 32 },
    ])
    const error = await failure(memory.run(program))
    expect(error.message).toBe(
      `step 1: 32-bit write at 0x00001008 (${path}) failed: the file ends before`,
    )
    expect(error.results?.done).toBe(1)
  })

  it('says how much of the page is missing, wherever the memory begins in it', async () => {
    const path = newFile(3 * 4096)
    await using memory = new MappedMemory({ ...openFile(path, 'read'), base: 0x604 })
    truncateSync(path, 4096)
    const error = await failure(memory.readBlock(0x9f4, 32, 8))
    expect(error.data).toEqual({
      step: 0,
      address: 0x9fc,
      width: 32,
      direction: 'read',
      elementsDone: 2,
      reason: 'the file ends before',
      restOfPage: loadAddon().pageSize - (4096 % loadAddon().pageSize),
    })
  })

  it('goes on after a fault, page by page', async () => {
    const path = newFile(3 * 4096)
    await using memory = new MappedMemory(openFile(path, 'write'))
    await memory.write32(8192, 7)
    truncateSync(path, 8192)
    for (let round = 0; round < 100; round++) {
      expect((await failure(memory.read32(8192))).code).toBe('EFAULT_BUS')
      await memory.write32(4096, round)
      expect(await memory.read32(4096)).toBe(round)
    }
    truncateSync(path, 3 * 4096)
    expect(await memory.read32(8192)).toBe(0)
  })
})

describe('a device of which parts answer nothing', () => {
  it('is read in one run, each element by itself', async () => {
    const path = newFile(3 * 4096)
    const source = { ...openFile(path, 'read'), length: undefined, regularFile: false }
    await using memory = new MappedMemory(source)
    truncateSync(path, 4096)
    const block = { op: 'readBlock', address: 4088, width: 16, count: 4000 } as const
    const skipping = new Program([{ ...block, onFault: 'skip' }])
    const results = await memory.run(skipping, { buffer: new Uint8Array(9000).fill(0xff) })
    expect(results.parts(0)).toEqual([
      { first: 0, count: 4, bytes: new Uint8Array(8) },
      { first: 4, count: 3996, bytes: undefined },
    ])
    expect((await failure(memory.run(new Program([block])))).data.elementsDone).toBe(4)
  })
})

describe('opened for reading', () => {
  it('refuses every write before anything is done', async () => {
    const path = newFile(4096)
    await using memory = new MappedMemory(openFile(path, 'read'))
    const program = new Program([
      { op: 'read', address: 0, width: 32 },
      { op: 'write', address: 0, width: 32, value: 1 },
    ])
    const error = await failure(memory.run(program))
    expect([error.code, error.message, error.data.step]).toEqual([
      'EREADONLY',
      `${path} was opened for reading only`,
      1,
    ])
  })
})

describe('prepare', () => {
  const program = new Program([{ op: 'write', address: 0, width: 32, value: 1 }])

  it('finds out what the system refuses, without any access', async () => {
    await using memory = memoryOf(openFile('/dev/null', 'write'))
    const error = await failure(memory.prepare(program))
    expect(error.message).toBe(
      '0x00000000 (/dev/null) cannot be mapped: its driver or file system does not support mmap (ENODEV)',
    )
    expect((await failure(memory.run(program))).data).toMatchObject({ step: 0, errno: 'ENODEV' })
  })

  it('writes nothing', async () => {
    await using memory = new MappedMemory(openFile(newFile(4096), 'write'))
    await memory.prepare(program)
    expect(await memory.read32(0)).toBe(0)
    const beyond = new Program([{ op: 'write', address: 4096, width: 32, value: 1 }])
    expect((await failure(memory.prepare(beyond))).code).toBe('ERANGE')
  })
})

describe('the end of the process', () => {
  it('is not held up by a wait on another thread', () => {
    const script = `
      import { open } from 'physmem'
      const memory = await open('file:${newFile(4096)}')
      memory.wait(0, 32, { equals: 1, timeoutMs: 60_000 }).catch(() => {})
      setTimeout(() => process.exit(7), 50)`
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: join(import.meta.dirname, '../..'),
      timeout: 15_000,
    })
    expect(ended.status).toBe(7)
  })
})

describe('many pages', () => {
  it('reads back what was written over more mappings than are kept', async () => {
    const pages = 3000
    await using memory = new MappedMemory(openFile(newFile(pages * 4096), 'write'))
    const addresses = Array.from({ length: pages }, (_, i) => ((i * 7919) % pages) * 4096 + 8)
    await memory.run(
      new Program(
        addresses.map((address) => ({ op: 'write', address, width: 32, value: address })),
      ),
    )
    const results = await memory.run(
      new Program(addresses.map((address) => ({ op: 'read', address, width: 32 }))),
    )
    expect(addresses.every((address, step) => results.value(step) === address)).toBe(true)
  })
})
