import { HEADER_BYTES, STEP_BYTES } from '../memory/encode.ts'
import { LITTLE } from './bytes.ts'

const STEP_WORDS = STEP_BYTES / 4
const HEADER_WORDS = HEADER_BYTES / 4

/** Words of a step that its address takes: struct pm_step of native/engine.h. */
const LOW = 2
const HIGH = 3

/** Steps behind one that are all as foreseen, at most. */
const MOST_REPEATS = 0xffff

/**
 * The binary form of a program as it is sent, by PM_RUN_PACKED of native/agent_protocol.h: of each step only
 * what is not foreseen from those before it. A read of a register so takes 8 bytes in place of 48; of
 * a thousand that lie side by side, all together 20. `undefined` where most are data, and
 * on a CPU whose words are not those of an agent.
 */
export function packProgram(encoded: Uint8Array): Uint8Array | undefined {
  if (!LITTLE) return undefined
  const { buffer, byteOffset, length } = encoded
  const words = new Uint32Array(buffer, byteOffset, length / 4)
  const [, steps = 0, inputBytes = 0] = words
  if (inputBytes >= steps * STEP_BYTES) return undefined
  const packed = new Uint32Array(words.length + steps)
  packed.set(words.subarray(0, HEADER_WORDS))
  const stepsEnd = HEADER_WORDS + steps * STEP_WORDS
  const end = packSteps(words.subarray(HEADER_WORDS, stepsEnd), packed, HEADER_WORDS)
  packed.set(words.subarray(stepsEnd), end)
  const packedWords = end + words.length - stepsEnd
  return new Uint8Array(packed.buffer, 0, packedWords * 4)
}

/** Puts the steps from `to` on; returns where they end. */
function packSteps(steps: Uint32Array, packed: Uint32Array, to: number): number {
  const next = new Uint32Array(STEP_WORDS)
  const stride = { low: 0, high: 0 }
  let end = to
  let head = -1
  for (let at = 0; at < steps.length; at += STEP_WORDS) {
    const [low = 0, high = 0] = [next[LOW], next[HIGH]]
    add(next, stride.low, stride.high)
    let changes = 0
    const first = end + 1
    let values = first
    for (let word = 0; word < STEP_WORDS; word++) {
      const value = steps[at + word] as number
      if (value === next[word]) continue
      changes |= 1 << word
      packed[values++] = value
      next[word] = value
    }
    const before = head < 0 ? MOST_REPEATS : (packed[head] as number) >>> 16
    if (changes === 0 && before < MOST_REPEATS) {
      packed[head] = (packed[head] as number) + 0x10000
      continue
    }
    head = end
    packed[head] = changes
    end = values
    const borrow = (next[LOW] as number) < low ? 1 : 0
    stride.low = ((next[LOW] as number) - low) >>> 0
    stride.high = ((next[HIGH] as number) - high - borrow) >>> 0
  }
  return end
}

/** To an address of 64 bits, which wraps. */
function add(step: Uint32Array, low: number, high: number): void {
  const sum = (step[LOW] as number) + low
  step[LOW] = sum
  step[HIGH] = (step[HIGH] as number) + high + (sum > 0xffff_ffff ? 1 : 0)
}
