/**
 * Registers by name on a PC, with no description given: what the machine says of its devices and what
 * physmem knows of them suffice. QEMU's devices say which accesses they saw.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessesOf, type Regions } from '../../machine/accesses.ts'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, type Outcome, physmem, printed } from '../../machine/physmem.ts'

const HPET = 0xfed00000
const balloon = 'pci:0000:00:06.0'

const disk = [
  ...['-blockdev', 'null-co,node-name=disk,size=1048576,read-zeroes=on'],
  ...['-device', 'ide-hd,drive=disk,bus=ide.1'],
]

const reason = labUnavailable('x86_64', '6.12')
describe.skipIf(reason)(labTitle('registers by name on a PC', reason), () => {
  let machine: Machine
  let regions: Regions

  beforeAll(async () => {
    machine = await startMachine({
      arch: 'x86_64',
      series: '6.12',
      devices: [
        ...['-device', 'edu,addr=4', '-device', 'nvme,serial=lab,addr=5'],
        ...['-device', 'virtio-balloon-pci,addr=6', '-device', 'qemu-xhci,addr=7', ...disk],
      ],
    })
    const unbind = 'echo 0000:00:06.0 > /sys/bus/pci/drivers/virtio-pci/unbind'
    expect((await machine.exec(unbind)).exitCode).toBe(0)
    const bar = async (address: string, number: number): Promise<number> => {
      const text = await machine.readFile(`/sys/bus/pci/devices/0000:00:${address}/resource`)
      return Number(text.toString().split('\n')[number]?.split(' ')[0])
    }
    const virtio = await bar('06.0', 4)
    const xhci = await bar('07.0', 0)
    regions = {
      hpet: HPET,
      'edu-mmio': await bar('04.0', 0),
      nvme: await bar('05.0', 0),
      ahci: await bar('1f.2', 5),
      // hw/usb/hcd-xhci.c: parts of one BAR, of which the first has 64 bytes.
      capabilities: xhci,
      operational: xhci + 0x40,
      'virtio-pci-common-virtio-balloon': virtio,
      'virtio-pci-isr-virtio-balloon': virtio + 0x1000,
    }
  })

  afterAll(() => machine?.stop())

  /** What a command printed, and the accesses that it made. */
  async function traced(commandLine: string): Promise<{ outcome: Outcome; seen: string[] }> {
    let outcome: Outcome = printed()
    const seen = await accessesOf(machine, regions, async () => {
      outcome = await physmem(machine, commandLine)
    })
    return { outcome, seen }
  }

  /** The value that a register has, by one load of it alone. */
  async function value(name: string): Promise<string> {
    return (await physmem(machine, `read ${name} -q`)).stdout.trim()
  }

  describe('the HPET', () => {
    it('has its registers read whole, once, at their own width', async () => {
      expect(await traced('read hpet0.CONFIG')).toEqual({
        outcome: printed(
          'hpet0.CONFIG  0x00000003',
          '  LEG_RT_CNF  1  1  (Legacy replacement route; timers 0 and 1 stand for PIT and RTC)',
          '  ENABLE_CNF  0  1  running',
        ),
        seen: ['hpet read 0x10, 32 bits: 0x3'],
      })
    })

    it('changes several fields of a register by one load and one store', async () => {
      const config = 'hpet0.TIMER[2].CONFIG'
      const { outcome, seen } = await traced(
        `write ${config}:INT_TYPE_CNF=level ${config}:INT_ENB_CNF=1 ${config}:INT_ROUTE_CNF=20`,
      )
      expect(outcome).toEqual(
        printed(
          `${config}:INT_TYPE_CNF   read 0 (edge), wrote 1 (level)  in 0x00000030, 0x00002836`,
          `${config}:INT_ENB_CNF    read 0, wrote 1                 in 0x00000030, 0x00002836`,
          `${config}:INT_ROUTE_CNF  read 0x00, wrote 0x14           in 0x00000030, 0x00002836`,
        ),
      )
      // hw/timer/hpet.c gives all 64 bits of a configuration to a load of half of them.
      expect(seen).toEqual([
        'hpet read 0x140, 32 bits: 0xff010400000030',
        'hpet write 0x140, 32 bits: 0x2836',
      ])
    })

    it('keeps the status of one timer when that of another is cleared', async () => {
      const [now = 0] = await machine.xp(HPET + 0xf0, 32)
      const soon = (now + 20_000_000) % 2 ** 32 // 200 ms
      await physmem(machine, `write hpet0.TIMER[2].COMPARATOR=${soon}`)
      await expect.poll(() => machine.xp(HPET + 0x20, 32), { timeout: 60_000 }).toEqual([4])

      expect(await traced('write hpet0.STATUS:INT_STS[0]=1')).toEqual({
        outcome: printed(),
        seen: ['hpet write 0x20, 32 bits: 0x1'],
      })
      expect(await machine.xp(HPET + 0x20, 32)).toEqual([4])

      // Or the timer, whose interrupt is of level mode, would raise it again.
      await physmem(machine, 'write hpet0.TIMER[2].CONFIG:INT_ENB_CNF=0')
      expect(await traced('write hpet0.STATUS:INT_STS[2]=1')).toEqual({
        outcome: printed(),
        seen: ['hpet write 0x20, 32 bits: 0x4'],
      })
      expect(await machine.xp(HPET + 0x20, 32)).toEqual([0])
    })
  })

  describe('the edu card', () => {
    it('is known by its ids, and counted by its kind', async () => {
      const fields = [
        '  MAJOR  31:24  0x01    (Major version)',
        '  MINOR  23:16  0x00    (Minor version)',
        '  EDU    15:0   0x00ed  (Always 0x00ed)',
      ]
      for (const name of ['pci:0000:00:04.0.ID', 'edu0.ID', 'edu@pci:0000:00:04.0/bar0.ID']) {
        expect(await traced(`read ${name}`)).toEqual({
          outcome: printed(`${name}  0x010000ed`, ...fields),
          seen: ['edu-mmio read 0x0, 32 bits: 0x10000ed'],
        })
      }
    })

    it('is read as a whole except for what is only written', async () => {
      const { outcome, seen } = await traced('read edu0')
      expect(outcome.stderr).toBe(
        'physmem: 2 registers were not read: edu0.INT_RAISE, edu0.INT_ACK (they are write-only)\n',
      )
      const names = ['LIVENESS  ', 'FACTORIAL ', 'STATUS    ', 'INT_STATUS']
      const wide = ['SRC', 'DST', 'CNT', 'CMD']
      expect(outcome.stdout.trimEnd().split('\n')).toEqual([
        'edu0.ID          0x010000ed',
        ...names.map((name) => `edu0.${name}  0x00000000`),
        ...wide.map((name) => `edu0.DMA_${name}     0x0000000000000000`),
      ])
      expect(seen).toEqual([
        'edu-mmio read 0x0, 32 bits: 0x10000ed',
        ...[0x4, 0x8, 0x20, 0x24].map((at) => `edu-mmio read 0x${at.toString(16)}, 32 bits: 0x0`),
        ...[0x80, 0x88, 0x90, 0x98].map((at) => `edu-mmio read 0x${at.toString(16)}, 64 bits: 0x0`),
      ])
    })

    it('has one interrupt acknowledged, and the other not, by stores alone', async () => {
      await physmem(machine, 'write edu0.INT_RAISE=0x101')
      expect(await traced('write edu0.INT_ACK:FACT=1')).toEqual({
        outcome: printed(),
        seen: ['edu-mmio write 0x64, 32 bits: 0x1'],
      })
      expect(await value('edu0.INT_STATUS')).toBe('0x00000100')
      await physmem(machine, 'write edu0.INT_ACK:DMA=1')
      expect(await value('edu0.INT_STATUS')).toBe('0x00000000')
    })
  })

  describe('the NVMe controller', () => {
    it('is known by its class; 64 bits are one access', async () => {
      const { outcome, seen } = await traced('read nvme0.CSTS nvme0.CAP -q')
      expect(outcome).toEqual(printed('0x00000001', '0x004018200f0107ff'))
      expect(seen).toEqual([
        'nvme read 0x1c, 32 bits: 0x1',
        'nvme read 0x0, 64 bits: 0x4018200f0107ff',
      ])
    })

    it('is read as a whole except for the masks, which may be undefined, and a doorbell', async () => {
      const { outcome, seen } = await traced('read nvme0')
      expect(outcome.stderr).toBe(
        'physmem: 3 registers were not read: nvme0.ASQTDBL (it is write-only); nvme0.INTMS, nvme0.INTMC (reading changes something else)\n',
      )
      const offsets = seen.map((line) => /^nvme read (0x[0-9a-f]+),/.exec(line)?.[1])
      expect(offsets).toHaveLength(outcome.stdout.trimEnd().split('\n').length)
      expect(new Set(offsets).size).toBe(offsets.length)
      for (const effectful of ['0xc', '0x10', '0x1000', undefined]) {
        expect(offsets).not.toContain(effectful)
      }
    })
  })

  describe('the AHCI adapter', () => {
    it('keeps an interrupt of a port when another is cleared', async () => {
      const port = 'ahci0.P[1]'
      // A reset of the link: then the disk sends its signature, which raises DHRS.
      await physmem(machine, `write ${port}.SCTL:DET=reset`)
      await physmem(machine, `write ${port}.SCTL:DET=none`)
      await expect.poll(() => value(`${port}.IS`)).toBe('0x00000001')

      expect(await traced(`write ${port}.IS:DPS=1`)).toEqual({
        outcome: printed(`${port}.IS:DPS  read 0, wrote 1  in 0x00000001, 0x00000020`),
        seen: ['ahci read 0x190, 32 bits: 0x1', 'ahci write 0x190, 32 bits: 0x20'],
      })
      expect(await value(`${port}.IS`)).toBe('0x00000001')

      expect(await traced(`write ${port}.IS:DHRS=1`)).toEqual({
        outcome: printed(`${port}.IS:DHRS  read 1, wrote 1  in 0x00000001, 0x00000001`),
        seen: ['ahci read 0x190, 32 bits: 0x1', 'ahci write 0x190, 32 bits: 0x1'],
      })
      expect(await value(`${port}.IS`)).toBe('0x00000000')
    })

    it('has the ports that its BAR has room for, each read once', async () => {
      // AHCI has 32; the BAR of QEMU's has 4 KiB.
      const { outcome, seen } = await traced('read ahci0.P[*].SSTS -q')
      expect(outcome).toMatchObject({ stderr: '', exitCode: 0 })
      const offsets = seen.map((line) => Number(/^ahci read (0x[0-9a-f]+),/.exec(line)?.[1]))
      expect(offsets).toEqual(Array.from({ length: 30 }, (_, port) => 0x128 + 0x80 * port))
    })

    it('shows what a port has found', async () => {
      expect(await traced('read ahci0.P[1].SSTS')).toEqual({
        outcome: printed(
          'ahci0.P[1].SSTS  0x00000113',
          '  IPM  11:8  0x1  active',
          '  SPD  7:4   0x1  1.5Gbps',
          '  DET  3:0   0x3  present',
        ),
        seen: ['ahci read 0x1a8, 32 bits: 0x113'],
      })
    })
  })

  describe('the xHCI', () => {
    it('has its operational registers where its capability registers say', async () => {
      expect(await traced('read xhci0.PAGESIZE')).toEqual({
        outcome: printed(
          'xhci0.PAGESIZE  0x00000001',
          '  PAGESIZE  15:0  0x0001  (One bit for each size)',
        ),
        // QEMU's region takes 32 bits: it makes such an access of ours of 8.
        seen: ['capabilities read 0x0, 32 bits: 0x1000040', 'operational read 0x8, 32 bits: 0x1'],
      })
    })
  })

  describe('the operational registers of the xHCI', () => {
    const length = 'capabilities read 0x0, 32 bits: 0x1000040'

    it('are recorded where they are', async () => {
      const { outcome, seen } = await traced('record xhci0.PAGESIZE --count 2 -q')
      expect(outcome).toEqual(printed('0x00000001 0x0001', '0x00000001 0x0001'))
      const sample = 'operational read 0x8, 32 bits: 0x1'
      expect(seen).toEqual([length, sample, sample])
    })

    it('are saved and restored where they are', async () => {
      const saved = await traced('snapshot xhci0.DNCTRL -o /tmp/xhci.json')
      expect(saved.seen).toEqual([length, 'operational read 0x14, 32 bits: 0x0'])
      expect((await traced('write xhci0.DNCTRL=6')).outcome.exitCode).toBe(0)
      const restored = await traced('restore /tmp/xhci.json')
      expect(restored.outcome.exitCode).toBe(0)
      expect(restored.seen.filter((line) => line.includes('write'))).toEqual([
        'operational write 0x14, 32 bits: 0x0',
      ])
    })
  })

  describe('a virtio device', () => {
    it('has its common configuration where its capability says', async () => {
      const { outcome, seen } = await traced(`read ${balloon}.num_queues ${balloon}.queue_size -q`)
      expect(outcome).toMatchObject({ stderr: '', exitCode: 0 })
      const [queues = '', size = ''] = outcome.stdout.trim().split('\n')
      const common = 'virtio-pci-common-virtio-balloon read'
      expect(seen).toEqual([
        `${common} 0x12, 16 bits: 0x${Number(queues).toString(16)}`,
        `${common} 0x18, 16 bits: 0x${Number(size).toString(16)}`,
      ])
      expect(Number(queues)).toBeGreaterThanOrEqual(2)
    })

    it('keeps its interrupt status when all is read, and loses it when that is', async () => {
      // QEMU tells of a change of the configuration only a device that is driven.
      const status = `${balloon}.device_status`
      expect((await traced(`write ${status}=0xf`)).seen).toEqual([
        'virtio-pci-common-virtio-balloon write 0x14, 8 bits: 0xf',
      ])
      await machine.qmp('balloon', { value: 700 * 2 ** 20 })

      const all = await traced(`read ${balloon}.*`)
      expect(all.outcome.stderr).toBe(
        `physmem: 1 register was not read: ${balloon}.isr_status (reading clears it)\n`,
      )
      expect(all.seen.length).toBeGreaterThan(20)
      expect(all.seen.filter((line) => line.includes('-isr-'))).toEqual([])

      const first = await traced(`read ${balloon}.isr_status`)
      expect(first).toEqual({
        outcome: {
          ...printed(
            `${balloon}.isr_status  0x03`,
            '  CONFIG  1  1  (The configuration changed)',
            '  QUEUE   0  1  (A virtqueue was used)',
          ),
          stderr: `physmem: ${balloon}.isr_status: reading clears it\n`,
        },
        seen: ['virtio-pci-isr-virtio-balloon read 0x0, 8 bits: 0x3'],
      })
      expect(await value(`${balloon}.isr_status`)).toBe('0x00')
      await physmem(machine, `write ${status}=0`)
    })
  })

  it('touches nothing for a name that there is not', async () => {
    const { outcome, seen } = await traced('read hpet0.CONFIG hpet0.CONFG')
    expect(outcome).toEqual(
      failed(2, 'physmem: there is no register "CONFG" in hpet0, did you mean hpet0.CONFIG?'),
    )
    expect(seen).toEqual([])
  })
})
