import type { Value } from '../base/width.ts'
import {
  DEFAULT_INTERVAL_US,
  type ReadBlockStep,
  type Step,
  type WriteBlockStep,
  waitNs,
} from './step.ts'

/**
 * The binary form of a program, little-endian, as `native/engine.h` describes it:
 * a header, one record a step, then the bytes of the `writeBlock` steps.
 */
export const HEADER_BYTES = 16
export const STEP_BYTES = 48
const MAGIC = 0x31474d50 // "PMG1"

const OPCODES = {
  read: 1,
  write: 2,
  update: 3,
  wait: 4,
  readBlock: 5,
  writeBlock: 6,
  fill: 7,
  delay: 8,
  fence: 9,
  cache: 10,
} as const

const FLAG_FIXED = 1
const FLAG_NEGATE = 2
const FLAG_SKIP = 4

/** `enum pm_cache_action`. */
const CACHE_ACTIONS = { clean: 1, flush: 2 } as const

/** What of a Program is written down. */
interface Encodable {
  readonly steps: readonly Step[]
  readonly dataLength: number
  dataOffset(step: number): number
}

export function encodeProgram(program: Encodable): Uint8Array {
  const { steps } = program
  const bodyBytes = HEADER_BYTES + steps.length * STEP_BYTES
  const inBytes = steps.reduce((sum, step) => sum + inputBytes(step), 0)
  const bytes = new Uint8Array(bodyBytes + inBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, steps.length, true)
  view.setUint32(8, inBytes, true)
  view.setUint32(12, program.dataLength, true)
  let inOffset = 0
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] as Step
    const at = HEADER_BYTES + index * STEP_BYTES
    encodeStep(view, at, step)
    if (step.op === 'readBlock') view.setUint32(at + 44, program.dataOffset(index), true)
    if (step.op === 'writeBlock') {
      view.setUint32(at + 44, inOffset, true)
      bytes.set(step.data, bodyBytes + inOffset)
      inOffset += inputBytes(step)
    }
  }
  return bytes
}

/** The bytes of a `writeBlock` step, where they stand in the binary form. */
export function dataIn(encoded: Uint8Array, index: number, step: WriteBlockStep): Uint8Array {
  const view = new DataView(encoded.buffer)
  const body = HEADER_BYTES + view.getUint32(4, true) * STEP_BYTES
  const offset = body + view.getUint32(HEADER_BYTES + index * STEP_BYTES + 44, true)
  return encoded.subarray(offset, offset + step.data.length)
}

function encodeStep(view: DataView, at: number, step: Step): void {
  view.setUint8(at, OPCODES[step.op])
  if (step.op === 'fence') return
  if (step.op === 'delay') {
    view.setBigUint64(at + 32, BigInt(waitNs(step)), true)
    return
  }
  setValue(view, at + 8, step.address)
  view.setUint8(at + 1, step.op === 'cache' ? 1 : step.width / 8)
  switch (step.op) {
    case 'cache':
      view.setUint32(at + 4, step.length, true)
      setValue(view, at + 24, CACHE_ACTIONS[step.action])
      break
    case 'write':
      setValue(view, at + 24, step.value)
      break
    case 'update':
      setValue(view, at + 16, step.mask)
      setValue(view, at + 24, step.value)
      break
    case 'wait':
      view.setUint8(at + 2, step.negate ? FLAG_NEGATE : 0)
      setValue(view, at + 16, step.mask)
      setValue(view, at + 24, step.equals)
      view.setBigUint64(at + 32, BigInt(waitNs(step)), true)
      view.setUint32(at + 40, step.intervalUs ?? DEFAULT_INTERVAL_US, true)
      break
    case 'fill':
      view.setUint32(at + 4, step.count, true)
      setValue(view, at + 24, step.value)
      break
    case 'readBlock':
      view.setUint8(at + 2, flagsOf(step))
      view.setUint32(at + 4, step.count, true)
      break
    case 'writeBlock':
      view.setUint8(at + 2, step.stepping === 'fixed' ? FLAG_FIXED : 0)
      view.setUint32(at + 4, step.data.length / (step.width / 8), true)
      break
  }
}

function flagsOf({ stepping, onFault }: ReadBlockStep): number {
  return (stepping === 'fixed' ? FLAG_FIXED : 0) | (onFault === 'skip' ? FLAG_SKIP : 0)
}

/** Input blocks start on multiples of 8, so that every width may be loaded in one piece. */
function inputBytes(step: Step): number {
  return step.op === 'writeBlock' ? Math.ceil(step.data.length / 8) * 8 : 0
}

function setValue(view: DataView, at: number, value: Value): void {
  if (typeof value === 'bigint') {
    view.setBigUint64(at, value, true)
    return
  }
  view.setUint32(at, value % 0x1_0000_0000, true)
  view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true)
}
