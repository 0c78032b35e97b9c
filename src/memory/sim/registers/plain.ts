import type { RegisterOf } from '../schema.ts'
import { type Block, SimRegister } from './register.ts'

/** Reads as its value for ever. */
export class ConstantRegister extends SimRegister<RegisterOf<'constant'>> {
  constructor(name: string, description: RegisterOf<'constant'>, block: Block) {
    super(name, description, block)
    this.stored = description.value
  }
}

/** Keeps what is written to its writable bits. */
export class ReadWriteRegister extends SimRegister<RegisterOf<'read-write'>> {
  constructor(name: string, description: RegisterOf<'read-write'>, block: Block) {
    super(name, description, block)
    this.stored = description.reset
  }

  override write(value: bigint, lanes: bigint): void {
    const bits = lanes & (this.description.writable ?? this.ones)
    this.stored = (this.stored & ~bits) | (value & bits)
  }
}

/** Shows its reset value, with the live bits in their present state. */
export class ReadOnlyRegister extends SimRegister<RegisterOf<'read-only'>> {
  constructor(name: string, description: RegisterOf<'read-only'>, block: Block) {
    super(name, description, block)
    this.stored = description.reset
  }

  override peek(): bigint {
    let value = this.stored
    for (const [bits, { register, signal }] of Object.entries(this.description.live ?? {})) {
      const [high = 0, low = high] = bits.split(':').map(Number)
      const mask = ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low)
      const state = this.block.register(register).signal(signal) << BigInt(low)
      value = (value & ~mask) | (state & mask)
    }
    return value
  }
}

/** Keeps what is written, but reads as something else. */
export class WriteOnlyRegister extends SimRegister<RegisterOf<'write-only'>> {
  override read(): bigint {
    return this.description.reads
  }

  override write(value: bigint, lanes: bigint): void {
    this.stored = (this.stored & ~lanes) | (value & lanes)
  }
}

/** Answers with a bus error. */
export class FaultRegister extends SimRegister<RegisterOf<'fault'>> {
  override refusal(direction: 'read' | 'write'): string | undefined {
    const { on } = this.description
    if (on !== 'both' && on !== direction) return undefined
    const what = on === 'both' ? 'every access' : `${direction}s`
    return `${this.block.name}.${this.name} answers ${what} with a bus error`
  }
}
