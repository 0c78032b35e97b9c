/** C structs whose members are integers, in the byte order of the CPU, which is little-endian. */

const SIZES = { u8: 1, u16: 2, u32: 4, s32: 4, u64: 8 } as const

export type Integer = keyof typeof SIZES
export type Members = Readonly<Record<string, Integer>>

/** A value for each member: 64 bits are bigints. */
export type Values<M extends Members> = { [K in keyof M]: M[K] extends 'u64' ? bigint : number }

/** Where everything is in a struct, and how it becomes bytes. */
export class Struct<M extends Members> {
  readonly members: M
  readonly size: number
  readonly offsets: Readonly<Record<keyof M, number>>

  /** Members in their order, each at the next multiple of its size, as all CPUs of ours have it. */
  constructor(members: M) {
    this.members = members
    const offsets: Record<string, number> = {}
    let end = 0
    let widest = 1
    for (const [name, kind] of Object.entries(members)) {
      const bytes = SIZES[kind]
      widest = Math.max(widest, bytes)
      offsets[name] = Math.ceil(end / bytes) * bytes
      end = (offsets[name] ?? 0) + bytes
    }
    this.offsets = offsets as Record<keyof M, number>
    this.size = Math.ceil(end / widest) * widest
  }

  /** What is left out is 0. Throws a RangeError for a value that does not fit its member. */
  encode(values: Partial<Values<M>>): Uint8Array {
    const bytes = new Uint8Array(this.size)
    const view = new DataView(bytes.buffer)
    for (const [name, value] of Object.entries(values)) {
      put(view, this.offsets[name] as number, this.members[name] as Integer, value)
    }
    return bytes
  }

  decode(bytes: Uint8Array): Values<M> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const values = Object.entries(this.members).map(([name, kind]) => [
      name,
      get(view, this.offsets[name] as number, kind),
    ])
    return Object.fromEntries(values) as Values<M>
  }
}

function put(view: DataView, offset: number, kind: Integer, value: bigint | number): void {
  const bits = SIZES[kind] * 8
  const wide = BigInt(value)
  const fits =
    kind === 's32' ? BigInt.asIntN(bits, wide) === wide : BigInt.asUintN(bits, wide) === wide
  if (!fits) throw new RangeError(`${value} does not fit ${kind}`)
  if (kind === 'u64') view.setBigUint64(offset, wide, true)
  else if (kind === 'u8') view.setUint8(offset, Number(wide))
  else if (kind === 'u16') view.setUint16(offset, Number(wide), true)
  else view.setUint32(offset, Number(BigInt.asUintN(32, wide)), true)
}

function get(view: DataView, offset: number, kind: Integer): bigint | number {
  switch (kind) {
    case 'u8':
      return view.getUint8(offset)
    case 'u16':
      return view.getUint16(offset, true)
    case 'u32':
      return view.getUint32(offset, true)
    case 's32':
      return view.getInt32(offset, true)
    case 'u64':
      return view.getBigUint64(offset, true)
  }
}
