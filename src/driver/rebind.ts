import { join } from 'node:path'
import { type Cure, type ShellLine, sentence, shell } from '../base/cure.ts'
import { PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import { pciDriver, pciExists, pciFolder } from '../linux/pci.ts'
import { listFolder, listNumbered, readLine } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import { isLost } from '../memory/lost.ts'
import { explainBind, explainUnbind, noSuchDriver } from '../refusal/driver.ts'
import { refusalError } from '../refusal/error.ts'
import { noSuchFunction } from '../refusal/pci-function.ts'
import { pciPlaceName } from '../text/place-name.ts'
import { shellLine } from '../text/shell-words.ts'
import { remedied } from '../wording/cure.ts'
import { type Acts, ask, store } from './acts.ts'
import { SysfsError } from './sysfs.ts'
import { findUsers } from './users.ts'

/** A function that is to have another driver, and what it had before. */
export interface Rebinding {
  /** As the kernel writes it: `0000:00:04.0`. */
  address: string
  driver: string
  /** The driver that it has; `undefined` when it has none. */
  previous: string | undefined
  /** What its `driver_override` says: `(null)` where there is none. */
  override: string
  /** What helps where only root may do it, if that is not what a command on the machine itself says. */
  asRoot?: Cure
}

const DRIVERS = '/sys/bus/pci/drivers'

/** drivers/base/driver.c, driver_set_override(): how none is shown, and the line that clears it. */
const NO_OVERRIDE = '(null)'
const CLEARED = '\n'

/**
 * What a binding is about, when all that can be known before is checked. Throws a RequestError (ENOPLACE)
 * for a function or driver that there is not, and a RefusedError (EREFUSED_BUSY) for one in use, unless
 * forced.
 */
export function plan(address: string, driver: string, force: boolean, system: System): Rebinding {
  const { files } = system
  const what = whatFails(address, driver)
  const data = { place: pciPlaceName(address) }
  if (!pciExists(address, files)) {
    throw new RequestError('ENOPLACE', noSuchFunction(address, system), data)
  }
  const known = listFolder(files, DRIVERS)
  if (!known.includes(driver)) {
    const refusal = noSuchDriver(driver, known, system)
    throw refusalError(what, refusal, { ...data, curesMachine: true })
  }
  const previous = pciDriver(address, files)
  const [user, ...more] = findUsers(address, files)
  if (user && !force && previous !== driver) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`
    const cure = sentence`${user.cure}; with force, whoever uses it loses it at once`
    const reason = `it is in use: ${user.what}${others}`
    throw refusalError(what, { code: 'EREFUSED_BUSY', reason, cure }, data)
  }
  const override = readLine(files, join(pciFolder(address), 'driver_override'))
  return { address, driver, previous, override }
}

/** N of the /dev/uioN that its driver made; `undefined` where it makes none. */
export function uioOf(address: string, { files }: System): number | undefined {
  return listNumbered(files, join(pciFolder(address), 'uio'), 'uio')[0]
}

/**
 * Takes the function from its driver, and gives it to the new one, whose UIO device it names; or leaves it
 * as it was, and throws why.
 */
export function* take(binding: Rebinding): Acts<number | undefined> {
  const { address, driver, previous, asRoot } = binding
  const bound = deed.bind(binding, driver)
  const deeds = [
    deed.override(binding, driver, 'driver_override set'),
    ...(previous === undefined ? [] : [deed.unbind(binding, previous)]),
    bound,
  ]
  const work: Work = { binding, deeds: previous === driver ? [] : deeds, isTaking: true }
  const stop = yield* perform(work)
  if (stop === undefined) {
    return yield* askAmid(work, work.deeds.length, (system) => uioOf(address, system))
  }
  const { at, error } = stop
  const { errno } = error
  const refusal = yield* askAmid(work, at, (system) =>
    deeds[at] === bound
      ? explainBind(errno, address, driver, system)
      : explainUnbind(errno, system),
  )
  const data = { errno, place: pciPlaceName(address) }
  const told = errno === 'EACCES' && asRoot ? { ...refusal, cure: asRoot } : refusal
  const refused = refusalError(whatFails(address, driver), told, data, { cause: error })
  if (at > 0) yield* giveBackBeside(binding, refused)
  throw refused
}

/**
 * Gives the function back. Does nothing when it is gone, or when somebody bound it to another driver
 * meanwhile. Throws a RefusedError that says how to do it by hand.
 */
export function* giveBack(binding: Rebinding): Acts<void> {
  const { address, driver, previous } = binding
  if (previous === driver) return
  const now = yield* askAmid(givingBack(binding, driver), 0, ({ files }) =>
    pciExists(address, files) ? { driver: pciDriver(address, files) } : undefined,
  )
  if (now === undefined || ![undefined, driver, previous].includes(now.driver)) return
  const work = givingBack(binding, now.driver)
  const stop = yield* perform(work)
  if (stop === undefined) return
  const { at, error } = stop
  const { errno } = error
  const { code, reason } = yield* askAmid(work, at, (system) => explainUnbind(errno, system))
  const back = previous === undefined ? 'taken from' : `given back to ${previous} from`
  const message = `${address} could not be ${back} ${driver}: ${reason}`
  const data = { errno, place: pciPlaceName(address) }
  const cure = sentence`by hand: ${byHand(binding)}`
  throw new RefusedError(code, message, ...remedied({ cure }, data, { cause: error }))
}

/** The same where that ends what was refused: why it was, is said in any case. */
function* giveBackBeside(binding: Rebinding, refused: PhysmemError): Acts<void> {
  try {
    yield* giveBack(binding)
  } catch (lost) {
    if (!(lost instanceof PhysmemError)) throw lost
    const { data, remedy } = lost
    const message = `${refused.message}; and ${lost.message}`
    throw new RefusedError(refused.code, message, data, { cause: refused.cause, remedy })
  }
}

/** A write that changes what a function is bound to. */
interface Deed {
  path: string
  text: string
  /** What is so when it is done. */
  done: string
}

const deed = {
  override: ({ address }: Rebinding, text: string, done: string): Deed => ({
    path: join(pciFolder(address), 'driver_override'),
    ...{ text, done },
  }),
  bind: ({ address }: Rebinding, driver: string): Deed => ({
    path: join(DRIVERS, driver, 'bind'),
    ...{ text: address, done: `bound to ${driver}` },
  }),
  unbind: ({ address }: Rebinding, driver: string): Deed => ({
    path: join(DRIVERS, driver, 'unbind'),
    ...{ text: address, done: `unbound from ${driver}` },
  }),
}

/** Deeds in their order. */
interface Work {
  binding: Rebinding
  deeds: readonly Deed[]
  /** Whether nothing of the binding is done before the first. */
  isTaking: boolean
}

function givingBack(binding: Rebinding, now: string | undefined): Work {
  const { driver, previous, override } = binding
  const text = override === NO_OVERRIDE ? CLEARED : override
  const deeds = [
    deed.override(binding, text, 'driver_override put back'),
    ...(now === driver ? [deed.unbind(binding, driver)] : []),
    ...(previous === undefined || now === previous ? [] : [deed.bind(binding, previous)]),
  ]
  return { binding, deeds, isTaking: false }
}

/** Does them. Which was refused, and why; `undefined` when all are done. */
function* perform(work: Work): Acts<{ at: number; error: SysfsError } | undefined> {
  for (const [at, { path, text }] of work.deeds.entries()) {
    try {
      yield* store(path, text)
    } catch (error) {
      if (error instanceof SysfsError) return { at, error }
      throw isLost(error) ? lostAmid(error, work, at) : error
    }
  }
  return undefined
}

/** Asks when all deeds before `at` are done, and none from there on. */
function* askAmid<T>(work: Work, at: number, question: (system: System) => T): Acts<T> {
  try {
    return yield* ask(question)
  } catch (error) {
    throw isLost(error) ? lostAmid(error, work, at) : error
  }
}

/** The connection was lost at a deed: what is known to be done, and what is not. */
function lostAmid(
  lost: PhysmemError,
  { binding, deeds, isTaking }: Work,
  at: number,
): PhysmemError {
  const { address } = binding
  const place = pciPlaceName(address)
  const isUnsure = lost.data.unsure !== undefined
  if (isTaking && at === 0 && !isUnsure) {
    return retell(lost, { message: `${lost.message}; nothing was done`, data: { place } })
  }
  const open = at + (isUnsure ? 1 : 0)
  const parts: [string, readonly Deed[]][] = [
    ['known to be done', deeds.slice(0, at)],
    ['not known whether done', deeds.slice(at, open)],
    ['not done', deeds.slice(open)],
  ]
  const account = parts
    .filter(([, some]) => some.length > 0)
    .map(([what, some]) => `${what}: ${some.map(({ done }) => done).join(', ')}`)
    .join('; ')
  const message = `${lost.message}; of ${address} ${account}`
  const data = { ...lost.data, place, unsure: account }
  const cure = sentence`by hand, on that machine: ${byHand(binding)}`
  return new RefusedError('ECONNECTION', message, ...remedied({ cure }, data, { cause: lost }))
}

/** What gives it back, whatever of it is done. */
function byHand({ address, driver, previous, override }: Rebinding): ShellLine {
  const text = override === NO_OVERRIDE ? '' : `${shellLine([override])} `
  const write = (file: string) => `> ${shellLine([file])}`
  const lines = [
    `echo ${text}${write(join(pciFolder(address), 'driver_override'))}`,
    `echo ${address} ${write(join(DRIVERS, driver, 'unbind'))}`,
    ...(previous === undefined
      ? []
      : [`echo ${address} ${write(join(DRIVERS, previous, 'bind'))}`]),
  ]
  return shell(lines.join('; '))
}

/** What an error begins with. */
export function whatFails(address: string, driver: string): string {
  return `${address} cannot be bound to ${driver}`
}
