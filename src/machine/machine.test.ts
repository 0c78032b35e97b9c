import { describe, expect, it } from 'vitest'
import { systemAt } from '../engine/system-at.ts'
import { physicalAddressBits } from '../linux/cpu.ts'
import type { System } from '../linux/system.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { parsePlace } from '../place/place.ts'
import { connect } from './connect.ts'
import { LocalMachine } from './local/machine.ts'
import { mapPlace } from './local/window.ts'

const bits = physicalAddressBits()
const limit = 2 ** bits
const known = `its addresses have ${bits} bits (the last is 0x${(limit - 1).toString(16)})`
const beyond = (what: string, address: number) =>
  expect.objectContaining({
    name: 'RequestError',
    code: 'ERANGE',
    message: `${what} beyond this CPU's memory: ${known}`,
    data: { address },
  })

describe('a question', () => {
  const names = ({ files }: System) => [files.list('/proc'), files.text('/proc/uptime')] as const

  it('is answered over what the machine gives now, each fact once', async () => {
    using root = new FakeRoot().put('proc/uptime', '1')
    await using machine = new LocalMachine({ system: root.system })
    const asked = await machine.look((system) => {
      const first = names(system)
      root.put('proc/uptime', '2')
      return [first, names(system)]
    })
    const before = [['uptime'], '1']
    expect(asked).toEqual([before, before])
    expect(await machine.look(names)).toEqual([['uptime'], '2'])
  })

  it('finds nothing on a simulated board', async () => {
    await using machine = await connect('sim:')
    expect(await machine.look(names)).toEqual([[], undefined])
  })
})

describe.skipIf(bits === 52)('an address that this CPU does not have', () => {
  const place = parsePlace('0xffffffffffff0')

  it('is refused, whatever /dev/mem is', async () => {
    await using machine = await connect('local', { mode: 'read' })
    await expect(machine.locate(place)).rejects.toThrow(beyond('0xffffffffffff0 is', place.offset))
    await expect(mapPlace(place, { address: 0, length: 1 }, 'read', systemAt())).rejects.toThrow(
      beyond('0xffffffffffff0 is', place.offset),
    )
  })

  it('is refused at the end of what is accessed', async () => {
    await using machine = await connect('local', { mode: 'read' })
    const offset = limit - 8
    const what = `0x${offset.toString(16)} to 0x${(limit + 7).toString(16)} reaches`
    const start = { scheme: 'address', offset } as const
    await expect(machine.locate(start, 16)).rejects.toThrow(beyond(what, offset))
    // What is inside fails only for want of /dev/mem, if at all.
    const located = Promise.resolve(machine.locate(start, 8))
    const error = await located.catch((thrown: { code: string }) => thrown)
    expect(error).not.toMatchObject({ code: 'ERANGE' })
  })

  it('is for the board to judge on a simulated one', async () => {
    await using machine = await connect('sim:', { mode: 'read' })
    expect(await machine.locate(place)).toMatchObject({ address: place.offset })
  })
})
