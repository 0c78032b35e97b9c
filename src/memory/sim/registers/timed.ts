import type { RegisterOf } from '../schema.ts'
import { type Block, SimRegister } from './register.ts'

/**
 * A control register with a start bit: writing 1 to it starts some work, the bit reads as 1 while
 * the work lasts and then clears itself. Writing it meanwhile starts nothing and stops nothing.
 */
export class SelfClearingRegister extends SimRegister<RegisterOf<'self-clearing'>> {
  #endUs: number | undefined
  #done = false

  constructor(name: string, description: RegisterOf<'self-clearing'>, block: Block) {
    super(name, description, block)
    this.stored = description.reset
  }

  override write(value: bigint, lanes: bigint): void {
    const { writable, busy } = this.description
    const bits = lanes & (writable ?? this.ones) & ~this.#start
    this.stored = (this.stored & ~bits) | (value & bits)
    if ((value & lanes & this.#start) === 0n || this.#endUs !== undefined) return
    this.#endUs = this.block.nowUs() + busy
    this.#done = false
    this.settle()
  }

  override peek(): bigint {
    return this.#endUs === undefined ? this.stored & ~this.#start : this.stored | this.#start
  }

  override settle(): void {
    if (this.#endUs === undefined || this.block.nowUs() < this.#endUs) return
    this.#endUs = undefined
    this.#done = true
    for (const { register, bit } of this.description.raises ?? []) {
      const target = this.block.register(register)
      target.poke(target.peek() | (1n << BigInt(bit)))
    }
  }

  override settlesUs(): number {
    return this.#endUs ?? Number.POSITIVE_INFINITY
  }

  override signal(name: string): bigint {
    return BigInt(name === 'busy' ? this.#endUs !== undefined : this.#done)
  }

  get #start(): bigint {
    return 1n << BigInt(this.description.start)
  }
}

/** Counts by itself, or by the number of loads; starts again from 0 after its last value. */
export class CounterRegister extends SimRegister<RegisterOf<'counter'>> {
  #sinceUs: number

  constructor(name: string, description: RegisterOf<'counter'>, block: Block) {
    super(name, description, block)
    this.stored = description.reset
    this.#sinceUs = block.nowUs()
  }

  override read(): bigint {
    const value = this.peek()
    this.stored = (this.stored + BigInt(this.description['per-read'] ?? 0)) & this.ones
    return value
  }

  override peek(): bigint {
    return (this.stored + BigInt(this.#counted())) & this.ones
  }

  override changesUs(): number {
    const { rate = 0 } = this.description
    if (rate === 0) return Number.POSITIVE_INFINITY
    return this.#sinceUs + ((this.#counted() + 1) / rate) * 1e6
  }

  override loadChanges(): boolean {
    return (this.description['per-read'] ?? 0) !== 0
  }

  override poke(value: bigint): void {
    super.poke(value)
    this.#sinceUs = this.block.nowUs()
  }

  /** By itself, since it was set. */
  #counted(): number {
    const seconds = (this.block.nowUs() - this.#sinceUs) / 1e6
    return Math.floor(seconds * (this.description.rate ?? 0))
  }
}
