/** Page tables by an agent: what is told is what this process is told by opening them itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noAgent } from '../../remote/testing/agent.ts'
import type { Asking } from '../../translate/asking.ts'
import {
  owners,
  ProcessTranslator,
  type Run,
  translate,
  translateAll,
} from '../../translate/index.ts'
import { ownersBy } from '../../translate/owners.ts'
import { type Holder, noHolder, startHolder } from '../../translate/testing/holder.ts'
import { translateBy } from '../../translate/translate.ts'
import { translateAllBy } from '../../translate/translate-all.ts'
import type { Translation } from '../../translate/translation.ts'
import type { RemoteMachine } from './machine.ts'
import { HeldMachine } from './testing/held-machine.ts'

const reason = noAgent ?? noHolder
const skipped = reason ? ` [skipped: ${reason}]` : ''

describe.skipIf(reason)(`page tables by an agent${skipped}`, () => {
  let held: HeldMachine
  let machine: RemoteMachine
  let holder: Holder

  beforeAll(async () => {
    held = await HeldMachine.start()
    machine = held.machine
    holder = held.holder
  })
  afterAll(() => held?.close())

  async function ask<T>(act: (asking: Asking) => Promise<T>): Promise<T> {
    const asking = machine.asking()
    return await act(asking).finally(() => asking.close())
  }
  /** What the kernel says of how lately a page was used may be another a moment later. */
  const lasting = <T extends { flags?: string[] }>(page: T) => ({
    ...page,
    flags: page.flags?.filter((flag) => flag !== 'IDLE' && flag !== 'REFERENCED'),
  })
  const told = (outcome: Promise<Translation>) =>
    outcome.then(lasting, ({ code, message, data }) => ({ code, message, cure: data.cure }))

  it('tell of pages of every kind, and why there is none', async () => {
    const { pid, at } = holder
    const addresses = [...Object.values(at), 0n, 0x1000n, 0xffff_ffff_8000_0000n]
    for (const virtual of addresses) {
      const far = await told(ask((asking) => translateBy(asking, pid, virtual)))
      expect(far).toEqual(await told(translate(pid, virtual)))
    }
    expect(addresses.length).toBeGreaterThan(5)
  })

  it.each([2, 2 ** 31 - 1])('tell why process %i has none', async (pid) => {
    const far = await told(ask((asking) => translateBy(asking, pid, 0x1000n)))
    expect(far).toEqual(await told(translate(pid, 0x1000n)))
  })

  it('tell of a page in few requests', async () => {
    const virtual = holder.at.one as bigint
    await ask((asking) => translateBy(asking, holder.pid, virtual))
    const look = () => ask((asking) => translateBy(asking, holder.pid, virtual))
    expect(await held.requestsOf(look)).toBeLessThanOrEqual(20)
  })

  it('tell all that a process has mapped', async () => {
    const { pid } = holder
    const all = async (runs: AsyncIterable<Run>) => {
      const found: Run[] = []
      for await (const run of runs) found.push(run)
      return found
    }
    const here = translateAll(pid)
    const far = await ask(async (asking) => {
      const there = translateAllBy(asking, pid)
      return { runs: await all(there), totals: there.totals }
    })
    expect(far).toEqual({ runs: await all(here), totals: here.totals })
    expect(far.runs.length).toBeGreaterThan(10)
  })

  it('tell who owns a frame', async () => {
    const { address } = await translate(holder.pid, holder.at.one as bigint)
    const far = await ask((asking) => ownersBy(asking, [address, 0x1000]))
    const here = await owners([address, 0x1000])
    expect(far.frames.map(lasting)).toEqual(here.frames.map(lasting))
    expect(far.frames[0]?.owners).toHaveLength(2)
  })

  it('stay those of the process that was there', async () => {
    const other = await startHolder()
    const far = ask(async ({ ask: question, renew, system }) => {
      using translator = await question(() => new ProcessTranslator(other.pid, system))
      await question(() => translator.translate(other.at.one as bigint))
      other.end()
      while (await question(() => system.files.text(`/proc/${other.pid}/maps`))) renew()
      renew()
      return await question(() => translator.translate(other.at.one as bigint))
    })
    await expect(far).rejects.toMatchObject({ code: 'ENOPROCESS' })
  })
})
