/** What programs without types, or with a slip, give to the functions of the package. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examine, examinePlace } from './doctor/index.ts'
import { bindDriver, mapWindow, type OpenOptions, open as openMemory, Program } from './index.ts'
import { openSim } from './memory/sim/index.ts'
import { parsePattern } from './place/index.ts'
import { prefixes } from './place/schemes/index.ts'
import { OwnerIndex, owners } from './translate/index.ts'

let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'physmem-open-'))
  file = join(folder, 'registers.bin')
  writeFileSync(file, new Uint8Array(256).fill(0x11))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('mapWindow', () => {
  it('takes a place as open does, and maps all of it', async () => {
    using whole = await mapWindow(`file:${file}`)
    expect([whole.length, whole.read32(0)]).toEqual([256, 0x11111111])
    using rest = await mapWindow(`file:${file}+0x40`, { address: 0x40, mode: 'read' })
    expect([rest.length, rest.address, rest.writable]).toEqual([128, 0x80, false])
    using part = await mapWindow({ place: `file:${file}`, length: 16 })
    expect(part.length).toBe(16)
  })

  const missing =
    "mapWindow: nothing to map is given: expected a place such as 'pci:0000:00:04.0/bar0', or address and length"

  it.each([
    [{ length: 4096 }, missing],
    [{}, missing],
    [{ addr: 0, length: 4 }, 'mapWindow has no option addr: did you mean address?'],
    [{ address: 0 }, 'the length of a window of 0x0 is missing: it has no end'],
    [{ address: 0x1000 }, 'the length of a window of 0x1000 is missing: it has no end'],
    [
      { target: {}, address: 0, length: 4 },
      'target: expected the name of a target, or a board that openSim of physmem/sim has opened, not an object',
    ],
    [{ address: '0', length: 4 }, 'address: expected a number, not "0"'],
    [{ place: 'file:x', mode: 'ro' }, 'mode: expected read or write, not "ro"'],
    [{ place: 'file:x', access: 'nativ' }, 'access: expected auto, typed or native, not "nativ"'],
    [
      0x1000,
      "mapWindow: a number is no place: expected { address: 0x1000, length: 0x100 } of physical memory, or a text such as 'pci:0000:00:04.0/bar0'",
    ],
    [
      -1,
      "mapWindow: a number is no place: expected { address: 0x10000000, length: 0x100 } of physical memory, or a text such as 'pci:0000:00:04.0/bar0'",
    ],
    [true, "mapWindow takes an object such as { place: 'pci:0000:00:04.0/bar0' }, not true"],
  ])('refuses %j', async (options, message) => {
    await expect(mapWindow(options as never)).rejects.toMatchObject({ code: 'EUSAGE', message })
  })

  it.each<[string, unknown[], string]>([
    ['two places', ['file:a', { place: 'file:b' }], 'file:a and file:b are two places'],
    ['a board and a place', ['sim:', { place: 'file:b' }], 'sim: and file:b are two places'],
    ['a place and a board', ['file:a', { place: 'sim:' }], 'file:a and sim: are two places'],
  ])('refuses %s, with nothing opened', async (_, given, message) => {
    await expect(mapWindow(...(given as [never]))).rejects.toMatchObject({
      ...{ code: 'EUSAGE', message: `mapWindow: ${message}: leave out one of them` },
    })
  })

  it.each([
    [{ address: -4, length: 4 }, 'a window at -4: expected an address from 0x0 to 0xfffffffffffff'],
    [{ address: -4 }, 'a window at -4: expected an address from 0x0 to 0xfffffffffffff'],
    [
      { address: 2 ** 60 },
      'a window at 0x1000000000000000: expected an address from 0x0 to 0xfffffffffffff',
    ],
    [{ address: 0, length: 0 }, 'a window of 0 bytes: expected 1 to 4294901760'],
    [{ length: 2 ** 32 }, 'a window of 4294967296 bytes: expected 1 to 4294901760'],
  ])('takes no stretch that no place has: %j', async (options, message) => {
    for (const place of [`file:${file}+0x40`, 'iomem:"HPET 0"', '0x1000']) {
      const error = { code: 'ERANGE', message }
      await expect(mapWindow(place, options)).rejects.toMatchObject(error)
    }
  })

  it.each([
    [{ address: 1.5, length: 4 }, '1.5 is not an address'],
    [{ address: Number.NaN, length: 4 }, 'NaN is not an address'],
    [{ address: Number.POSITIVE_INFINITY }, 'Infinity is not an address'],
    [{ address: 0, length: 1.5 }, '1.5 is not a length'],
    [{ address: 0, length: Number.NaN }, 'NaN is not a length'],
  ])('takes whole numbers only: %j', async (options, what) => {
    for (const place of [`file:${file}`, '0x1000', 'sim:']) {
      const error = { code: 'ERANGE', message: `a window: ${what}: expected a whole number` }
      await expect(mapWindow(place, options as never)).rejects.toMatchObject(error)
    }
  })

  it('refuses options in both arguments', async () => {
    const [options, more] = [{ place: `file:${file}` }, { mode: 'read' }]
    await expect(mapWindow(...([options, more] as unknown as [never]))).rejects.toMatchObject({
      code: 'EUSAGE',
      message: 'mapWindow takes options once: after a place, or with the place in them',
    })
    using same = await mapWindow(`file:${file}`, { place: `file:${file}` } as never)
    expect(same.length).toBe(256)
  })

  it('calls what is no place that, also beside options', async () => {
    await expect(
      mapWindow(...([0x1000_0000, { target: 'sim:' }] as unknown as [never])),
    ).rejects.toMatchObject({
      code: 'EUSAGE',
      message:
        "mapWindow: a number is no place: expected { address: 0x10000000, length: 0x100 } of physical memory, or a text such as 'pci:0000:00:04.0/bar0'",
    })
  })

  const noBoard =
    'target: expected the name of a target, or a board that openSim of physmem/sim has opened, not an object'
  const boundless =
    'mapWindow: a window on a simulated board needs an address and a length, such as { address: 0x10000000, length: 0x20 }'

  it.each<[unknown[], string]>([
    [['sim:'], boundless],
    [['sim:', { length: 16 }], boundless],
    [['sim:', { address: 0 }], boundless],
    [[{ place: 'sim:', length: 16 }], boundless],
    [[{ target: 'sim:', length: 16 }], boundless],
    [['sim:', { target: {}, address: 0, length: 4 }], noBoard],
    [['sim:', { target: { board: {}, clock: {} }, address: 0, length: 4 }], noBoard],
    [['0x0', { target: {}, length: 4 }], noBoard],
    [
      ['sim:', { target: 7, address: 0, length: 4 }],
      'target: expected the name of a target, or a simulated board, not 7',
    ],
  ])('says of a board what is missing: %j', async (given, message) => {
    await expect(mapWindow(...(given as [never]))).rejects.toMatchObject({
      code: 'EUSAGE',
      message,
    })
  })

  it('is not made without saying what is mapped, where there are types', () => {
    const wrong = () => {
      // @ts-expect-error: neither a place nor an address
      mapWindow({ length: 4096 })
      // @ts-expect-error: a misspelt address
      mapWindow({ addr: 0, length: 4096 })
      // @ts-expect-error: physical memory has no end
      mapWindow({ address: 0 })
    }
    expect(wrong).toBeTypeOf('function')
  })
})

describe('a place that open and mapWindow do not know', () => {
  const places = `${prefixes}, sim:`
  const rest = `is not a place: expected an address such as 0xfed00000, or ${places}`

  it.each<[string | undefined, OpenOptions]>([
    ['sim:', {}],
    [undefined, { target: 'sim:' }],
    ['file:FILE', {}],
  ])('for reading refuses a write before any access: %s %j', async (place, options) => {
    const opened = place?.replace('FILE', () => file)
    await using memory = await openMemory(opened, { ...options, mode: 'read' })
    const address = opened === `file:${file}` ? 0 : 0x4000_0000
    const before = await memory.read32(address)
    const refused = {
      code: 'EREADONLY',
      message: expect.stringMatching(/ was opened for reading only$/),
    }
    await expect(memory.write32(address, 0x1234)).rejects.toMatchObject(refused)
    await expect(memory.update32(address, 1, 1)).rejects.toMatchObject(refused)
    expect(await memory.read32(address)).toBe(before)
  })

  it.each([
    ['sim', `"sim" ${rest}, did you mean sim:?`],
    ['zzz', `"zzz" ${rest}`],
    ['zzz:a', `"zzz:" is not a kind of place: expected an address, or ${places}`],
    ['./a.bin', '"./a.bin" is not a place: did you mean file:./a.bin?'],
    ['package.json', '"package.json" is a file, not a place, did you mean file:package.json?'],
  ])('%s', async (place, message) => {
    await expect(openMemory(place)).rejects.toMatchObject({ message, data: { input: place } })
    await expect(mapWindow(place)).rejects.toMatchObject({ message })
  })
})

describe('what is not a place and no list of steps', () => {
  it('is called that', async () => {
    for (const [place, message] of [
      [
        0x1000,
        "open: a number is no place: expected none, and the address to read or write, or a text such as 'pci:0000:00:04.0/bar0'",
      ],
      [
        -1n,
        "open: a bigint is no place: expected none, and the address to read or write, or a text such as 'pci:0000:00:04.0/bar0'",
      ],
      [true, 'place: expected a string, not true'],
    ] as const) {
      const error = { code: 'EUSAGE', message }
      await expect(openMemory(place as never)).rejects.toMatchObject(error)
    }
    await expect(openMemory('')).rejects.toMatchObject({
      code: 'EUSAGE',
      message: 'place: "" names nothing: leave it out for all memory of the target',
    })
    await expect(openMemory('sim:', { target: 'local' })).rejects.toMatchObject({
      code: 'EUSAGE',
      message: 'sim: is a target, but another one is given: leave out one of them',
    })
    const memory = openSim()
    await expect((await memory).read(...(['0x10:7:4'] as unknown as [0, 8]))).rejects.toMatchObject(
      {
        ...{ code: 'EUSAGE', message: 'a string is not an address: expected a number' },
      },
    )
    expect(() => new Program({ op: 'fence' } as never)).toThrow(
      expect.objectContaining({
        ...{ code: 'EUSAGE', message: 'steps: expected an array of steps, not an object' },
      }),
    )
  })
})

describe('an option that there is not', () => {
  // What each function would do with the right name must not happen: most are given nothing to do it to.
  const signal = AbortSignal.timeout(60_000)
  const calls: [string, () => unknown, string][] = [
    [
      'open',
      () => openMemory('sim:', { mod: 'read' } as never),
      'open has no option mod: did you mean mode?',
    ],
    [
      'open, a value',
      () => openMemory('sim:', { mode: 'ro' } as never),
      'mode: expected read or write, not "ro"',
    ],
    [
      'open, null',
      () => openMemory('sim:', null as never),
      'open takes an object of options, not null',
    ],
    [
      'bindDriver',
      () => bindDriver('0:0', 'x', { forse: true } as never),
      'bindDriver has no option forse: did you mean force?',
    ],
    [
      'openSim',
      () => openSim('', { recrod: true } as never),
      'a simulated board has no option recrod: did you mean record?',
    ],
    [
      'examine',
      () => examine({ selftest: true } as never),
      'examine has no option selftest: did you mean selfTest?',
    ],
    [
      'examinePlace',
      () => examinePlace('0', { width: 12 } as never),
      'width: expected 8, 16, 32 or 64, not 12',
    ],
    [
      'parsePattern',
      () => parsePattern('00', { endian: 'middle' } as never),
      'endian: expected little or big, not "middle"',
    ],
    [
      'owners',
      () => owners([], { onprogress: 1 } as never),
      'owners has no option onprogress: did you mean onProgress?',
    ],
    [
      'OwnerIndex.build',
      () => OwnerIndex.build({ sgnal: signal } as never),
      'OwnerIndex.build has no option sgnal: did you mean signal?',
    ],
  ]

  it.each(calls)('is refused by %s', async (_, call, message) => {
    await expect((async () => call())()).rejects.toMatchObject({ code: 'EUSAGE', message })
  })

  it('is refused by a memory and its runs, with nothing done', async () => {
    await using board = await openSim('', { record: true })
    const program = new Program([{ op: 'read', address: 0x1000_0000, width: 32 }])
    for (const run of [
      () => board.run(program, { singal: signal } as never),
      () => board.wait(0x1000_0000, 32, { equals: 0, timeout: 5 } as never),
      () => board.wait(0x1000_0000, 32, { equals: 0, negate: 'no' } as never),
    ]) {
      await expect(run()).rejects.toMatchObject({ code: 'EUSAGE' })
    }
    expect(board.board.accesses).toEqual([])
    await using mapped = await openMemory(`file:${file}`)
    await expect(mapped.run(program, { singal: signal } as never)).rejects.toMatchObject({
      message: 'run has no option singal: did you mean signal?',
    })
  })

  it('is refused by a wait of a window, which a signal could not stop', async () => {
    using window = await mapWindow(`file:${file}`)
    expect(() => window.wait32(0, { equals: 0, signal } as never)).toThrow(
      'a wait of a window has no option signal: there are mask, equals, negate, timeoutMs, intervalUs',
    )
  })

  it.each([
    [
      { op: 'readBlock', address: 0, width: 8, count: 2, steping: 'fixed' },
      'a readBlock step has no member steping: did you mean stepping?',
    ],
    [
      { op: 'write', address: 0, width: 8, value: 1, mask: 1 },
      'a write step has no member mask: there are address, width, value',
    ],
    [{ op: 'fence', us: 1 }, 'a fence step has no member us: it has none'],
    [
      { op: 'wait', address: 0, width: 8, mask: 1, equals: 1, timeoutMs: 1, negate: 1 },
      'negate: expected a boolean, not 1',
    ],
  ])('is refused in a step: %j', (step, message) => {
    const make = () => new Program([{ op: 'fence' }, step as never])
    expect(make).toThrow(expect.objectContaining({ code: 'EUSAGE', message: `step 1: ${message}` }))
  })
})

describe('values', () => {
  it('of 64 bits are numbers or bigints', async () => {
    await using memory = await openMemory(`file:${file}`)
    await memory.write64(0, 5)
    await memory.write(8, 64, 6)
    await memory.write(16, 32, 7n)
    const bytes = readFileSync(file)
    expect([0, 8].map((at) => bytes.readBigUInt64LE(at))).toEqual([5n, 6n])
    expect(bytes.readUInt32LE(16)).toBe(7)
  })
})
