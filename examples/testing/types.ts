/**
 * What the library's types say of values, for tsc alone: every line that is not marked compiles, and
 * every marked one does not.
 */
import {
  allocateBuffer,
  bindDriver,
  connect,
  type LocalMachine,
  type Machine,
  type MappableMachine,
  type Memory,
  mapWindow,
  open,
  openUioDevice,
  type PhysicalBuffer,
  setBusMaster,
  type UpdateResult,
  type Value,
  type ValueOf,
  type WaitResult,
  type Width,
  type Window,
} from 'physmem'
import { type Diagnosis, examine, examinePlace, type PlaceDiagnosis } from 'physmem/doctor'
import type { Inventory } from 'physmem/inventory'
import type { SimMemory } from 'physmem/sim'
import { translate } from 'physmem/translate'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles where both types are exactly the same. */
function exactly<A>() {
  return <B>(_value: B, _same: Same<A, B>): void => {}
}

export async function ofMemory(memory: Memory, width: Width): Promise<void> {
  exactly<number>()(await memory.read(0, 8), true)
  exactly<number>()(await memory.read(0, 16), true)
  exactly<number>()(await memory.read(0, 32), true)
  exactly<bigint>()(await memory.read(0, 64), true)
  exactly<number | bigint>()(await memory.read(0, width), true)
  exactly<number>()(await memory.read32(0), true)
  exactly<bigint>()(await memory.read64(0), true)

  const options = { mask: 1, equals: 1 }
  exactly<WaitResult<number>>()(await memory.wait(0, 32, options), true)
  exactly<WaitResult<bigint>>()(await memory.wait(0, 64, options), true)
  exactly<WaitResult<ValueOf<Width>>>()(await memory.wait(0, width, options), true)
  exactly<number>()((await memory.wait8(0, options)).value, true)
  exactly<number>()((await memory.wait16(0, options)).value, true)
  exactly<number>()((await memory.wait32(0, options)).value, true)
  exactly<bigint>()((await memory.wait64(0, options)).value, true)

  exactly<UpdateResult<number>>()(await memory.update(0, 32, 1, 1), true)
  exactly<UpdateResult<bigint>>()(await memory.update(0, 64, 1n, 1n), true)
  exactly<number>()((await memory.update8(0, 1, 1)).old, true)
  exactly<number>()((await memory.update16(0, 1, 1)).written, true)
  exactly<number>()((await memory.update32(0, 1, 1)).old, true)
  exactly<bigint>()((await memory.update64(0, 1n, 1)).written, true)

  await memory.write64(0, 5)
  await memory.write64(0, 5n)
  await memory.write(0, width, 5n)
  const either: WaitResult = await memory.wait(0, 32, options)
  const value: Value = either.value
  await memory.write(0, 32, value)

  // @ts-expect-error 32 bits are a number, not a bigint
  const wide: bigint = await memory.read(0, 32)
  // @ts-expect-error 64 bits are a bigint, not a number
  const narrow: number = await memory.read(0, 64)
  // @ts-expect-error of a width that is not known it may be either
  const unknown: number = await memory.read(0, width)
  // @ts-expect-error there is no such width
  await memory.read(0, 24)
  // @ts-expect-error text is not an address
  await memory.read32('0x10')
  // @ts-expect-error up to 32 bits a number is written
  await memory.write32(0, 5n)
  // @ts-expect-error a wait is for some value
  await memory.wait32(0, {})
  void [wide, narrow, unknown]
}

export async function ofWindow(width: Width): Promise<void> {
  using window = await mapWindow({ address: 0, length: 0x1000 })
  exactly<number>()(window.read32(0), true)
  exactly<bigint>()(window.read64(0), true)
  exactly<WaitResult<number>>()(window.wait32(0, { equals: 1 }), true)
  exactly<WaitResult<bigint>>()(window.wait64(0, { equals: 1 }), true)
  exactly<UpdateResult<number>>()(window.update32(0, 1, 1), true)
  exactly<UpdateResult<bigint>>()(window.update64(0, 1, 1n), true)
  exactly<number>()(window.read(0, 32), true)
  exactly<bigint>()(window.read(0, 64), true)
  exactly<number | bigint>()(window.read(0, width), true)
  exactly<UpdateResult<number>>()(window.update(0, 32, 1, 1), true)
  exactly<UpdateResult<bigint>>()(window.update(0, 64, 1, 1n), true)
  exactly<WaitResult<bigint>>()(window.wait(0, 64, { equals: 1 }), true)
  window.write(0, width, 5n)
  window.write64(0, 5)
  window.write64(0, 5n)
  // @ts-expect-error up to 32 bits a number is written
  window.write8(0, 5n)
  // @ts-expect-error a window blocks its thread: no signal could come
  window.wait32(0, { equals: 1, signal: AbortSignal.timeout(1) })
}

type Verb<T> = Exclude<
  { [K in keyof T]: T[K] extends (...given: never[]) => unknown ? K : never }[keyof T],
  symbol
>

/** What a window has not: of programs, whose steps run one after the other in a window anyway. */
exactly<'run' | 'prepare' | 'foresee' | 'cache'>()(
  undefined as unknown as Exclude<Verb<Memory>, Verb<Window>>,
  true,
)
exactly<never>()(undefined as unknown as Exclude<Verb<Window>, Verb<Memory>>, true)

/** With the same arguments, and the same results except for their promises. */
type Given<T, K extends keyof T> = T[K] extends (...given: infer G) => unknown ? G : never
type Result<T, K extends keyof T> = T[K] extends (...given: never[]) => infer R ? Awaited<R> : never
type Shared = Exclude<Verb<Window>, `wait${string}`>
exactly<{ [K in Shared]: [Given<Memory, K>, Result<Memory, K>] }>()(
  undefined as unknown as { [K in Shared]: [Given<Window, K>, Result<Window, K>] },
  true,
)

/** What a program calls is about this machine: nothing takes another `/`. */
export async function ofRoots(): Promise<void> {
  const root = '/'
  // @ts-expect-error it has no root
  await translate(1, 0n, { root })
  // @ts-expect-error it has no root
  await examine({ root })
  // @ts-expect-error it has no root
  await examinePlace('0x0', { root })
  // @ts-expect-error it has no root
  await allocateBuffer({ length: 4096, root })
  // @ts-expect-error it has no root
  await bindDriver('0:6.0', 'uio_pci_generic', { root })
  // @ts-expect-error it has no root
  await openUioDevice(0, { root })
  // @ts-expect-error it has no root
  setBusMaster('0:6.0', true, { root })
  using buffer = await allocateBuffer({ length: 4096 })
  // @ts-expect-error nothing internal is published
  ;new (buffer.constructor as typeof PhysicalBuffer)({}, 0, root)
}

export const opened: Promise<Memory> = open('sim:')

export async function ofMachine(target: string, board: SimMemory): Promise<void> {
  await using here = await connect('local')
  exactly<LocalMachine>()(here, true)
  exactly<MappableMachine>()(await connect('sim:'), true)
  exactly<MappableMachine>()(await connect(board), true)
  const machine = await connect(target)
  exactly<Machine>()(machine, true)
  exactly<Memory>()(await machine.open(), true)
  exactly<Inventory>()(await machine.map(), true)
  exactly<Diagnosis>()(await here.doctor(), true)
  exactly<PlaceDiagnosis>()(await here.doctor('0x10'), true)
  // @ts-expect-error what is known when the program runs may have no windows
  await machine.window('0x0')
  // @ts-expect-error a simulated board allocates no RAM
  await (await connect('sim:')).allocateBuffer({ length: 4096 })
  // @ts-expect-error nothing says where a window of physical memory ends
  await here.window({ address: 0 })
}
