import type { RegisterOf } from '../schema.ts'
import { type Block, SimRegister } from './register.ts'

/** A load returns the bits and clears them. */
export class ReadToClearRegister extends SimRegister<RegisterOf<'read-to-clear'>> {
  constructor(name: string, description: RegisterOf<'read-to-clear'>, block: Block) {
    super(name, description, block)
    this.stored = description.reset
  }

  override read(lanes: bigint): bigint {
    const value = this.stored
    this.stored &= ~(lanes & this.#clears)
    return value
  }

  override loadChanges(): boolean {
    return (this.stored & this.#clears) !== 0n
  }

  get #clears(): bigint {
    return this.description.clears ?? this.ones
  }
}

/** A store clears the bits that it writes as 1. */
export class WriteOneToClearRegister extends SimRegister<RegisterOf<'write-1-to-clear'>> {
  constructor(name: string, description: RegisterOf<'write-1-to-clear'>, block: Block) {
    super(name, description, block)
    this.stored = description.reset
  }

  override write(value: bigint, lanes: bigint): void {
    this.stored &= ~(value & lanes & (this.description.clears ?? this.ones))
  }
}

/** A store sets the bits that it writes as 1 in another register; a load shows that register. */
export class WriteOneToSetRegister extends SimRegister<RegisterOf<'write-1-to-set'>> {
  override peek(): bigint {
    return this.#target.peek()
  }

  override poke(value: bigint): void {
    this.#target.poke(value)
  }

  override write(value: bigint, lanes: bigint): void {
    this.#target.poke(this.#target.peek() | (value & lanes))
  }

  get #target(): SimRegister {
    return this.block.register(this.description.of)
  }
}
