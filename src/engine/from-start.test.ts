import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contract } from '../memory/contract/index.ts'
import { Program } from '../memory/program.ts'
import { formatAddress } from '../text/number.ts'
import { openFile } from '../ways/file.ts'
import { loadAddon } from './addon.ts'
import { memoryOf } from './from-start.ts'
import { MappedMemory } from './mapped.ts'
import { mapSource } from './windows/map-window.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const page = loadAddon().pageSize

/** A device node of a driver that is not known: here its offsets are bytes. */
function unknownDevice(path: string) {
  const more = { length: undefined, regularFile: false, wholeOnly: true }
  return { ...openFile(path, 'write'), ...more }
}

/** Lengths and offsets of the mappings of a file, in pages. */
function mappings(path: string): [length: number, offset: number][] {
  const lines = readFileSync('/proc/self/maps', 'utf8').split('\n')
  return lines.flatMap((line) => {
    const [range = '', , offset = ''] = line.split(/\s+/)
    const [start, end] = range.split('-').map((one) => Number.parseInt(one, 16) / page)
    if (!line.endsWith(path) || start === undefined || end === undefined) return []
    return [[end - start, Number.parseInt(offset, 16) / page]]
  })
}

describe('the memory of a node whose offsets are not known', () => {
  const path = join(folder, 'device')
  beforeAll(() => {
    writeFileSync(
      path,
      new Uint8Array(4 * page).map((_, index) => Math.floor(index / page)),
    )
  })

  it('is mapped from its start, and no further than is needed', async () => {
    const memory = memoryOf(unknownDevice(path))
    expect(await memory.read8(5)).toBe(0)
    expect(mappings(path)).toEqual([[1, 0]])
    expect(await memory.read8(2 * page + 5)).toBe(2)
    expect(mappings(path)).toEqual([[3, 0]])
    expect(await memory.read8(page)).toBe(1)
    await memory.write32(2 * page, 0x1234)
    expect(readFileSync(path).readUInt32LE(2 * page)).toBe(0x1234)
    expect(mappings(path)).toEqual([[3, 0]])
    await memory.close()
    await memory.close()
    expect(mappings(path)).toEqual([])
    await expect(memory.read8(0)).rejects.toThrow(`${path} is closed`)
  })

  it('maps nothing for a program that was stopped before its turn', async () => {
    const memory = memoryOf(unknownDevice(path))
    const wait = memory.wait(0, 32, { equals: 7, timeoutMs: 600_000 })
    const stop = new AbortController()
    const steps = [{ op: 'read', address: 2 * page, width: 32 } as const]
    const stopped = memory.run(new Program(steps), { signal: stop.signal })
    stop.abort()
    await expect(stopped).rejects.toMatchObject({ code: 'EABORT' })
    expect(mappings(path)).toEqual([[1, 0]])
    writeFileSync(path, new Uint32Array([7]), { flag: 'r+' })
    await wait
    writeFileSync(path, new Uint32Array([0]), { flag: 'r+' })
    await memory.close()
    expect(mappings(path)).toEqual([])
  })

  it('gives windows of it anywhere, from its start', () => {
    using window = mapSource(unknownDevice(path), { address: 3 * page + 4, length: 8 })
    expect(window.read8(0)).toBe(3)
    expect(mappings(path)).toEqual([[4, 0]])
  })

  it('goes on with what is mapped when the driver does not map as much', async () => {
    let refuse = false
    const { fd, ...source } = unknownDevice(path)
    const device = {
      ...source,
      get fd() {
        return refuse ? -1 : fd
      },
      explain: () => ({ code: 'EREFUSED', reason: 'its driver does not map as much' }) as const,
    }
    await using memory = memoryOf(device)
    expect(await memory.read8(0)).toBe(0)
    refuse = true
    await expect(memory.read8(page)).rejects.toThrow(
      `${formatAddress(page)} (${path}) cannot be mapped: its driver does not map as much`,
    )
    expect(await memory.read8(0)).toBe(0)
    refuse = false
    expect(await memory.read8(page)).toBe(1)
  })

  it('is never a mapped memory of no length', () => {
    const source = unknownDevice(path)
    expect(() => new MappedMemory(source)).toThrow(`${path} has no length`)
    source.close()
  })
})

describe('contract: a node whose offsets are not known', () => {
  const length = 64 * 1024
  const path = join(folder, 'contract')
  writeFileSync(path, '')
  truncateSync(path, length)
  const memory = memoryOf(unknownDevice(path))
  const subject = { memory, base: 0, length, widths: [8, 16, 32, 64] as const }
  for (const entry of contract) {
    const reason = entry.skip?.({ ...subject, widths: [...subject.widths] })
    it.skipIf(reason)(`${entry.name}${reason ? ` (${reason})` : ''}`, () =>
      entry.check({ ...subject, widths: [...subject.widths] }),
    )
  }
  afterAll(() => memory.close())
})
