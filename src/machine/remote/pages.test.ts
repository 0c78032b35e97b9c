/**
 * Memory of a process by an agent, over a memory that stands for the physical one: where each access
 * goes is what this process is told by opening the page tables itself.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Value, Width } from '../../base/width.ts'
import { BusMemory } from '../../memory/bus-memory.ts'
import { systemClock } from '../../memory/clock.ts'
import { Program } from '../../memory/program.ts'
import { noAgent } from '../../remote/testing/agent.ts'
import { translate } from '../../translate/index.ts'
import { type Holder, noHolder, startHolder } from '../../translate/testing/holder.ts'
import { splitVirtual } from '../local/resolve/virtual.ts'
import type { RemoteMachine } from './machine.ts'
import { openProcess } from './pages.ts'
import { HeldMachine } from './testing/held-machine.ts'

const reason = noAgent ?? noHolder
const skipped = reason ? ` [skipped: ${reason}]` : ''

/** Notes what is accessed. Nothing of this machine is. */
class Noted extends BusMemory {
  readonly name = 'noted'
  readonly length = 2 ** 52
  readonly seen: string[] = []
  onAccess: () => void = () => {}
  protected readonly bus = {
    ...systemClock,
    name: 'noted',
    load: (address: number, width: Width) => {
      this.#note(`read${width} ${address}`)
      return width === 64 ? 1n : 1
    },
    store: (address: number, width: Width, value: Value) => {
      this.#note(`write${width} ${address} ${value}`)
    },
  }

  #note(access: string): void {
    this.seen.push(access)
    this.onAccess()
  }

  protected check(): void {}
  protected release(): void {}
}

describe.skipIf(reason)(`memory of a process by an agent${skipped}`, () => {
  let held: HeldMachine
  let machine: RemoteMachine
  let holder: Holder

  beforeAll(async () => {
    held = await HeldMachine.start()
    machine = held.machine
    holder = held.holder
  })
  afterAll(() => held?.close())

  async function open({ pid } = holder) {
    const under = new Noted()
    const split = splitVirtual(`pid:${pid}`, 0n, 1)
    const memory = await openProcess({ scheme: 'pid', pid, virtual: 0n, offset: 0 }, split, 'read')(
      machine.asking(),
      under,
      () => {},
    )
    return { under, memory }
  }

  it('is reached where its pages are', async () => {
    const { under, memory } = await open()
    const wanted: string[] = []
    for (const kind of ['one', 'other', 'pattern', 'variable']) {
      const virtual = holder.at[kind] as bigint
      expect(await memory.read8(Number(virtual))).toBe(1)
      wanted.push(`read8 ${(await translate(holder.pid, virtual)).address}`)
    }
    expect(under.seen).toEqual(wanted)
    await memory.close()
  })

  it('tells why there is none, before anything is accessed', async () => {
    const { under, memory } = await open()
    const { pid, at } = holder
    for (const virtual of [0x1000n, at.untouched as bigint, at.closed as bigint]) {
      const { code, message } = await translate(pid, virtual).catch((error) => error)
      const program = new Program([
        { op: 'write', address: Number(at.one), width: 8, value: 1 },
        { op: 'write', address: Number(virtual), width: 8, value: 1 },
      ])
      const refused = memory.run(program)
      await expect(refused).rejects.toMatchObject({ code, message, data: { step: 1 } })
    }
    expect(under.seen).toEqual([])
    await memory.close()
  })

  it('is looked up anew before and after each access, each look in one request', async () => {
    const { memory } = await open()
    const one = Number(holder.at.one)
    expect(await held.requestsOf(() => memory.read8(one))).toBe(2)
    // Before the first: where all pages are, in one.
    const write = (address: number) => ({ op: 'write', address, width: 8, value: 1 }) as const
    const other = Number(holder.at.other)
    const program = new Program([write(one), write(one + 1), write(other)])
    const requests = await held.requestsOf(() => memory.run(program))
    expect(requests).toBeGreaterThanOrEqual(7)
    expect(requests).toBeLessThanOrEqual(8)
    await memory.close()
  })

  it('is not that of the process any more when it has ended', async () => {
    const process = await startHolder()
    const { under, memory } = await open(process)
    const one = Number(process.at.one)
    await memory.write8(one, 7)
    under.onAccess = () => process.end()
    const during = await memory.write8(one, 8).catch((error) => error)
    // The kernel takes it down a moment later.
    if (during === undefined) {
      await expect
        .poll(() => memory.write8(one, 9).then(String, ({ code }) => code))
        .toBe('ENOPROCESS')
    } else expect(during).toMatchObject({ code: 'ENOPROCESS' })
    await memory.close()
  })

  it('is closed with its table: the agent has room for the next', async () => {
    for (let time = 0; time < 40; time++) await (await open()).memory.close()
  })
})
