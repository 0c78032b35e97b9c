import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { registry } from '../registry.ts'
import { offer } from './candidates.ts'

describe('places of a recorded machine', () => {
  const pc = FakeRoot.recorded('x86_64-6.12')
  const board = FakeRoot.recorded('aarch64-6.12')
  afterAll(() => {
    pc[Symbol.dispose]()
    board[Symbol.dispose]()
  })

  async function shown(recorded: FakeRoot, word: string): Promise<string[]> {
    const { candidates } = await offer(['map', word], registry, recorded.files)
    return candidates.map(({ text, description = '' }) => `${text} ${description}`.trimEnd())
  }

  it('resources, with quotes of their own only where they need them', async () => {
    expect(await shown(pc, 'iomem:HP')).toEqual(['iomem:HPET 0'])
    expect(await shown(pc, 'iomem:IO')).toEqual(['iomem:IOAPIC 0'])
    // Who has begun with the quotes of the grammar, inside of the shell's, goes on with them.
    expect(await shown(pc, 'iomem:"HP')).toEqual(['iomem:"HPET 0"'])
    using root = new FakeRoot().put('proc/iomem', '1000-1fff : ACPI0003:00\n')
    expect(await shown(root, 'iomem:')).toEqual(['iomem:"ACPI0003:00"'])
  })

  it('no resources whose name would be refused: several have it, or addresses are hidden', async () => {
    const two = '1000-1fff : a\n2000-2fff : b\n  2000-2fff : b\n3000-3fff : a\n'
    using root = new FakeRoot().put('proc/iomem', two)
    expect(await shown(root, 'iomem:')).toEqual(['iomem:b'])
    root.put('proc/iomem', '00000000-00000000 : a\n')
    expect(await shown(root, 'iomem:')).toEqual([])
  })

  it('nodes and aliases of the device tree, with what they are', async () => {
    expect(await shown(board, 'dt:s')).toEqual(['dt:serial0 arm,pl011'])
    expect((await shown(board, 'dt:/pl0')).sort()).toEqual([
      'dt:/pl011@9000000 arm,pl011',
      'dt:/pl031@9010000 arm,pl031',
      'dt:/pl061@9030000 arm,pl061',
    ])
    expect(await shown(pc, 'dt:')).toEqual([])
  })

  it('device trees in files, and their nodes', async () => {
    board.put('trees/a.dtb', readFileSync(board.at('sys/firmware/fdt'))).put('trees/a.txt', '')
    const file = board.at('trees/a.dtb')
    expect(await shown(board, `dtb:${board.at('trees/')}`)).toEqual([`dtb:${file}:`])
    expect(await shown(board, `dtb:${file}:se`)).toEqual([`dtb:${file}:serial0 arm,pl011`])
    expect(await shown(board, `dtb:${board.at('trees/a.txt')}:`)).toEqual([])
  })

  it('processes with their names, and where their mappings start', async () => {
    const [first = ''] = (await shown(pc, 'pid:')).filter((text) => text.endsWith(' sleep'))
    expect(first).toMatch(/^pid:\d+: sleep$/)
    const maps = await shown(pc, first.slice(0, first.indexOf(' ')))
    expect(maps[0]).toMatch(/^pid:\d+:0x[0-9a-f]+ \/.*busybox/)
    expect(await shown(pc, 'pid:999999:')).toEqual([])
    expect((await shown(pc, 'pid:')).join('\n')).not.toContain('kthreadd')
  })

  it('symbols of the kernel, when three letters are there', async () => {
    expect(await shown(pc, 'kernel:jiffi')).toEqual(['kernel:jiffies', 'kernel:jiffies_64'])
    expect(await shown(pc, 'kernel:ji')).toEqual([])
    using root = new FakeRoot().put(
      'proc/kallsyms',
      'f0 t step_one\nf1 t step_two\nf2 t step_one\n',
    )
    expect(await shown(root, 'kernel:ste')).toEqual(['kernel:step_two'])
  })

  it('what follows a process, the kernel, or a device tree in a file', async () => {
    const at = async (recorded: FakeRoot, ...words: string[]) =>
      (await offer(words, registry, recorded.files)).candidates.map(({ text }) => text)
    expect(await at(pc, 'translate', 'kernel', 'jiffi')).toEqual(['jiffies', 'jiffies_64'])
    expect(await at(pc, 'translate', 'kernel', '_stext', 'jiffies_')).toEqual(['jiffies_64'])
    const [pid = ''] = await at(pc, 'translate', '')
    expect(pid).toBe('kernel')
    const [, sleep = ''] = /^pid:(\d+): sleep$/.exec((await shown(pc, 'pid:')).join('\n')) ?? []
    const [first = ''] = await at(pc, 'translate', sleep || '1', '0x')
    expect(first).toMatch(/^(?:0x[0-9a-f]+)?$/)
    board.put('trees/b.dtb', readFileSync(board.at('sys/firmware/fdt')))
    const file = `dtb:${board.at('trees/b.dtb')}`
    expect(await at(board, 'map', file, 'se')).toEqual(['serial0'])
    expect(await at(board, 'map', '0x1000', '')).toEqual([])
  })

  it('PCI functions by their ids, for who begins with them', async () => {
    expect(await shown(pc, 'pci:8086:1')).toContain('pci:8086:100e/ e1000')
    expect(await shown(pc, 'pci:8086:100e/')).toEqual(['pci:8086:100e/bar0'])
  })

  it('ports, with what is there', async () => {
    expect(await shown(pc, 'port:0x6')).toEqual([
      'port:0x60 keyboard',
      'port:0x64 keyboard',
      'port:0x600 ACPI PM1a_EVT_BLK',
      'port:0x604 ACPI PM1a_CNT_BLK',
      'port:0x608 ACPI PM_TMR',
      'port:0x620 ACPI GPE0_BLK',
    ])
  })

  it('CPUs that are on, for model-specific registers, where there are such', async () => {
    const cpus = 'sys/devices/system/cpu/online'
    using root = new FakeRoot()
      .put(cpus, '0,2-3\n')
      .put('proc/cpuinfo', 'vendor_id\t: GenuineIntel\n')
    expect(await shown(root, 'msr:')).toEqual([])
    const { candidates } = await offer(['read', 'msr:'], registry, root.files)
    expect(candidates.map(({ text }) => text)).toEqual(['msr:cpu0:', 'msr:cpu2:', 'msr:cpu3:'])
    using arm = new FakeRoot().put(cpus, '0\n').put('proc/cpuinfo', 'CPU part\t: 0xd08\n')
    expect((await offer(['read', 'msr:'], registry, arm.files)).candidates).toEqual([])
  })

  it('regmaps with their drivers, and the registers that the kernel shows', async () => {
    const folder = 'sys/kernel/debug/regmap/1-0048'
    using root = new FakeRoot()
      .put(`${folder}/name`, 'lm75\n')
      .put(`${folder}/access`, '0: y n y n\n1: y y n n\n2: y n y y\n')
      .put(`${folder}/range`, '0-1\n')
    const at = async (word: string) =>
      (await offer(['read', word], registry, root.files)).candidates
    expect(await at('regmap:')).toEqual([{ text: 'regmap:1-0048/', description: 'lm75' }])
    expect(await at('regmap:1-0048/')).toEqual([
      { text: 'regmap:1-0048/0x0' },
      { text: 'regmap:1-0048/0x1' },
    ])
    expect(await shown(root, 'regmap:')).toEqual([])
  })

  it('buses of I2C, and devices on them that no driver has', async () => {
    using root = new FakeRoot()
      .put('sys/bus/i2c/devices/i2c-0/name', 'SMBus I801 adapter at 0700\n')
      .put('sys/bus/i2c/devices/i2c-1/name', 'bcm2835 (i2c@7e804000)\n')
      .put('sys/bus/i2c/devices/1-0048/name', 'lm75\n')
      .put('sys/bus/i2c/devices/1-0050/name', '24c256\n')
      .put('sys/bus/i2c/devices/1-a050/name', 'of 10 bits\n')
      .put('sys/bus/i2c/devices/11-0049/name', 'lm75\n')
      .link('sys/bus/i2c/devices/1-0050/driver', '../../../bus/i2c/drivers/at24')
    const at = async (word: string) =>
      (await offer(['read', word], registry, root.files)).candidates.map(
        ({ text, description = '' }) => `${text} ${description}`.trimEnd(),
      )
    expect(await at('i2c:')).toEqual([
      'i2c:0: SMBus I801 adapter at 0700',
      'i2c:1: bcm2835 (i2c@7e804000)',
    ])
    expect(await at('i2c:1:')).toEqual(['i2c:1:0x48 lm75'])
    expect(await at('i2c:9:0x')).toEqual([])
    expect(await shown(root, 'i2')).toEqual([])
  })

  it('PCI devices, with their drivers', async () => {
    expect(await shown(pc, 'pci:0000:00:06')).toEqual(['pci:0000:00:06.0/ e1000'])
  })
})
