import assert from 'node:assert/strict'
import type { PhysmemError } from '../../base/errors.ts'
import { Program } from '../program.ts'
import type { ContractCase, ContractSubject } from './case.ts'

type Act = () => Promise<unknown>

/** The stacks of what `act` rejects with: of one who awaits it, and of one who catches it first. */
async function stacksOf(act: Act): Promise<string[]> {
  return [await stackOfAwaited(act), await stackOfCaught(act)]
}

async function stackOfAwaited(act: Act): Promise<string> {
  try {
    await act()
  } catch (error) {
    return String((error as PhysmemError).stack)
  }
  return assert.fail('expected an error, but it succeeded')
}

async function stackOfCaught(act: Act): Promise<string> {
  const error = await act().catch((reason: PhysmemError) => reason)
  return String((error as PhysmemError).stack)
}

async function checkStacks(name: string, act: Act): Promise<void> {
  const [awaited = '', caught = ''] = await stacksOf(act)
  assert.match(awaited, /stackOfAwaited/, `${name}, awaited: ${awaited}`)
  assert.match(caught, /stackOfCaught/, `${name}, caught: ${caught}`)
}

/** What fails at an address, each in its own way. */
function failing({ memory }: ContractSubject, address: number): [string, Act][] {
  const at = { address, width: 32 } as const
  const read = new Program([{ op: 'read', ...at }])
  const several = new Program([{ op: 'delay', us: 100 }, { op: 'fence' }, { op: 'read', ...at }])
  return [
    ['run', () => memory.run(read)],
    ['run of several steps', () => memory.run(several)],
    ['read32', () => memory.read32(address)],
    ['write16', () => memory.write16(address, 1)],
    ['update32', () => memory.update32(address, 1, 1)],
    ['readBlock', () => memory.readBlock(address, 32, 2)],
    ['fill', () => memory.fill(address, 32, 2, 1)],
    ['wait32', () => memory.wait32(address, { equals: 1, timeoutMs: 1 })],
  ]
}

/** Where an error came from is in its stack: the line of the caller, not of physmem alone. */
export const stackCases: readonly ContractCase[] = [
  {
    name: 'has the caller in the stack of a refusal and of a time-out',
    async check({ memory, base }) {
      const ended = { signal: AbortSignal.abort() }
      const never = { equals: 1, timeoutMs: 1 }
      await memory.write32(base, 0)
      await checkStacks('EALIGN', () => memory.read32(base + 1))
      await checkStacks('ETIMEOUT', () => memory.wait32(base, never))
      await checkStacks('EABORT', () => memory.wait32(base, { ...never, ...ended }))
      const behind = () => {
        const first = memory.run(new Program([{ op: 'delay', us: 1000 }]))
        const second = memory.wait32(base, never)
        return first.then(() => second)
      }
      await checkStacks('ETIMEOUT, after another run', behind)
    },
  },
  {
    name: 'has the caller in the stack of an access that fails',
    skip: ({ faultAddress }) =>
      faultAddress === undefined ? 'no address is known to fault' : undefined,
    async check(subject) {
      for (const [name, act] of failing(subject, subject.faultAddress as number)) {
        await checkStacks(name, act)
      }
    },
  },
]
