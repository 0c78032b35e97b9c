/** What a name means later: another file, another device. */

import { copyFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { prebuiltFile } from '../engine/engine-file.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { parsePlace } from '../place/place.ts'
import { startChild } from '../remote/reach/child-channel.ts'
import { Session } from '../remote/session.ts'
import { noAgent } from '../remote/testing/agent.ts'
import { LocalMachine } from './local/machine.ts'
import type { Machine } from './machine.ts'
import { RemoteMachine } from './remote/machine.ts'

const PAGE = 4096
const FUNCTION = 'sys/bus/pci/devices/0000:00:04.0'
const REGMAP = 'sys/kernel/debug/regmap/1-0048'

const page = (value: number): Uint8Array => new Uint8Array(PAGE).fill(value)

/** A device all of whose registers have one value; it puts itself in the place of the one before. */
interface Device {
  place: string
  put(root: FakeRoot, value: number): FakeRoot
  /** What its removal takes away. */
  files: readonly string[]
}

const uio = (place: string): Device => ({
  place,
  put: (root, value) =>
    root
      .uio(0, 'edu')
      .uioMap(0, 0, { name: 'regs', addr: '0xfea00000', size: '0x1000', offset: '0x0' })
      .put('dev/uio0', page(value)),
  files: ['sys/class/uio/uio0', 'dev/uio0'],
})

const bar: Device = {
  place: 'pci:0000:00:04.0/bar0',
  put: (root, value) =>
    root
      .pci('0000:00:04.0', '0xfea00000 0xfea00fff 0x40200')
      .put(`${FUNCTION}/resource0`, page(value)),
  files: [FUNCTION],
}

const config: Device = {
  place: 'pci:0000:00:04.0/config',
  put: (root, value) =>
    root
      .put('proc/self/status', 'CapEff:\t000001ffffffffff\n')
      .put(`${FUNCTION}/config`, page(value)),
  files: [FUNCTION],
}

const regmap: Device = {
  place: 'regmap:1-0048/0x1',
  put: (root, value) => {
    const shown = value.toString(16).padStart(8, '0').replace(/^0{6}/, '')
    return root
      .put(`${REGMAP}/range`, '0-1\n')
      .put(`${REGMAP}/access`, '0: y y n n\n1: y y n n\n')
      .put(`${REGMAP}/registers`, `0: 00\n1: ${shown}\n`)
  },
  files: [REGMAP],
}

let removed = 0

/** Takes a device away, as far as the names go that lead to it: what is open stays so. */
function remove(root: FakeRoot, { files }: Device): void {
  for (const file of files) renameSync(root.at(file), root.at(`removed${removed++}`))
}

async function read(machine: Machine, place: string): Promise<number> {
  const { memory, address } = await machine.locate(parsePlace(place), 4, 'read')
  return await memory.read32(address)
}

const everywhere = (value: number): number => value * 0x0101_0101

describe('on this machine', () => {
  it.each([
    ['a UIO device by its number', uio('uio:uio0/map0'), everywhere],
    ['a UIO device by its name', uio('uio:edu/regs'), everywhere],
    ['a BAR', bar, everywhere],
    ['configuration space', config, everywhere],
    ['a regmap', regmap, (value: number) => value],
  ])('%s is the device that is there', async (_, device, shown) => {
    using root = device.put(new FakeRoot(), 1)
    await using machine = new LocalMachine({ system: root.system })
    const first = await machine.locate(parsePlace(device.place), 4, 'read')
    expect(await read(machine, device.place)).toBe(shown(1))
    remove(root, device)
    await expect(read(machine, device.place)).rejects.toMatchObject({ code: 'ENOPLACE' })
    device.put(root, 2)
    expect(await read(machine, device.place)).toBe(shown(2))
    // Who has the one from before is told, and accesses nothing.
    await expect(first.memory.read32(first.address)).rejects.toMatchObject({ code: 'ECLOSED' })
  })

  it('a file is the one that is there', async () => {
    using root = new FakeRoot().put('a', page(1)).put('b', page(2))
    const [path, place] = [root.at('a'), `file:${root.at('a')}`]
    await using machine = new LocalMachine()
    const one = await machine.locate(parsePlace(place), 4, 'read')
    expect((await machine.locate(parsePlace(place), 4, 'read')).memory).toBe(one.memory)
    // What is written into it does not make it another one.
    writeFileSync(path, page(3))
    expect((await machine.locate(parsePlace(place), 4, 'read')).memory).toBe(one.memory)
    expect(await read(machine, place)).toBe(everywhere(3))
    renameSync(root.at('b'), path)
    expect(await read(machine, place)).toBe(everywhere(2))
    renameSync(path, root.at('c'))
    await expect(read(machine, place)).rejects.toMatchObject({ code: 'ENOPLACE' })
  })
})

const why = noAgent ?? (process.getuid?.() === 0 ? undefined : 'it needs root')

/** The machine below a folder, by an agent that runs there; `trips` counts its requests. */
async function reach(root: FakeRoot) {
  const file = prebuiltFile(`linux-${process.arch}`, 'physmem-agent') ?? 'none'
  copyFileSync(file, join(root.path, 'agent'))
  const channel = await startChild('agent', ['chroot', root.path, '/agent', 'serve'])
  const count = { trips: 0 }
  const write = channel.write.bind(channel)
  channel.write = (bytes) => {
    count.trips += 1
    write(bytes)
  }
  const session = await Session.start(channel)
  return { machine: new RemoteMachine(session, { local: new LocalMachine() }), count }
}

describe.skipIf(why)(`by an agent${why ? ` [skipped: ${why}]` : ''}`, () => {
  it.each([
    ['a UIO device by its number', uio('uio:uio0/map0'), 3],
    ['a UIO device by its name', uio('uio:edu/regs'), 3],
    ['a BAR', bar, 2],
  ])('%s is the device that is there', async (_, device, trips) => {
    using root = device.put(new FakeRoot(), 1)
    const { machine, count } = await reach(root)
    await using _machine = machine
    expect(await read(machine, device.place)).toBe(everywhere(1))
    // What tells it from another comes with what is asked anyway.
    count.trips = 0
    await machine.locate(parsePlace(device.place), 4, 'read')
    expect(count.trips).toBe(trips)
    for (let value = 2; value < 40; value++) {
      remove(root, device)
      await expect(read(machine, device.place)).rejects.toMatchObject({ code: 'ENOPLACE' })
      device.put(root, value)
      expect(await read(machine, device.place)).toBe(everywhere(value))
    }
  })
})
