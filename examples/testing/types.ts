/**
 * What the library's types say of values, for tsc alone: every line that is not marked compiles, and
 * every marked one does not.
 */
import {
  type Memory,
  mapWindow,
  open,
  type UpdateResult,
  type Value,
  type ValueOf,
  type WaitResult,
  type Width,
} from 'physmem'

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
  // @ts-expect-error text is no address
  await memory.read32('0x10')
  // @ts-expect-error up to 32 bits a number is written
  await memory.write32(0, 5n)
  // @ts-expect-error a wait is for some value
  await memory.wait32(0, {})
  void [wide, narrow, unknown]
}

export async function ofWindow(): Promise<void> {
  using window = await mapWindow({ address: 0, length: 0x1000 })
  exactly<number>()(window.read32(0), true)
  exactly<bigint>()(window.read64(0), true)
  exactly<WaitResult<number>>()(window.wait32(0, { equals: 1 }), true)
  exactly<WaitResult<bigint>>()(window.wait64(0, { equals: 1 }), true)
  exactly<number>()(window.update32(0, 1, 1), true)
  exactly<bigint>()(window.update64(0, 1, 1n), true)
  window.write64(0, 5)
  window.write64(0, 5n)
  // @ts-expect-error up to 32 bits a number is written
  window.write8(0, 5n)
  // @ts-expect-error a window blocks its thread: no signal could come
  window.wait32(0, { equals: 1, signal: AbortSignal.timeout(1) })
}

export const opened: Promise<Memory> = open('sim:')
