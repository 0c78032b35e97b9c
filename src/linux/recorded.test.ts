/** Every reader over what machines of the lab really said. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryWordsOf, readCommandLine } from './cmdline.ts'
import { physicalAddressBits } from './cpu.ts'
import { readCredentials } from './credentials.ts'
import type { Files } from './files.ts'
import { addressesHidden, readIomem, readIoports, resourcesAt } from './iomem.ts'
import { findSymbol, readSymbols, symbolsHidden } from './kallsyms.ts'
import { readKcoreHeaders } from './kcore.ts'
import { readKernelConfig, readRelease } from './kernel-config.ts'
import { readLockdown } from './lockdown.ts'
import { readMaps } from './maps.ts'
import { nodeAt, readNumaBlocks } from './numa.ts'
import { listPci, readPciFunction } from './pci.ts'
import { listProcesses, readProcess } from './processes.ts'
import { readSmaps } from './smaps.ts'
import { readSpecialTypes } from './special-types.ts'
import { FakeRoot, type RecordedMachine } from './testing/fake-root.ts'
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

describe.each(names)('%s', (name) => {
  const expected = machines[name]
  let tree: FakeRoot
  let files: Files

  beforeAll(() => {
    tree = FakeRoot.recorded(name)
    files = tree.files
  })
  afterAll(() => tree[Symbol.dispose]())

  it('has physical memory', () => {
    const resources = readIomem(files)
    expect(addressesHidden(resources)).toBe(false)
    for (const [address, at] of expected.resources) {
      expect(resourcesAt(resources, Number(address)).map((one) => one.name)).toEqual(at)
    }
    expect(physicalAddressBits(files, name.startsWith('x86') ? 'x64' : 'arm64')).toBe(
      expected.addressBits,
    )
  })

  it('has I/O ports', () => {
    const ports = readIoports(files)
    for (const [port, at] of expected.ports) {
      expect(resourcesAt(ports, Number(port)).map((one) => one.name)).toEqual(at)
    }
  })

  it('has PCI functions', () => {
    expect(listPci(files)).toEqual(expected.functions.map((one) => `0000:${one}`))
    const bridge = readPciFunction('0000:00:00.0', files)
    expect(bridge).toMatchObject({ ...expected.hostBridge, class: 0x06_0000, bars: [] })
    expect(bridge).toMatchObject({ driver: undefined, enabled: false, configLength: 64 })
    const memory = { kind: 'memory', prefetchable: false, assigned: true }
    expect(readPciFunction('0000:00:06.0', files)).toEqual({
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
    expect(readPciFunction('0000:00:05.0', files)?.bars[1]).toEqual({
      ...memory,
      number: 2,
      start: expected.shared,
      length: 0x10_0000,
      prefetchable: true,
    })
  })

  it('has a UIO device, and no buffers of u-dma-buf', () => {
    const map = { number: 0, name: 'regs', address: expected.edu, offset: 0, length: 0x10_0000 }
    expect(listUio(files)).toEqual([{ number: 0, name: 'edu', maps: [map] }])
    expect(readPciFunction('0000:00:04.0', files)?.driver).toBe('uio_edu')
    expect(listDmaBuffers(files)).toEqual([])
  })

  it('has processes, of which one maps a BAR, one device memory', () => {
    const processes = listProcesses(files)
    expect(processes.length).toBeGreaterThan(50)
    expect(readProcess(2, files)).toMatchObject({ name: 'kthreadd', kernelThread: true })
    const own = processes.filter(({ kernelThread }) => !kernelThread)
    expect(own.map((one) => one.name)).toEqual(['runner', 'sleep', 'node', 'node'])
    const [, sleep, bar, memory] = own.map(({ pid }) => pid)
    const find = (pid = 0, path: RegExp) =>
      readMaps(pid, files).filter((one) => path.test(one.path))
    const shared = { readable: true, writable: true, executable: false, shared: true }
    // The offset of a mapped BAR is its physical address: pci_mmap_resource adds it.
    expect(find(bar, /\/resource0$/)).toMatchObject([{ ...shared, offset: BigInt(expected.edu) }])
    expect(find(memory, /^\/dev\/mem$/)).toMatchObject([{ ...shared, offset: expected.device }])
    expect(find(sleep, /^\[stack\]$/)).toMatchObject([{ shared: false, inode: 0n, offset: 0n }])
  })

  it('has the same mappings in smaps, with their flags', () => {
    for (const { pid, kernelThread } of listProcesses(files)) {
      if (kernelThread || pid === 1) continue
      const details = readSmaps(pid, files)
      const plain = readMaps(pid, files)
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
    const segments = readKcoreHeaders(files)
    expect(segments).toHaveLength(expected.segments)
    expect(segments[0]?.physical).toBe(expected.text)
    const ram = segments
      .slice(1)
      .flatMap(({ physical, size }) => (physical === undefined ? [] : [[physical, size]]))
    expect(ram).toEqual(expected.ram)
  })

  it('has symbols', () => {
    expect(symbolsHidden(files)).toBe(false)
    expect(findSymbol('jiffies', files)).toHaveLength(expected.jiffies)
    expect(findSymbol('e1000_probe', files)).toMatchObject([{ type: 't', module: 'e1000' }])
    expect(readSymbols(files).length).toBeGreaterThan(20)
    const [text] = findSymbol('_stext', files)
    const [segment] = readKcoreHeaders(files)
    expect(text?.address ?? 0n).toBeGreaterThanOrEqual(segment?.virtual ?? 1n)
  })

  it('has a configuration', () => {
    const release = readRelease(files)
    expect(release).toMatch(expected.release)
    const config = readKernelConfig(files)
    expect(config?.source).toBe(`/boot/config-${release}`)
    expect(config?.get('CONFIG_STRICT_DEVMEM')).toBe('y')
    expect(config?.line('CONFIG_IO_STRICT_DEVMEM')).toBe('CONFIG_IO_STRICT_DEVMEM=y')
    expect(config?.line('CONFIG_IKCONFIG')).toBe('# CONFIG_IKCONFIG is not set')
    expect(readSpecialTypes(files)).toEqual(expected.types)
  })

  it('has a command line and no lockdown', () => {
    const line = readCommandLine(files)
    expect(line.value('iomem')).toBe('strict')
    expect(line.has('quiet')).toBe(true)
    expect(memoryWordsOf(line).map(({ token, known }) => [token.text, known])).toEqual([
      ['iomem=strict', true],
      ['hugepages=4', true],
    ])
    expect(readLockdown(files)).toBe('none')
  })

  it('has two NUMA nodes', () => {
    const blocks = readNumaBlocks(files)
    expect(blocks?.blockSize).toBe(128 << 20)
    expect(blocks?.nodes.size).toBe(24)
    for (const [address, node] of expected.nodes) expect(nodeAt(blocks, Number(address))).toBe(node)
  })

  it('shows root everything', () => {
    const credentials = readCredentials(files)
    expect(credentials).toMatchObject({ uid: 0, effective: 0x1ff_ffff_ffffn })
    expect(credentials.userNamespace).toBe('initial')
  })

  describe.each([
    ['user', { uid: 1000, effective: 0n, userNamespace: 'initial' }],
    ['namespace', { uid: 0, effective: 0x1ff_ffff_ffffn, userNamespace: 'other' }],
  ] as const)('to the reader: %s', (reader, credentials) => {
    it('hides all addresses', () => {
      using other = FakeRoot.recorded(name, reader)
      expect(readCredentials(other.files)).toMatchObject(credentials)
      expect(addressesHidden(readIomem(other.files))).toBe(true)
      expect(addressesHidden(readIoports(other.files))).toBe(true)
      expect(readIomem(other.files).map((one) => one.name)).toEqual(
        readIomem(files).map((one) => one.name),
      )
      expect(symbolsHidden(other.files)).toBe(true)
      expect(readKcoreHeaders(other.files)).toEqual([])
    })

    it('closes the mappings of others, and shows PCI functions all the same', () => {
      using other = FakeRoot.recorded(name, reader)
      for (const { pid, kernelThread } of listProcesses(other.files)) {
        if (kernelThread || pid === 1) continue
        expect(() => readMaps(pid, other.files)).toThrow(
          expect.objectContaining({ name: 'RefusedError', data: expect.objectContaining({ pid }) }),
        )
      }
      expect(listPci(other.files).map((one) => readPciFunction(one, other.files))).toEqual(
        listPci(files).map((one) => readPciFunction(one, files)),
      )
    })
  })
})
