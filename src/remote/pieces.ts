import { HEADER_BYTES, STEP_BYTES } from '../memory/encode.ts'
import { behind, type Cursor, type Part, partFrom } from '../memory/part.ts'
import { Program } from '../memory/program.ts'
import { resultBytes } from '../memory/skipped.ts'
import { elementCount, type Step, waitNs } from '../memory/step.ts'
import { packProgram } from './packed-program.ts'
import { FRAME_MOST, RUN, TOLD_BYTES } from './protocol.ts'

/** Steps that go in one frame, as a program of their own; or a read block whose data come in several. */
export interface Piece {
  readonly parts: readonly Part[]
  readonly program: Program
  readonly isStream: boolean
  /** As it is sent, and by which flags of a run that is told. */
  readonly form: Form
  /** How long it may take, in milliseconds. */
  readonly mostMs: number
}

export interface Form {
  readonly flags: number
  readonly bytes: Uint8Array
}

interface Group {
  parts: Part[]
  isStream: boolean
}

/** Of a request: memory, zero and the program; of an answer: errno, zero and how it ended. */
const REQUEST_BYTES = FRAME_MOST - 8 - HEADER_BYTES
const ANSWER_BYTES = FRAME_MOST - 8 - TOLD_BYTES
const CELL_BYTES = 16

/** A read block that gives more comes by a stream, which needs no trip for each frame. */
const STREAMED = 32 * 1024

/** Bytes of a write block that go in one frame. */
const WRITTEN = 64 * 1024

/** A program in pieces that fit into frames, in order; where it fits into one, that has the program itself. */
export function piecesOf(program: Program): Piece[] {
  const groups = groupsOf(program)
  const [first] = groups
  const isWhole = groups.length === 1 && first?.parts.length === program.steps.length
  return groups.map(({ parts, isStream }) => {
    const piece = isWhole ? program : new Program(parts.map(({ step }) => step))
    const known = { form: formOf(piece), mostMs: timeOf(piece.steps) }
    return { ...{ parts, isStream }, program: piece, ...known }
  })
}

function formOf({ encoded }: Program): Form {
  const packed = packProgram(encoded)
  return packed ? { flags: RUN.packed, bytes: packed } : { flags: 0, bytes: encoded }
}

function groupsOf(program: Program): Group[] {
  const groups: Group[] = []
  let room = { request: 0, answer: 0 }
  for (let cursor: Cursor = { step: 0, element: 0 }; cursor.step < program.steps.length; ) {
    const step = program.steps[cursor.step] as Step
    const part = partFrom(program, cursor, mostElements(step))
    if (step.op === 'readBlock' && resultBytes(step) > STREAMED) {
      groups.push({ parts: [part], isStream: true })
    } else {
      const need = bytesOf(part.step)
      const last = groups.at(-1)
      const fits = need.request <= room.request && need.answer <= room.answer
      if (last !== undefined && !last.isStream && fits) last.parts.push(part)
      else {
        groups.push({ parts: [part], isStream: false })
        room = { request: REQUEST_BYTES, answer: ANSWER_BYTES }
      }
      room = { request: room.request - need.request, answer: room.answer - need.answer }
    }
    cursor = behind(part, program)
  }
  return groups
}

function mostElements(step: Step): number {
  if (step.op === 'writeBlock') return (WRITTEN * 8) / step.width
  return Number.POSITIVE_INFINITY
}

function bytesOf(step: Step): { request: number; answer: number } {
  const written = step.op === 'writeBlock' ? Math.ceil(step.data.length / 8) * 8 : 0
  const read = step.op === 'readBlock' ? Math.ceil(resultBytes(step) / 8) * 8 : 0
  return { request: STEP_BYTES + written, answer: CELL_BYTES + read }
}

/** How long the steps may take, in milliseconds: their waits and delays, and the bytes that they move. */
export function timeOf(steps: readonly Step[]): number {
  // No bus is slower than some 100 kB/s for long.
  const bytes = (step: Step) =>
    'address' in step && step.op !== 'cache' ? (elementCount(step) * step.width) / 8 : 0
  return steps.reduce((sum, step) => sum + waitNs(step) / 1e6 + bytes(step) / 100, 0)
}
