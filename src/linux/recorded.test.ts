/** Every reader over what machines of the lab really said. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryWordsOf, readCommandLine } from './cmdline.ts'
import { physicalAddressBits } from './cpu.ts'
import { readCredentials } from './credentials.ts'
import type { Files } from './files.ts'
import { firmwareMemoryAt } from './firmware-memory.ts'
import { addressesHidden, readIomem, readIoports, resourcesAt } from './iomem.ts'
import { findSymbol, readSymbols, symbolsHidden } from './kallsyms.ts'
import { readKcoreHeaders } from './kcore.ts'
import { readKernelConfig, readRelease } from './kernel-config.ts'
import { readLockdown } from './lockdown.ts'
import { readMaps } from './maps.ts'
import { MemoryFiles } from './memory-files.ts'
import { nodeAt, readNumaBlocks } from './numa.ts'
import { listPci, readPciFunction } from './pci.ts'
import { listProcesses, readProcess } from './processes.ts'
import { readSmaps } from './smaps.ts'
import { readSpecialTypes } from './special-types.ts'
import { FakeRoot, type RecordedMachine } from './testing/fake-root.ts'
import { ReplayFiles } from './testing/replay-files.ts'
import { listDmaBuffers } from './udmabuf.ts'
import { listUio } from './uio.ts'

const pc = {
  addressBits: 40,
  resources: [
    [0xfebf_ffff, ['PCI Bus 0000:00']],
    [0xfe94_0000, ['PCI Bus 0000:00', '0000:00:06.0', 'e1000']],
    [0xfed0_03ff, ['HPET 0', 'PNP0103:00']],
    [0x1_0000_0000, ['System RAM']],
    [0x8000_0000, ['PCI Bus 0000:00']],
    [0x9_4000_0000, []],
  ],
  ports: [
    [0x70, ['PCI Bus 0000:00', 'rtc0']],
    [0xcf8, ['PCI conf1']],
    [0xc000, ['PCI Bus 0000:00', '0000:00:06.0', 'e1000']],
  ],
  functions: [
    '00:00.0',
    '00:04.0',
    '00:05.0',
    '00:06.0',
    '00:1e.0',
    '00:1f.0',
    '00:1f.2',
    '00:1f.3',
  ],
  edu: 0xfe80_0000,
  network: [0xfe94_0000, 0xc000],
  shared: 0xfea0_0000,
  hostBridge: { vendor: 0x8086, device: 0x29c0, commandMemory: true },
  device: 0xfed0_0000n,
  ram: [
    [0x1000n, 0x9_e000n],
    [0x10_0000n, 0x7fee_0000n],
    [0x1_0000_0000n, 0x4000_0000n],
  ],
  nodes: [
    [0, 0],
    [0x7fff_ffff, 0],
    [0x8000_0000, undefined],
    [0x1_0000_0000, 1],
    [0x1_3fff_ffff, 1],
    [0x1_4000_0000, undefined],
  ],
}

const board = {
  addressBits: 52,
  resources: [
    [0x0900_0000, ['pl011@9000000', '9000000.pl011 pl011@9000000']],
    [0x1014_0000, ['pcie@10000000', '0000:00:06.0', 'e1000']],
    [0x80_0000_0000, ['pcie@10000000', '0000:00:05.0']],
    [0x4000_0000, ['System RAM']],
    [0x0a00_0000, []],
  ],
  ports: [[0x1000, ['pcie@10000000', '0000:00:06.0', 'e1000']]],
  functions: ['00:00.0', '00:04.0', '00:05.0', '00:06.0', '00:1e.0'],
  edu: 0x1000_0000,
  network: [0x1014_0000, 0x1000],
  shared: 0x80_0000_0000,
  hostBridge: { vendor: 0x1b36, device: 0x0008, commandMemory: false },
  device: 0x0a00_0000n,
  ram: [
    [0x4000_0000n, 0x8000_0000n],
    [0xc000_0000n, 0x4000_0000n],
  ],
  nodes: [
    [0x3fff_ffff, undefined],
    [0x4000_0000, 0],
    [0xbfff_ffff, 0],
    [0xc000_0000, 1],
    [0x1_0000_0000, undefined],
  ],
}

const ofDebian = { hwpoison: true, migration: 3, device: 0 }
const machines = {
  'x86_64-6.1': {
    ...pc,
    release: /^6\.1\.0-\d+-amd64$/,
    types: { ...ofDebian, marker: true, swapError: true },
    segments: 9,
    text: 0x100_0000n,
    jiffies: 1,
  },
  'x86_64-6.12': {
    ...pc,
    release: /^6\.12\.\d+.*-amd64$/,
    types: { ...ofDebian, marker: true, swapError: false },
    segments: 9,
    text: 0x100_0000n,
    jiffies: 1,
  },
  'aarch64-6.1': {
    ...board,
    release: /^6\.1\.0-\d+-arm64$/,
    types: { ...ofDebian, marker: false, swapError: true },
    segments: 7,
    text: 0x4020_0000n,
    jiffies: 0, // this kernel has no CONFIG_KALLSYMS_ALL: symbols of functions only
  },
  'aarch64-6.12': {
    ...board,
    release: /^6\.12\.\d+.*-arm64$/,
    types: { ...ofDebian, marker: true, swapError: false },
    segments: 7,
    text: 0x4020_0000n,
    jiffies: 1,
  },
} satisfies Record<RecordedMachine, object>

const names = Object.keys(machines) as RecordedMachine[]

/** Where a machine's files are: in a folder, in memory, or far away, where each question takes trips. */
const kinds = {
  'in a folder':
    (files: Files): Asking =>
    (question) =>
      question(files),
  'in memory': (files: Files): Asking => {
    const copy = new MemoryFiles(files)
    return (question) => question(copy)
  },
  'far away':
    (files: Files): Asking =>
    (question) =>
      new ReplayFiles(files).ask(question),
}
type Asking = <T>(question: (files: Files) => T) => T

const cases = names.flatMap((name) =>
  (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) => ({ name, kind })),
)

describe.each(cases)('$name $kind', ({ name, kind }) => {
  const expected = machines[name]
  let tree: FakeRoot
  let ask: Asking

  beforeAll(() => {
    tree = FakeRoot.recorded(name)
    ask = kinds[kind](tree.files)
  })
  afterAll(() => tree[Symbol.dispose]())

  it('has physical memory', () => {
    const resources = ask(readIomem)
    expect(addressesHidden(resources)).toBe(false)
    for (const [address, at] of expected.resources) {
      expect(resourcesAt(resources, Number(address)).map((one) => one.name)).toEqual(at)
    }
    expect(
      ask((files) => physicalAddressBits(files, name.startsWith('x86') ? 'x64' : 'arm64')),
    ).toBe(expected.addressBits)
  })

  it('has I/O ports', () => {
    const ports = ask(readIoports)
    for (const [port, at] of expected.ports) {
      expect(resourcesAt(ports, Number(port)).map((one) => one.name)).toEqual(at)
    }
  })

  it('has PCI functions', () => {
    expect(ask(listPci)).toEqual(expected.functions.map((one) => `0000:${one}`))
    const bridge = ask((files) => readPciFunction('0000:00:00.0', files))
    expect(bridge).toMatchObject({ ...expected.hostBridge, class: 0x06_0000, bars: [] })
    expect(bridge).toMatchObject({ driver: undefined, enabled: false, configLength: 64 })
    const memory = { kind: 'memory', prefetchable: false, assigned: true }
    expect(ask((files) => readPciFunction('0000:00:06.0', files))).toEqual({
      address: '0000:00:06.0',
      vendor: 0x8086,
      device: 0x100e,
      class: 0x02_0000,
      bars: [
        { ...memory, number: 0, start: expected.network[0], length: 0x2_0000 },
        { ...memory, number: 1, start: expected.network[1], length: 0x40, kind: 'io' },
      ],
      driver: 'e1000',
      enabled: true,
      power: 'active',
      commandMemory: true,
      commandIo: true,
      configLength: 64,
    })
    expect(ask((files) => readPciFunction('0000:00:05.0', files))?.bars[1]).toEqual({
      ...memory,
      number: 2,
      start: expected.shared,
      length: 0x10_0000,
      prefetchable: true,
    })
  })

  it('has a UIO device, and no buffers of u-dma-buf', () => {
    const map = { number: 0, name: 'regs', address: expected.edu, offset: 0, length: 0x10_0000 }
    expect(ask(listUio)).toEqual([{ number: 0, name: 'edu', maps: [map] }])
    expect(ask((files) => readPciFunction('0000:00:04.0', files))?.driver).toBe('uio_edu')
    expect(ask(listDmaBuffers)).toEqual([])
  })

  it('has processes, of which one maps a BAR, one device memory', () => {
    const processes = ask(listProcesses)
    expect(processes.length).toBeGreaterThan(50)
    expect(ask((files) => readProcess(2, files))).toMatchObject({
      name: 'kthreadd',
      kernelThread: true,
    })
    const own = processes.filter(({ kernelThread }) => !kernelThread)
    expect(own.map((one) => one.name)).toEqual(['runner', 'sleep', 'node', 'node'])
    const [, sleep, bar, memory] = own.map(({ pid }) => pid)
    const find = (pid = 0, path: RegExp) =>
      ask((files) => readMaps(pid, files)).filter((one) => path.test(one.path))
    const shared = { readable: true, writable: true, executable: false, shared: true }
    // The offset of a mapped BAR is its physical address: pci_mmap_resource adds it.
    expect(find(bar, /\/resource0$/)).toMatchObject([{ ...shared, offset: BigInt(expected.edu) }])
    expect(find(memory, /^\/dev\/mem$/)).toMatchObject([{ ...shared, offset: expected.device }])
    expect(find(sleep, /^\[stack\]$/)).toMatchObject([{ shared: false, inode: 0n, offset: 0n }])
  })

  it('has the same mappings in smaps, with their flags', () => {
    for (const { pid, kernelThread } of ask(listProcesses)) {
      if (kernelThread || pid === 1) continue
      const details = ask((files) => readSmaps(pid, files))
      const plain = ask((files) => readMaps(pid, files))
      expect(details.map(({ start, end, path }) => [start, end, path])).toEqual(
        plain.map(({ start, end, path }) => [start, end, path]),
      )
      const io = details.filter(({ flags }) => flags.includes('io')).map(({ path }) => path)
      const devices = plain.filter(({ path }) => /resource0$|\/dev\/mem$/.test(path))
      expect(io).toEqual(expect.arrayContaining(devices.map(({ path }) => path)))
      for (const one of details) {
        expect(one.kernelPageSize).toBe(4096)
        expect(one.rss).toBeLessThanOrEqual(Number(one.end - one.start))
      }
      expect(details.some(({ anonymous }) => anonymous > 0)).toBe(true)
    }
  })

  it('tells by /proc/kcore where RAM is', () => {
    const segments = ask(readKcoreHeaders)
    expect(segments).toHaveLength(expected.segments)
    expect(segments[0]?.physical).toBe(expected.text)
    const ram = segments
      .slice(1)
      .flatMap(({ physical, length }) => (physical === undefined ? [] : [[physical, length]]))
    expect(ram).toEqual(expected.ram)
  })

  it('has symbols', () => {
    expect(ask(symbolsHidden)).toBe(false)
    expect(ask((files) => findSymbol('jiffies', files))).toHaveLength(expected.jiffies)
    expect(ask((files) => findSymbol('e1000_probe', files))).toMatchObject([
      { type: 't', module: 'e1000' },
    ])
    expect(ask(readSymbols).length).toBeGreaterThan(20)
    const [text] = ask((files) => findSymbol('_stext', files))
    const [segment] = ask(readKcoreHeaders)
    expect(text?.address ?? 0n).toBeGreaterThanOrEqual(segment?.virtual ?? 1n)
  })

  it('has a configuration', () => {
    const release = ask(readRelease)
    expect(release).toMatch(expected.release)
    const config = ask(readKernelConfig)
    expect(config?.source).toBe(`/boot/config-${release}`)
    expect(config?.get('CONFIG_STRICT_DEVMEM')).toBe('y')
    expect(config?.line('CONFIG_IO_STRICT_DEVMEM')).toBe('CONFIG_IO_STRICT_DEVMEM=y')
    expect(config?.line('CONFIG_IKCONFIG')).toBe('# CONFIG_IKCONFIG is not set')
    expect(ask(readSpecialTypes)).toEqual(expected.types)
  })

  it('has a command line and no lockdown', () => {
    const line = ask(readCommandLine)
    expect(line.value('iomem')).toBe('strict')
    expect(line.has('quiet')).toBe(true)
    expect(memoryWordsOf(line).map(({ token, known }) => [token.text, known])).toEqual([
      ['iomem=strict', true],
      ['hugepages=4', true],
    ])
    expect(ask(readLockdown)).toBe('none')
  })

  it('has two NUMA nodes', () => {
    const blocks = ask(readNumaBlocks)
    expect(blocks?.blockSize).toBe(128 << 20)
    expect(blocks?.nodes.size).toBe(24)
    for (const [address, node] of expected.nodes) expect(nodeAt(blocks, Number(address))).toBe(node)
  })

  it('shows root everything', () => {
    const credentials = ask(readCredentials)
    expect(credentials).toMatchObject({ uid: 0, effective: 0x1ff_ffff_ffffn })
    expect(credentials.userNamespace).toBe('initial')
  })

  describe.each([
    ['user', { uid: 1000, effective: 0n, userNamespace: 'initial' }],
    ['namespace', { uid: 0, effective: 0x1ff_ffff_ffffn, userNamespace: 'other' }],
  ] as const)('to the reader: %s', (reader, credentials) => {
    it('hides all addresses', () => {
      using other = FakeRoot.recorded(name, reader)
      const askOther = kinds[kind](other.files)
      expect(askOther(readCredentials)).toMatchObject(credentials)
      expect(addressesHidden(askOther(readIomem))).toBe(true)
      expect(addressesHidden(askOther(readIoports))).toBe(true)
      expect(askOther(readIomem).map((one) => one.name)).toEqual(
        ask(readIomem).map((one) => one.name),
      )
      expect(askOther(symbolsHidden)).toBe(true)
      expect(askOther(readKcoreHeaders)).toEqual([])
    })

    it('closes the mappings of others, and shows PCI functions all the same', () => {
      using other = FakeRoot.recorded(name, reader)
      const askOther = kinds[kind](other.files)
      for (const { pid, kernelThread } of askOther(listProcesses)) {
        if (kernelThread || pid === 1) continue
        expect(() => askOther((files) => readMaps(pid, files))).toThrow(
          expect.objectContaining({ name: 'RefusedError', data: expect.objectContaining({ pid }) }),
        )
      }
      expect(
        askOther(listPci).map((one) => askOther((files) => readPciFunction(one, files))),
      ).toEqual(ask(listPci).map((one) => ask((files) => readPciFunction(one, files))))
    })
  })
})

describe.each(names)('%s far away', (name) => {
  /** What is a chain of folders and links takes a trip for each. */
  const treeTrips = name.startsWith('aarch64') ? 7 : 2

  it.each<[what: string, trips: number, question: (files: Files) => unknown]>([
    ['physical memory', 1, readIomem],
    ['I/O ports', 1, readIoports],
    ['PCI functions', 1, listPci],
    ['a PCI function', 2, (files) => readPciFunction('0000:00:06.0', files)],
    ['UIO devices', 3, listUio],
    ['processes', 2, listProcesses],
    ['the headers of kcore', 2, readKcoreHeaders],
    ['a symbol', 1, (files) => findSymbol('jiffies', files)],
    ['the release', 1, readRelease],
    ['the configuration', 2, readKernelConfig],
    ['types of swap entries', 2, readSpecialTypes],
    ['the command line', 1, readCommandLine],
    ['NUMA nodes', 2, readNumaBlocks],
    ['credentials', 1, readCredentials],
    ['RAM of the firmware', treeTrips, (files) => firmwareMemoryAt(0x4000_0000, files)],
  ])('tells %s in %i trips', (_what, trips, question) => {
    using root = FakeRoot.recorded(name)
    const far = new ReplayFiles(root.files)
    expect(plain(far.ask(question))).toEqual(plain(question(root.files)))
    expect(far.trips).toBe(trips)
  })
})

/** Without functions, which are never equal. */
function plain(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer ?? null, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value instanceof Map ? [...value] : value,
    ),
  )
}
