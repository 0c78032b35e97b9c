import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { counted } from '../../text/count.ts'
import { formatHex as hex } from '../../text/number.ts'
import {
  type BoardDescription,
  type DeviceDescription,
  didYouMean,
  type RegisterDescription,
} from './schema.ts'
import { signalsOf } from './signals.ts'

/** Something wrong in a board description that has the right shape. */
export interface Problem {
  /** Keys that lead to it. */
  path: string[]
  message: string
}

/** What does not fit together: overlaps, things outside their block, references to nothing. */
export function* layoutProblems(board: BoardDescription): Generator<Problem> {
  const stretches: Stretch[] = []
  for (const [name, region] of Object.entries(board.regions)) {
    const { base, size } = region
    const path = ['regions', name]
    for (const [key, bytes] of Object.entries({ base, size })) {
      if (bytes % 8 === 0) continue
      yield { path: [...path, key], message: `${hex(bytes)} is not a multiple of 8` }
    }
    if (base + size > ADDRESS_LIMIT) {
      const message = `the region ends at ${hex(base + size)}: the last address is ${hex(ADDRESS_LIMIT - 1)}`
      yield { path: [...path, 'size'], message }
    }
    stretches.push({ path: [...path, 'base'], name, start: base, end: base + size })
    if (region.kind === 'device') yield* deviceProblems(region, [...path, 'registers'])
    else if (Buffer.byteLength(region.text ?? '') > size) {
      const message = `${counted(Buffer.byteLength(region.text ?? ''), 'byte')} do not fit in ${hex(size)}`
      yield { path: [...path, 'text'], message }
    }
  }
  yield* overlaps(stretches)
}

function* deviceProblems(device: DeviceDescription, base: string[]): Generator<Problem> {
  const stretches: Stretch[] = []
  for (const [name, register] of Object.entries(device.registers)) {
    const path = [...base, name]
    const { offset, width } = register
    const bytes = width / 8
    if (offset % bytes !== 0) {
      const message = `${hex(offset)} is not a multiple of ${bytes}, the bytes of the register`
      yield { path: [...path, 'offset'], message }
    }
    if (offset + bytes > device.size) {
      const message = `${hex(offset)} is outside the block, which has ${hex(device.size)} bytes`
      yield { path: [...path, 'offset'], message }
    }
    stretches.push({ path: [...path, 'offset'], name, start: offset, end: offset + bytes })
    yield* valueProblems(register, path)
    yield* referenceProblems(register, device, path)
  }
  yield* overlaps(stretches)
}

function* valueProblems(register: RegisterDescription, path: string[]): Generator<Problem> {
  for (const [key, value] of Object.entries(register)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one !== 'bigint' || one >> BigInt(register.width) === 0n) continue
      const message = `${hex(one)} does not fit in the ${register.width} bits of the register`
      yield { path: [...path, key], message }
    }
  }
  if (register.kind === 'self-clearing') {
    yield* bitProblems(register.start, register.width, [...path, 'start'])
  }
  if (register.kind === 'fifo' && (register.contents?.length ?? 0) > register.depth) {
    const message = `${counted(register.contents?.length ?? 0, 'element')} do not fit in a depth of ${register.depth}`
    yield { path: [...path, 'contents'], message }
  }
  if (
    register.kind === 'counter' &&
    (register.rate === undefined) === (register['per-read'] === undefined)
  ) {
    yield { path, message: 'a counter needs either "rate" or "per-read"' }
  }
}

function* bitProblems(bit: number, width: number, path: string[]): Generator<Problem> {
  if (bit < width) return
  yield { path, message: `bit ${bit} does not exist: the register has bits 0 to ${width - 1}` }
}

function* referenceProblems(
  register: RegisterDescription,
  device: DeviceDescription,
  path: string[],
): Generator<Problem> {
  const missing = (name: string) =>
    `no register "${name}" in this block${didYouMean(name, Object.keys(device.registers))}`
  const holdsBits = (name: string, at: string[]): Problem | undefined => {
    const target = device.registers[name]
    if (target === undefined) return { path: at, message: missing(name) }
    if ('reset' in target && target.kind !== 'self-clearing' && target.kind !== 'counter') return
    return { path: at, message: `${name} is a ${target.kind} register: its bits cannot be set` }
  }
  if (register.kind === 'write-1-to-set') {
    const problem = holdsBits(register.of, [...path, 'of'])
    if (problem) yield problem
  }
  if (register.kind === 'self-clearing') {
    for (const [index, { register: name, bit }] of (register.raises ?? []).entries()) {
      const at = [...path, 'raises', String(index)]
      const problem = holdsBits(name, at)
      if (problem) yield problem
      else yield* bitProblems(bit, device.registers[name]?.width ?? 0, at)
    }
  }
  if (register.kind !== 'read-only') return
  for (const [bits, { register: name, signal }] of Object.entries(register.live ?? {})) {
    const at = [...path, 'live', bits]
    yield* bitProblems(Number(bits.split(':')[0]), register.width, at)
    const target = device.registers[name]
    if (target === undefined) yield { path: at, message: missing(name) }
    else if (!signalsOf(target.kind).includes(signal)) {
      const known = signalsOf(target.kind)
      const has = known.length === 0 ? 'has no signals' : `has ${known.join(', ')}`
      yield {
        path: at,
        message: `no signal "${signal}": ${name} is a ${target.kind} register and ${has}`,
      }
    }
  }
}

interface Stretch {
  path: string[]
  name: string
  start: number
  end: number
}

function* overlaps(stretches: Stretch[]): Generator<Problem> {
  for (const [index, stretch] of stretches.entries()) {
    const other = stretches
      .slice(0, index)
      .find((o) => o.start < stretch.end && stretch.start < o.end)
    if (other === undefined) continue
    const shown = ({ start, end }: Stretch) => `${hex(start)} to ${hex(end - 1)}`
    yield {
      path: stretch.path,
      message: `${shown(stretch)} overlaps ${other.name}, which is ${shown(other)}`,
    }
  }
}
