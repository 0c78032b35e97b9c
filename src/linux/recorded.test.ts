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
import { MemoryFiles } from './memory-files.ts'
import { nodeAt, readNumaBlocks } from './numa.ts'
import { listPci, readPciFunction } from './pci.ts'
import { listProcesses, readProcess } from './processes.ts'
import { readSmaps } from './smaps.ts'
import { readSpecialTypes } from './special-types.ts'
import { FakeRoot } from './testing/fake-root.ts'
import { machines, names } from './testing/machines.ts'
import { ReplayFiles } from './testing/replay-files.ts'
import { listDmaBuffers } from './udmabuf.ts'
import { listUio } from './uio.ts'

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
