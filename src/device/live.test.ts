/** Names of devices on recorded machines: what they mean, and where. */
import { afterAll, describe, expect, it } from 'vitest'
import { FakeRoot, type RecordedMachine } from '../linux/testing/fake-root.ts'
import { parseNamed } from '../place/named.ts'
import { formatPlace, parsePlace } from '../place/place.ts'
import type { DeviceRegister } from './register.ts'
import { Session } from './session.ts'

const roots = new Map<string, FakeRoot>()
afterAll(() => {
  for (const root of roots.values()) root[Symbol.dispose]()
})

function machine(name: RecordedMachine): FakeRoot {
  const root = roots.get(name) ?? FakeRoot.recorded(name)
  roots.set(name, root)
  return root
}

async function find(root: FakeRoot, text: string): Promise<DeviceRegister[]> {
  const session = await Session.open({ system: root.system })
  return session.find(parseNamed(text))
}

const shown = (all: readonly DeviceRegister[]) =>
  all.map(({ name, place, from }) => `${name} ${formatPlace(place)} ${from}`)

describe('names of devices, without a description', () => {
  it.each<[RecordedMachine, string, string[]]>([
    ['aarch64-6.12', 'serial0.FR', ['serial0.FR dt:serial0+0x18 physmem']],
    ['aarch64-6.12', 'rtc0.DR', ['rtc0.DR dt:rtc0 physmem']],
    ['aarch64-6.12', 'gpio0.DATA', ['gpio0.DATA dt:gpio0+0x3fc physmem']],
    ['x86_64-6.12', 'hpet0.CONFIG', ['hpet0.CONFIG iomem:"HPET 0"+0x10 physmem']],
    ['x86_64-6.12', 'ioapic0.IOREGSEL', ['ioapic0.IOREGSEL iomem:"IOAPIC 0" physmem']],
    ['x86_64-6.12', 'edu0.ID', ['edu0.ID pci:0000:00:04.0/bar0 physmem']],
    ['x86_64-6.12', 'pci:0000:00:04.0.ID', ['pci:0000:00:04.0.ID pci:0000:00:04.0/bar0 physmem']],
    ['x86_64-6.12', 'ahci0.P[1].IS', ['ahci0.P[1].IS pci:0000:00:1f.2/bar5+0x190 physmem']],
    [
      'x86_64-6.12',
      'virtio0.device_status',
      ['virtio0.device_status pci:0000:00:1e.0/bar4+0x14 physmem'],
    ],
    [
      'x86_64-6.12',
      'virtio0.isr_status',
      ['virtio0.isr_status pci:0000:00:1e.0/bar4+0x1000 physmem'],
    ],
    [
      'x86_64-6.12',
      'edu@pci:0000:00:04.0/bar0.ID',
      ['edu@pci:0000:00:04.0/bar0.ID pci:0000:00:04.0/bar0 physmem'],
    ],
  ])('%s: %s', async (name, text, expected) => {
    expect(shown(await find(machine(name), text))).toEqual(expected)
  })

  it('mean all blocks of a device', async () => {
    const names = (await find(machine('x86_64-6.12'), 'virtio0')).map(({ name }) => name)
    expect(names[0]).toBe('virtio0.device_feature_select')
    expect(names.at(-1)).toBe('virtio0.isr_status')
  })

  it('mean no register behind what the machine gives a device', async () => {
    const root = machine('x86_64-6.12')
    const all = await find(root, 'ahci0.P[*].IS')
    // A BAR of 4 KiB, and 32 ports of 0x80 bytes from 0x100 on.
    expect(all).toHaveLength(30)
    expect(all.at(-1)?.name).toBe('ahci0.P[29].IS')
    expect(shown(await find(root, 'ahci0.P[31].IS'))).toEqual([
      'ahci0.P[31].IS pci:0000:00:1f.2/bar5+0x1090 physmem',
    ])
  })

  it('are refused where a device has no such register', async () => {
    await expect(find(machine('x86_64-6.12'), 'virtio0.device_statu')).rejects.toMatchObject({
      code: 'ENOPLACE',
      message: expect.stringMatching(/^there is no register "device_statu" in virtio0/),
    })
  })
})

describe('what only the device itself can say', () => {
  const root = new FakeRoot()
  afterAll(() => root[Symbol.dispose]())
  const folder = 'sys/bus/pci/devices/0000:00:03.0'
  root.pci('0000:00:03.0', '0xfe000000 0xfe003fff 0x140204')
  for (const [file, text] of [
    ['vendor', '0x1b36'],
    ['device', '0x000d'],
    ['class', '0x0c0330'],
  ]) {
    root.put(`${folder}/${file}`, `${text}\n`)
  }

  it('is to be read before', async () => {
    expect(shown(await find(root, 'xhci0.CAPLENGTH'))).toEqual([
      'xhci0.CAPLENGTH pci:0000:00:03.0/bar0 physmem',
    ])
    const [status] = await find(root, 'xhci0.USBSTS')
    expect(status?.behind).toEqual({ place: parsePlace('pci:0000:00:03.0/bar0'), width: 8 })
    expect(shown(await find(root, 'xhci-operational@pci:0000:00:03.0/bar0+0x40.USBSTS'))).toEqual([
      'xhci-operational@pci:0000:00:03.0/bar0+0x40.USBSTS pci:0000:00:03.0/bar0+0x44 physmem',
    ])
  })
})
