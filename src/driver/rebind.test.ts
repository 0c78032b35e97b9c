import { readFileSync, rmSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PhysmemError, RefusedError } from '../base/errors.ts'
import { linkName } from '../linux/read.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { type BindingMachine, bindFar } from './bind-far.ts'

const card = '0000:00:06.0'
const device = `/sys/bus/pci/devices/${card}`
const drivers = '/sys/bus/pci/drivers'

/** What goes wrong at one of the acts: the answer to a write that was lost may be to one that was done. */
type Fault = 'refused' | 'lost before' | 'lost behind' | 'lost undone'

/** A kernel that binds and unbinds, at the end of a connection that is lost at a chosen act. */
class FarKernel implements BindingMachine {
  isRoot = true
  readonly ended = new AbortController().signal
  /** What was done, in the words of the account. */
  readonly done: string[] = []
  readonly #root: FakeRoot
  readonly #faults: ReadonlyMap<number, Fault>
  #acts = 0
  #lost = false

  constructor(root: FakeRoot, ...faults: readonly [at: number, fault: Fault][]) {
    this.#root = root
    this.#faults = new Map(faults)
  }

  get driver(): string | undefined {
    return linkName(this.#root.files, `${device}/driver`)
  }

  get override(): string {
    return readFileSync(this.#root.at(`${device}/driver_override`), 'utf8').trim()
  }

  look: BindingMachine['look'] = async (question) => {
    const fault = this.#next()
    if (this.#lost || fault?.startsWith('lost')) throw this.#lose()
    return await question(this.#root.system.now())
  }

  async write(path: string, text: string): Promise<string | undefined> {
    const fault = this.#next()
    if (this.#lost || fault === 'lost before') throw this.#lose()
    if (fault === 'refused') return 'EIO'
    const errno = fault === 'lost undone' ? undefined : this.store(path, text)
    if (fault !== undefined) throw this.#lose('it is not known whether it was done')
    return errno
  }

  undisturbed<T>(act: () => Promise<T>): Promise<T> {
    return act()
  }

  /** As drivers/base/bus.c and drivers/base/driver.c. */
  store(path: string, text: string): string | undefined {
    if (path === `${device}/driver_override`) {
      this.#root.put(path, text === '\n' ? '(null)\n' : `${text}\n`)
      this.done.push(`driver_override ${text === '\n' ? 'put back' : 'set'}`)
      return undefined
    }
    const [, driver, verb] = /^\/sys\/bus\/pci\/drivers\/(.+)\/(bind|unbind)$/.exec(path) ?? []
    if (text !== card || this.driver !== (verb === 'bind' ? undefined : driver)) return 'ENODEV'
    if (verb === 'bind') this.#root.link(`${device}/driver`, `../../../bus/pci/drivers/${driver}`)
    else rmSync(this.#root.at(`${device}/driver`))
    this.done.push(verb === 'bind' ? `bound to ${driver}` : `unbound from ${driver}`)
    return undefined
  }

  #next(): Fault | undefined {
    return this.#faults.get(this.#acts++)
  }

  #lose(unsure?: string): PhysmemError {
    this.#lost = true
    const data = unsure === undefined ? {} : { unsure }
    return new RefusedError('ECONNECTION', 'ssh://board: the connection is lost: it ended', data)
  }
}

let root: FakeRoot
const start = (previous: string | undefined) => {
  root.put(`${device}/driver_override`, '(null)\n')
  rmSync(root.at(`${device}/driver`), { force: true })
  if (previous) root.link(`${device}/driver`, `../../../bus/pci/drivers/${previous}`)
}
beforeEach(() => {
  root = new FakeRoot().pci(card, '0xfebc0000 0xfebdffff 0x40200')
  for (const name of ['e1000', 'uio_pci_generic']) root.folder(`${drivers}/${name}`)
  start('e1000')
})
afterEach(() => root[Symbol.dispose]())

async function cycle(kernel: FarKernel): Promise<PhysmemError | undefined> {
  try {
    const binding = await bindFar('0:6.0', 'uio_pci_generic', {}, kernel)
    expect([kernel.driver, kernel.override]).toEqual(['uio_pci_generic', 'uio_pci_generic'])
    await binding.close()
    await binding.close()
    return undefined
  } catch (error) {
    if (error instanceof PhysmemError) return error
    throw error
  }
}

/** What an account says of what is so: `driver_override set, unbound from e1000`. */
function claimed(message: string, what: string): string[] {
  const [, list] = new RegExp(`(?:; |${card} )${what}: ([^;]*)`).exec(message) ?? []
  return list?.split(', ') ?? []
}

/** Gives the lines of a cure to the shell of the machine. */
function doByHand(kernel: FarKernel, cure: string): void {
  const lines = cure.replace(/^by hand(, on that machine)?: /, '').split('; ')
  for (const line of lines) {
    const [, text, path = ''] = /^echo (.*?) ?> (\S+)$/.exec(line) ?? []
    kernel.store(path, text || '\n')
  }
}

describe('a function far away', () => {
  it('is given to the driver, and back', async () => {
    const kernel = new FarKernel(root)
    expect(await cycle(kernel)).toBeUndefined()
    expect(kernel.done).toEqual([
      ...['driver_override set', 'unbound from e1000', 'bound to uio_pci_generic'],
      ...['driver_override put back', 'unbound from uio_pci_generic', 'bound to e1000'],
    ])
  })

  it('is as it was, or it is said how it is and what puts it right, whatever act fails', async () => {
    const faults = fc.constantFrom<Fault>('refused', 'lost before', 'lost behind', 'lost undone')
    const some = fc.array(fc.tuple(fc.nat(9), faults), { minLength: 1, maxLength: 2 })
    const previous = fc.constantFrom('e1000', undefined)
    await fc.assert(
      fc.asyncProperty(some, previous, async (failing, before) => {
        start(before)
        const kernel = new FarKernel(root, ...failing)
        const error = await cycle(kernel)
        const told = error?.message ?? ''
        for (const deed of claimed(told, 'known to be done')) expect(kernel.done).toContain(deed)
        for (const deed of claimed(told, 'not done')) expect(kernel.done).not.toContain(deed)
        const cure = error?.data.cure ?? ''
        if (cure.startsWith('by hand')) doByHand(kernel, cure)
        expect([kernel.driver, kernel.override]).toEqual([before, '(null)'])
      }),
    )
  })

  it.each<[number, Fault, string]>([
    [0, 'lost before', ''],
    [1, 'lost before', '; nothing was done'],
    [
      1,
      'lost behind',
      `; of ${card} not known whether done: driver_override set; not done: unbound from e1000, bound to uio_pci_generic`,
    ],
    [
      3,
      'lost behind',
      `; of ${card} known to be done: driver_override set, unbound from e1000; not known whether done: bound to uio_pci_generic`,
    ],
    [
      3,
      'lost before',
      `; of ${card} known to be done: driver_override set, unbound from e1000; not done: bound to uio_pci_generic`,
    ],
    [
      5,
      'lost before',
      `; of ${card} not done: driver_override put back, unbound from uio_pci_generic, bound to e1000`,
    ],
    [
      7,
      'lost undone',
      `; of ${card} known to be done: driver_override put back; not known whether done: unbound from uio_pci_generic; not done: bound to e1000`,
    ],
  ])('is told of at act %i, %s', async (at, fault, account) => {
    const error = await cycle(new FarKernel(root, [at, fault]))
    expect(error?.code).toBe('ECONNECTION')
    expect(error?.message).toBe(`ssh://board: the connection is lost: it ended${account}`)
    expect(error?.data.cure).toBe(
      account.includes(' of ')
        ? `by hand, on that machine: echo > ${device}/driver_override; echo ${card} > ${drivers}/uio_pci_generic/unbind; echo ${card} > ${drivers}/e1000/bind`
        : undefined,
    )
  })

  it('is not taken by an agent of an ordinary user, who learns what helps', async () => {
    const kernel = new FarKernel(root)
    kernel.isRoot = false
    kernel.write = async () => 'EACCES'
    root.put('proc/self/status', 'Uid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000000000\n')
    expect(await cycle(kernel)).toMatchObject({
      code: 'EPERMISSION',
      message: `${card} cannot be bound to uio_pci_generic: its permissions do not allow it (EACCES)`,
      data: { cure: 'have the agent run as root: --sudo, or a login as root' },
    })
  })

  it('has names that a shell does not act on, in what is to be done by hand', async () => {
    start('$(reboot)')
    root.folder(`${drivers}/$(reboot)`)
    const error = await cycle(new FarKernel(root, [3, 'lost before']))
    expect(error?.data.cure).toContain(`echo ${card} > '${drivers}/$(reboot)/bind'`)
  })
})
