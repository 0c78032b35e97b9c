import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { contract } from '../memory/contract/index.ts'
import { Program } from '../memory/program.ts'
import { openPhysical } from './physical.ts'
import type { Choice } from './route/choice.ts'
import { SPARSE_FOLDER, writeKcore } from './testing/fake-kcore.ts'

const sparse = process.platform === 'linux' && existsSync(SPARSE_FOLDER)
const title = sparse ? 'openPhysical' : `openPhysical (skipped: there is no ${SPARSE_FOLDER})`

describe.skipIf(!sparse)(title, () => {
  let root: FakeRoot
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(SPARSE_FOLDER, 'physmem-ram-'))
    root = new FakeRoot()
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
    root[Symbol.dispose]()
  })

  /** Two pages of RAM from 0x1000 on, of which byte n is n. */
  function putRam(): void {
    const bytes = Uint8Array.from({ length: 0x2000 }, (_, at) => at & 0xff)
    const offset = 2n ** 60n
    const file = join(folder, 'kcore')
    const virtual = 0xffff_8880_0000_1000n
    writeKcore(file, [{ virtual, physical: 0x1000n, length: 0x2000n, offset, bytes }])
    root.link('proc/kcore', file)
  }

  /** A function with a BAR at 0xfe000000. */
  function putBar(length = 4096): void {
    const last = (0xfe000000 + length - 1).toString(16)
    root.pci('0000:00:04.0', `0x00000000fe000000 0x00000000${last} 0x0000000000040200`)
    root.put('sys/bus/pci/devices/0000:00:04.0/resource0', new Uint8Array(length))
  }

  const bar = 'pci:0000:00:04.0/bar0'
  const missing = () =>
    `${root.at('dev/mem')} cannot be opened for reading: there is no such node: the kernel has no /dev/mem, or a container hides it`

  describe.each([
    ['/dev/mem', 0, () => root.put('dev/mem', new Uint8Array(0x4000))],
    ['a BAR, without /dev/mem', 0xfe000000, () => putBar(0x4000)],
  ] as const)('keeps the contract through %s', (_, base, prepare) => {
    for (const { name, skip, check } of contract) {
      it(name, async (context) => {
        prepare()
        root.put('proc/cpuinfo', 'address sizes\t: 36 bits physical, 48 bits virtual\n')
        await using memory = openPhysical('write', root.system)
        const subject = { memory, base, length: 0x4000, widths: [8, 16, 32, 64] as const }
        const reason = skip?.(subject)
        if (reason !== undefined) context.skip(reason)
        await check(subject)
      })
    }
  })

  it('takes /dev/mem as long as it does', async () => {
    root.put('dev/mem', new Uint8Array(8192))
    const told: Choice[] = []
    await using memory = openPhysical('write', root.system, (choice) => told.push(choice))
    await memory.write32(0x1004, 0x12345678)
    expect(await memory.read16(0x1006)).toBe(0x1234)
    expect(told).toEqual([{ address: 0x1004, way: root.at('dev/mem'), reason: '' }])
    expect(memory.openRefusal).toBeUndefined()
    expect(memory.name).toBe(root.at('dev/mem'))
  })

  it('does without /dev/mem: BARs and RAM in one program', async () => {
    putBar()
    putRam()
    const told: Choice[] = []
    await using memory = openPhysical('read', root.system, (choice) => told.push(choice))
    expect(memory.openRefusal?.code).toBe('EREFUSED_NO_DEVMEM')
    const program = new Program([
      { op: 'read', address: 0x1010, width: 32 },
      { op: 'fence' },
      { op: 'read', address: 0xfe000004, width: 16 },
      { op: 'readBlock', address: 0x1ffe, width: 8, count: 4 },
    ])
    await memory.prepare(program)
    const results = await memory.run(program)
    expect(results.value(0)).toBe(0x13121110)
    expect(results.value(2)).toBe(0)
    expect([...results.bytes(3)]).toEqual([0xfe, 0xff, 0, 1])
    const note =
      'the pages that the kernel shows as zeros are not known: /proc/kpageflags cannot be opened: the kernel was built without CONFIG_PROC_PAGE_MONITOR, or a container hides it (ENOENT)'
    expect(told).toEqual([
      { address: 0x1010, way: root.at('proc/kcore'), reason: `${missing()}; ${note}` },
      { address: 0xfe000004, way: bar, reason: missing() },
    ])
  })

  it('takes the innermost function, where one lies in a BAR of another', async () => {
    putBar(0x4000)
    root.pci('10001:e1:00.0', '0xfe002000 0xfe002fff 0x40200')
    root.put('sys/bus/pci/devices/10001:e1:00.0/resource0', new Uint8Array(0x1000).fill(7))
    const told: Choice[] = []
    await using memory = openPhysical('read', root.system, (choice) => told.push(choice))
    expect(await memory.read8(0xfe002004)).toBe(7)
    expect(await memory.read8(0xfe000004)).toBe(0)
    expect(told.map(({ way }) => way)).toEqual(['pci:10001:e1:00.0/bar0', bar])
  })

  it('writes to a BAR without /dev/mem, and not to RAM', async () => {
    putBar()
    putRam()
    await using memory = openPhysical('write', root.system)
    await memory.write32(0xfe000010, 0xcafe)
    expect(await memory.read32(0xfe000010)).toBe(0xcafe)
    const error: PhysmemError = await memory
      .run(
        new Program([
          { op: 'write', address: 0xfe000010, width: 32, value: 1 },
          { op: 'write', address: 0x1000, width: 32, value: 1 },
        ]),
      )
      .catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'EREFUSED_NO_DEVMEM',
      message: missing().replace('reading', 'writing'),
      data: { step: 1, address: 0x1000 },
    })
    expect(await memory.read32(0xfe000010)).toBe(0xcafe)
  })

  it('says what a fault in a BAR is by its physical address', async () => {
    putBar()
    root.put('sys/bus/pci/devices/0000:00:04.0/resource0', new Uint8Array(0))
    await using memory = openPhysical('read', root.system)
    const program = new Program([{ op: 'fence' }, { op: 'read', address: 0xfe000004, width: 32 }])
    await expect(memory.run(program)).rejects.toMatchObject({
      code: 'EFAULT_BUS',
      message:
        'step 1: 32-bit read at 0xfe000004 (physical memory) failed: nothing answered (bus error)',
      data: { way: bar, step: 1, address: 0xfe000004, width: 32, direction: 'read' },
    })
  })

  it('asks the kernel module first where there is its node, and says why it does without', async () => {
    root.put('dev/mem', new Uint8Array(8192)).put('dev/physmem', '')
    const told: Choice[] = []
    await using memory = openPhysical('write', root.system, (choice) => told.push(choice))
    const ways = await memory.waysFor(new Program([{ op: 'read', address: 0x1000, width: 32 }]))
    await memory.write32(0x1000, 5)
    expect(await memory.read32(0x1000)).toBe(5)
    const choice = {
      address: 0x1000,
      way: root.at('dev/mem'),
      reason: `${root.at('dev/physmem')} cannot be used: this node does not belong to the module of physmem (ENOTTY)`,
    }
    expect({ ways, told }).toEqual({ ways: [choice], told: [choice] })
  })

  it('opens no other way when it was closed while /dev/mem was at work', async () => {
    putBar()
    root.link('dev/mem', '/dev/null') // It opens, and cannot be mapped.
    const memory = openPhysical('read', root.system)
    const program = new Program([
      { op: 'delay', us: 20_000 },
      { op: 'read', address: 0xfe000000, width: 32 },
    ])
    const run = memory.run(program)
    const closed = memory.close()
    await expect(run).rejects.toMatchObject({
      code: 'ECLOSED',
      message: `${root.at('dev/mem')} is closed`,
    })
    await closed
    // Without that, the BAR is found.
    await using other = openPhysical('read', root.system)
    expect((await other.run(program)).value(1)).toBe(0)
  })

  it('refuses with what every way said that would have had the address', async () => {
    await using memory = openPhysical('read', root.system)
    const kcore = `${root.at('proc/kcore')} cannot be opened for reading: there is no such file: the kernel was built without CONFIG_PROC_KCORE, or a container hides it (ENOENT)`
    await expect(memory.read32(0x1000)).rejects.toMatchObject({
      code: 'EREFUSED_NO_DEVMEM',
      message: `${missing()}; ${kcore}`,
      data: { address: 0x1000, step: 0, tried: [kcore] },
    })
    // What is known to be no RAM is not in /proc/kcore anyhow.
    root.put('proc/iomem', '00001000-00001fff : System RAM\nfed00000-fed003ff : HPET 0\n')
    const error: PhysmemError = await memory.read32(0xfed00000).catch((reason) => reason)
    expect(error.message).toBe(missing())
    expect(error.data).not.toHaveProperty('tried')
  })

  it('says why /proc/kcore does not have RAM that a driver added', async () => {
    root.put('proc/iomem', '1000-1fff : dax0.0\n  1000-1fff : System RAM (kmem)\n')
    await using memory = openPhysical('read', root.system)
    const error: PhysmemError = await memory.read32(0x1000).catch((reason) => reason)
    expect(error.data.tried).toHaveLength(1)
  })

  it('refuses writes when it was opened for reading, addresses that the CPU does not have, and use after close', async () => {
    putBar()
    root.put('proc/cpuinfo', 'address sizes\t: 36 bits physical, 48 bits virtual\n')
    const memory = openPhysical('read', root.system)
    await expect(memory.write32(0xfe000000, 1)).rejects.toMatchObject({
      code: 'EREADONLY',
      message: 'physical memory was opened for reading only',
    })
    await expect(memory.read32(2 ** 36)).rejects.toMatchObject({
      code: 'ERANGE',
      message:
        '0x1000000000 to 0x1000000003 is not inside physical memory: expected 0x0 to 0xfffffffff',
    })
    await memory.close()
    await memory.close()
    await expect(memory.read32(0)).rejects.toMatchObject({ code: 'ECLOSED' })
  })
})
