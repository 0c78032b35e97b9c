import { describe, expect, it } from 'vitest'
import { AccessError, type PhysmemError, RefusedError } from '../base/errors.ts'
import { NOTHING } from './failure.ts'
import { lostBetween, lostError } from './lost.ts'
import type { Memory } from './memory.ts'
import { PagedMemory, type PageTable } from './paged.ts'
import { Program } from './program.ts'
import { Results } from './results.ts'
import { openSim } from './sim/index.ts'
import { endOf, type Step } from './step.ts'

const PAGE = 4096
const ones = (count: number) => Array<number>(count).fill(0x11)
const twos = (count: number) => Array<number>(count).fill(0x22)

/** Pages 0, 1, 2 lie at these pages of the board's RAM. */
class Table implements PageTable {
  readonly name = 'pid:1'
  readonly pageBytes = PAGE
  pages = [5, 2, 9]
  looks = 0
  closed = false
  /** Whether each look takes time, as far away. */
  readonly late: boolean

  constructor(late = false) {
    this.late = late
  }

  /** Called before each look. */
  onLook: () => void = () => {}

  locate(address: number): number | Promise<number> {
    return this.late ? Promise.resolve().then(() => this.#find(address)) : this.#find(address)
  }

  #find(address: number): number {
    this.looks++
    this.onLook()
    const page = this.pages[Math.floor(address / PAGE)]
    if (page === undefined) throw new AccessError('EIO', `0x${address.toString(16)} is absent`)
    return 0x4000_0000 + page * PAGE + (address % PAGE)
  }

  close(): void {
    this.closed = true
  }
}

async function openOver(late: boolean) {
  const under: Memory = await openSim('')
  const table = new Table(late)
  return { under, table, memory: new PagedMemory(table, under) }
}

describe.each([
  ['at once', false],
  ['later', true],
])('PagedMemory whose table tells %s', (_, late) => {
  const open = () => openOver(late)

  it('reaches each page where it lies', async () => {
    const { under, memory } = await open()
    await under.write32(0x4000_5ffc, 0x11223344)
    await under.write32(0x4000_2000, 0x55667788)
    expect(await memory.read32(0xffc)).toBe(0x11223344)
    expect(await memory.read32(0x1000)).toBe(0x55667788)
    expect(await memory.readBlock(0xffc, 32, 2)).toEqual(
      new Uint8Array([0x44, 0x33, 0x22, 0x11, 0x88, 0x77, 0x66, 0x55]),
    )
    await memory.writeBlock(0x1ffe, 16, new Uint8Array([1, 2, 3, 4]))
    expect(await under.read16(0x4000_2ffe)).toBe(0x0201)
    expect(await under.read16(0x4000_9000)).toBe(0x0403)
  })

  it('says that a whole page failed, as the memory below does', async () => {
    const under = await openSim('')
    under.readBlock = async () => {
      const data = { reason: 'the file ends before', restOfPage: 0x800, elementsDone: 0 }
      throw new AccessError('EFAULT_BUS', 'failed', data)
    }
    await expect(
      new PagedMemory(new Table(late), under).readBlock(0x800, 32, 4),
    ).rejects.toMatchObject({
      code: 'EFAULT_BUS',
      data: { address: 0x800, reason: 'the file ends before', restOfPage: 0x800 },
    })
  })

  it('writes nothing when a page of the program has no place', async () => {
    const { under, memory } = await open()
    const program = new Program([
      { op: 'write', address: 0, width: 32, value: 7 },
      { op: 'write', address: 0x3000, width: 32, value: 7 },
    ])
    await expect(memory.run(program)).rejects.toThrow('0x3000 is absent')
    expect(await under.read32(0x4000_5000)).toBe(0)
    await expect(memory.prepare(program)).rejects.toThrow('0x3000 is absent')
  })

  it('reads nothing when a page of a later step has no place', async () => {
    const { memory } = await open()
    const error: PhysmemError = await memory
      .run(
        new Program([
          { op: 'read', address: 0, width: 32 },
          { op: 'read', address: 0x3000, width: 32 },
        ]),
      )
      .catch((reason) => reason)
    expect(error.message).toBe('0x3000 is absent')
    expect(error.data.step).toBe(1)
    expect(error.results).toBeUndefined()
  })

  it.each([
    ['read', 'moved while it was read: the bytes may not be its content'],
    ['write', 'moved while it was written: the value may have gone to its old frame'],
  ])('says when a page moves during a %s', async (kind, message) => {
    const { table, memory } = await open()
    const moveAt = kind === 'read' ? 2 : 3
    table.onLook = () => {
      if (table.looks === moveAt) table.pages[1] = 7
    }
    const access = kind === 'read' ? memory.read32(0x1010) : memory.write32(0x1010, 1)
    await expect(access).rejects.toMatchObject({
      name: 'AccessError',
      code: 'EMOVED',
      message: `the page of 0x00001010 (pid:1) ${message}`,
    })
  })

  it('tells a failed access in its own addresses', async () => {
    const { table, memory } = await open()
    table.pages[2] = 0x30000
    await expect(memory.read32(0x2004)).rejects.toMatchObject({
      code: 'EFAULT_BUS',
      data: { address: 0x2004, width: 32, direction: 'read' },
    })
  })

  it.each<[string, number, (memory: Memory) => Promise<unknown>]>([
    ['a load', 0x1010, (memory) => memory.read32(0x1010)],
    ['a store', 0x1010, (memory) => memory.write32(0x1010, 1)],
    ['a block', 0x1010, (memory) => memory.readBlock(0x1010, 32, 2)],
    ['the second page of a block', 0x1000, (memory) => memory.readBlock(0xff8, 32, 4)],
    ['the second page of stores', 0x1000, (memory) => memory.fill(0xff8, 32, 4, 1)],
    ['a cache line', 0x1010, (memory) => memory.cache('clean', 0x1010, 4)],
    [
      'a later step',
      0x1010,
      (memory) =>
        memory.run(
          new Program([
            { op: 'read', address: 0, width: 32 },
            { op: 'read', address: 0x1010, width: 32 },
          ]),
        ),
    ],
    [
      'what is prepared',
      0x1ffc,
      (memory) =>
        memory.prepare(new Program([{ op: 'write', address: 0x1ffc, width: 32, value: 0 }])),
    ],
  ])('tells a refusal of %s in its own addresses', async (_, address, act) => {
    const { under, memory } = await open()
    const check = (program: Program) => {
      for (const [step, one] of program.steps.entries()) {
        if (!('address' in one) || endOf(one) <= 0x4000_2000 || one.address >= 0x4000_3000) continue
        const at = Math.max(one.address, 0x4000_2000)
        const data = { address: at, step, errno: 'EPERM', elementsDone: 0 }
        throw new RefusedError('EREFUSED', `0x${at.toString(16)} cannot be mapped`, data)
      }
    }
    const run = under.run.bind(under)
    under.prepare = async (program) => check(program)
    under.run = async (program) => {
      check(program)
      return await run(program)
    }
    const where = (0x4000_1000 + address).toString(16)
    await expect(act(memory)).rejects.toMatchObject({
      code: 'EREFUSED',
      message: `0x${where} cannot be mapped`,
      data: { address, errno: 'EPERM' },
    })
  })

  it('reads a block page by page, and keeps what came before a failure', async () => {
    const { under, table, memory } = await open()
    await under.fill(0x4000_5000, 32, 1024, 0x11111111)
    await under.fill(0x4000_2000, 32, 1024, 0x22222222)
    table.pages[2] = 0x30000
    const error = await memory.readBlock(0, 32, 2049).catch((thrown: PhysmemError) => thrown)
    expect(error).toMatchObject({
      code: 'EFAULT_BUS',
      data: { address: 0x2000, elementsDone: 2048 },
    })
    const bytes = (error as PhysmemError).results?.partialBytes(0, 2048)
    expect(bytes?.subarray(4092, 4100)).toEqual(new Uint8Array([...ones(4), ...twos(4)]))
  })

  it('keeps what came before a page that is not there', async () => {
    const { under, memory } = await open()
    await under.fill(0x4000_9000, 32, 1024, 0x11111111)
    const error = await memory.readBlock(0x2ffc, 32, 2).catch((thrown: PhysmemError) => thrown)
    expect(error).toMatchObject({
      name: 'AccessError',
      message: '0x3000 is absent',
      data: { step: 0, elementsDone: 1 },
    })
    expect((error as PhysmemError).results?.partialBytes(0, 1)).toEqual(Uint8Array.from(ones(4)))
  })

  it('forgets why a block failed that was stopped before it was told', async () => {
    const { table, memory } = await open()
    const where = table.pages[2] as number
    table.pages[2] = 0x30000
    const stop = new AbortController()
    table.onLook = () => stop.abort()
    const program = new Program([{ op: 'readBlock', address: 0x2000, width: 32, count: 2 }])
    await expect(memory.run(program, { signal: stop.signal })).rejects.toMatchObject({
      code: 'EABORT',
    })
    table.pages[2] = where
    expect(await memory.read32(0x2000)).toBe(0)
  })

  it('cleans the cache lines of each page where it lies', async () => {
    const { under, memory } = await open()
    const seen: Step[] = []
    under.run = async (program) => {
      seen.push(...program.steps)
      return new Results(program, { done: 1, cells: new BigUint64Array(2), data: new Uint8Array() })
    }
    await memory.cache('clean', 0xff0, 0x20)
    expect(seen).toEqual([
      { op: 'cache', action: 'clean', address: 0x4000_5ff0, length: 0x10 },
      { op: 'cache', action: 'clean', address: 0x4000_2000, length: 0x10 },
    ])
  })

  it('leaves the memory below open, and ends with ECLOSED', async () => {
    const { under, table, memory } = await open()
    await memory.close()
    await memory.close()
    expect(table.closed).toBe(true)
    await expect(memory.read8(0)).rejects.toThrow('pid:1 is closed')
    expect(await under.read8(0x4000_0000)).toBe(0)
  })
})

describe('PagedMemory of a machine whose connection is lost', () => {
  const loss = new RefusedError('ECONNECTION', 'board: the connection is lost: gone')
  const write = (address: number) => ({ op: 'write', address, width: 32, value: 1 }) as const
  const lostAt = async (look: number, program: Program) => {
    const { table, memory } = await openOver(true)
    table.onLook = () => {
      if (table.looks === look) throw loss
    }
    return await memory.run(program).catch((error: PhysmemError) => error)
  }

  it.each([
    ['before anything', 1, [write(0)], 'nothing was done'],
    ['before anything of several', 2, [write(0), write(0x1000)], 'nothing was done'],
    ['before the access', 2, [write(0)], 'it is not known whether it was done'],
    ['after the access', 3, [write(0)], 'it is not known whether it was done'],
    [
      'after the second access',
      6,
      [write(0), write(0x1000), write(4)],
      '1 step of 3 known to be done; whether step 1 was done is not known, those after it were not begun',
    ],
  ])('tells what was done when a look is lost %s', async (_, look, steps, account) => {
    const looks = steps.length === 3 ? look + 1 : look
    expect(await lostAt(looks, new Program(steps))).toMatchObject({
      code: 'ECONNECTION',
      message: `board: the connection is lost: gone; ${account}`,
    })
  })

  it.each([
    ['it is not known whether it was done', true],
    ['nothing was done', false],
  ])('tells it once where the access was lost: below, %s', async (_, begun) => {
    const { under, memory } = await openOver(true)
    under.run = async (program) => {
      const none = new Results(program, NOTHING)
      if (begun) throw lostError(loss, program, none, [])
      throw lostBetween(loss, program, none)
    }
    await expect(memory.write32(0, 1)).rejects.toMatchObject({
      code: 'ECONNECTION',
      message: 'board: the connection is lost: gone; it is not known whether it was done',
      data: { step: 0 },
    })
  })

  it('says that nothing was done where what it needs could not be prepared', async () => {
    const { under, memory } = await openOver(true)
    under.prepare = async () => {
      throw loss
    }
    await expect(memory.write32(0, 1)).rejects.toThrow(`${loss.message}; nothing was done`)
  })
})
