import { afterEach, beforeEach, expect, it } from 'vitest'
import { isRefusedMapping, refusedError } from '../../engine/refusal.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { Memory } from '../../memory/memory.ts'
import { Program } from '../../memory/program.ts'
import { CachedWay } from './cached-way.ts'
import type { Choice } from './choice.ts'
import { localOpener } from './opener.ts'
import { Router } from './router.ts'
import type { Way } from './way.ts'

const PAGE = 4096
let root: FakeRoot
beforeEach(() => {
  root = new FakeRoot()
  root.put(
    'dev/mem',
    Uint8Array.from({ length: 4 * PAGE }, (_, at) => 0x10 * (Math.floor(at / PAGE) + 1)),
  )
})
afterEach(() => root[Symbol.dispose]())

/** /dev/mem as a memory of zeros that refuses some pages, each for its own reason. */
class Refusing extends Memory {
  readonly name = 'devmem'
  readonly length = undefined
  readonly #codes: ReadonlyMap<number, 'EREFUSED_MEMTYPE' | 'EREFUSED_BUSY'>

  constructor(codes: ReadonlyMap<number, 'EREFUSED_MEMTYPE' | 'EREFUSED_BUSY'>) {
    super()
    this.#codes = codes
  }

  async run(program: Program) {
    const { Results } = await import('../../memory/results.ts')
    const cells = new BigUint64Array(program.steps.length * 2)
    const data = new Uint8Array(program.dataLength)
    for (const [step, one] of program.steps.entries()) {
      const address = 'address' in one ? one.address : 0
      const code = this.#codes.get(Math.floor(address / PAGE))
      if (code === undefined) continue
      const results = new Results(program, { done: step, cells, data })
      throw refusedError(this.name, { code, reason: 'refused' }, { address, step }, results)
    }
    return new Results(program, { done: program.steps.length, cells, data })
  }

  override async prepare(program: Program): Promise<void> {
    await this.run(program)
  }

  async close(): Promise<void> {}
}

function routerOver(
  codes: ReadonlyMap<number, 'EREFUSED_MEMTYPE' | 'EREFUSED_BUSY'>,
  told: Choice[] = [],
): Router {
  const memory = new Refusing(codes)
  const first: Way = {
    maps: true,
    find: async () => ({ way: first, memory, base: 0, start: 0, end: Number.POSITIVE_INFINITY }),
    close: async () => {},
  }
  const ways = [first, new CachedWay(localOpener('read', root.system))]
  return new Router('physical memory', ways, (choice) => told.push(choice))
}

const reads = (...addresses: number[]) =>
  new Program(addresses.map((address) => ({ op: 'read', address, width: 32 })))

it('serves the pages that can only be mapped cached, and no others', async () => {
  const told: Choice[] = []
  const router = routerOver(new Map([[1, 'EREFUSED_MEMTYPE']]), told)
  const results = await router.run(reads(0x10, 0x1008, 0x2000, 0x1ffc), {})
  // What the first way serves stays with it: it reads zeros.
  expect([0, 1, 2, 3].map((step) => results.value(step))).toEqual([0, 0x20202020, 0, 0x20202020])
  expect(told).toEqual([
    { address: 0x10, way: 'devmem', reason: '' },
    {
      address: 0x1008,
      way: `${root.at('dev/mem')} (cached)`,
      reason: '0x00001008 (devmem) cannot be mapped: refused',
    },
  ])
  await router.close()
})

it('leaves what is refused for another reason refused', async () => {
  const router = routerOver(new Map([[1, 'EREFUSED_BUSY']]))
  const error = await router.run(reads(0x1000), {}).catch((reason) => reason)
  expect(isRefusedMapping(error)).toBe(true)
  expect(error).toMatchObject({
    code: 'EREFUSED_BUSY',
    message: '0x00001000 (devmem) cannot be mapped: refused',
  })
  await router.close()
})
