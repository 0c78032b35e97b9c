import { describe, expect, it, vi } from 'vitest'
import { PhysmemError } from '../base/errors.ts'
import { systemAt } from '../engine/system-at.ts'
import { FakeRoot, type RecordedMachine } from '../linux/testing/fake-root.ts'
import { parseNamed } from '../place/named.ts'
import { formatPlace } from '../place/place.ts'
import { placeInMemory } from './register.ts'
import { Session } from './session.ts'

async function on(machine: RecordedMachine, act: (session: Session) => Promise<void>) {
  using root = FakeRoot.recorded(machine)
  await act(await Session.open({ system: systemAt(root.path) }))
}

const where = async (session: Session, text: string): Promise<string> => {
  try {
    const [found, ...more] = await session.find(parseNamed(text))
    return `${found?.name} ${found && formatPlace(placeInMemory(found))}${more.length > 0 ? ` +${more.length}` : ''}`
  } catch (error) {
    if (error instanceof PhysmemError) return `${error.code} ${error.message}`
    throw error
  }
}

describe('the names of a machine', () => {
  it('are those of PCI, of ACPI and of the kernel on a PC', async () => {
    await on('x86_64-6.12', async (session) => {
      const names = (await session.devices()).map(({ name }) => name)
      expect(names).toEqual(['ahci0', 'edu0', 'hpet0', 'ioapic0', 'virtio0'])
      expect(await where(session, 'hpet0.CONFIG')).toBe('hpet0.CONFIG iomem:"HPET 0"+0x10')
      expect(await where(session, 'edu0.ID')).toBe('edu0.ID pci:0000:00:04.0/bar0')
      expect(await where(session, 'virtio0.isr_status')).toBe(
        'virtio0.isr_status pci:0000:00:1e.0/bar4+0x1000',
      )
    })
  })

  /** How many bytes of which configuration spaces were asked for. */
  async function configOf(act: (session: Session) => Promise<void>) {
    using root = FakeRoot.recorded('x86_64-6.12')
    const system = systemAt(root.path)
    const bytes = vi.spyOn(system.files, 'bytes')
    await act(await Session.open({ system }))
    return bytes.mock.calls.filter(([path]) => path.endsWith('/config'))
  }

  it('are found with no more than single words of what is after the header', async () => {
    const read = await configOf(async (session) => {
      expect(await where(session, 'virtio0.isr_status')).toContain('pci:0000:00:1e.0/bar4')
    })
    expect(new Set(read.map(([, most]) => most))).toEqual(new Set([64]))
  })

  /** The files whose path has this, of which the text was asked for. */
  async function textsOf(part: string, act: (session: Session) => Promise<void>) {
    using root = FakeRoot.recorded('x86_64-6.12')
    const system = systemAt(root.path)
    const texts = vi.spyOn(system.files, 'text')
    await act(await Session.open({ system }))
    return texts.mock.calls.filter(([path]) => path.includes(part))
  }

  it('are told without a question whether any device sleeps', async () => {
    const sleep = '/power/runtime_status'
    const asked = await textsOf(sleep, async (session) => {
      expect(await session.devices()).toHaveLength(5)
    })
    expect(asked).toEqual([])
    const told = await textsOf(sleep, async (session) => {
      expect((await session.devicesAsTheyAre()).map(({ asleep }) => asleep)).toHaveLength(5)
    })
    expect(told.length).toBeGreaterThan(0)
  })

  it('are looked for in a device tree that is read once', async () => {
    using root = FakeRoot.recorded('aarch64-6.1')
    const system = systemAt(root.path)
    const folders = vi.spyOn(system.files, 'entries')
    const session = await Session.open({ system })
    const looked = async () => {
      folders.mockClear()
      await where(session, 'nothing.FR')
      return folders.mock.calls.filter(([path]) => path.includes('devicetree')).length
    }
    expect(await looked()).toBeGreaterThan(0)
    expect(await looked()).toBe(0)
  })

  it('are looked for without a look at the registers of any function', async () => {
    const read = await configOf(async (session) => {
      expect(await where(session, 'nowhere0.ID')).toContain('nothing here is named "nowhere0"')
      expect(await where(session, 'edu7.ID')).toContain('nothing here is named "edu7"')
    })
    expect(read).toEqual([])
  })

  it('are aliases of the device tree on a board', async () => {
    await on('aarch64-6.12', async (session) => {
      const names = (await session.devices()).map(({ name }) => name)
      expect(names).toEqual(['gpio0', 'rtc0', 'serial0', 'edu0', 'virtio0'])
      expect(await where(session, 'serial0.FR')).toBe('serial0.FR dt:serial0+0x18')
      expect(await where(session, 'serial0')).toBe('serial0.DR dt:serial0 +21')
    })
  })

  it('are functions and their configuration space', async () => {
    await on('x86_64-6.12', async (session) => {
      expect(await where(session, 'pci:0000:00:04.0.ID')).toBe(
        'pci:0000:00:04.0.ID pci:0000:00:04.0/bar0',
      )
      expect(await where(session, 'pci:1234:11e8.ID')).toBe(
        'pci:1234:11e8.ID pci:0000:00:04.0/bar0',
      )
      expect(await where(session, 'pci:0000:00:04.0/config.COMMAND')).toBe(
        'pci:0000:00:04.0/config.COMMAND pci:0000:00:04.0/config+0x4',
      )
    })
  })

  it('may be given to any place', async () => {
    await on('x86_64-6.12', async (session) => {
      expect(await where(session, 'pl011@0x09000000.FR')).toBe('pl011@0x09000000.FR 0x9000018')
      expect(await where(session, 'edu@pci:0000:00:04.0/bar0.ID')).toBe(
        'edu@pci:0000:00:04.0/bar0.ID pci:0000:00:04.0/bar0',
      )
    })
  })

  it.each([
    ['pl01@0x09000000.FR', 'ENOPLACE nothing describes a block "pl01", did you mean pl011?'],
    ['pci:0000:00:1e.0.ID', 'ENOPLACE there is no register "ID" in pci:0000:00:1e.0'],
    ['pci:0000:00:0e.0.ID', 'ENOPLACE there is no PCI function 0000:00:0e.0'],
    [
      'pl011.FR',
      'ESYNTAX nothing here is named "pl011", it is a kind of device: say where one is, as in pl011@0x09000000.FR',
    ],
    [
      'nosuch0.FR',
      'ESYNTAX nothing here is named "nosuch0": name the file that describes the chip, with --chip FILE or in physmem.yaml',
    ],
  ])('do not have %s', async (text, message) => {
    await on('x86_64-6.12', async (session) => {
      expect(await where(session, text)).toBe(message)
    })
  })
})
