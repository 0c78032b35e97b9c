import type { Value, Width } from '../../../base/width.ts'
import type { RegisterDescription } from '../schema.ts'

/** What a register may use of the block that it is in. */
export interface Block {
  readonly name: string
  nowUs(): number
  /** A register of the same block; the description was checked, so that it is there. */
  register(name: string): SimRegister
  /** Called with each byte that a console was given. */
  print(register: string, byte: number): void
}

/**
 * The behaviour of one register: what a load gives and what loads and stores change. The base is a
 * register that reads as what is stored in it and ignores writes.
 */
export class SimRegister<D extends RegisterDescription = RegisterDescription> {
  readonly name: string
  readonly description: D
  readonly block: Block
  protected stored = 0n

  constructor(name: string, description: D, block: Block) {
    this.name = name
    this.description = description
    this.block = block
  }

  get bytes(): number {
    return this.description.width / 8
  }

  /** Access widths that it answers, when they are fewer than its block's. */
  get widths(): readonly Width[] | undefined {
    return this.description.widths
  }

  /** All ones, as wide as the register. */
  get ones(): bigint {
    return (1n << BigInt(this.description.width)) - 1n
  }

  /** Why it answers no load, or no store, whatever it holds. */
  refusal(_direction: 'read' | 'write'): string | undefined {
    return undefined
  }

  /** One load of the bits in `lanes`, with its side effects. Bits outside are not looked at. */
  read(_lanes: bigint): bigint {
    return this.peek()
  }

  /** One store to the bits in `lanes`. */
  write(_value: bigint, _lanes: bigint): void {}

  /** What it holds, without a load's side effects. */
  peek(): bigint {
    return this.stored
  }

  /** Changes what it holds, as the hardware itself would. */
  poke(value: Value): void {
    this.stored = BigInt(value) & this.ones
  }

  /** Brings it up to the present; called before each access to its block. */
  settle(): void {}

  /** When `settle` will next do something to it or to others of its block; Infinity for never. */
  settlesUs(): number {
    return Number.POSITIVE_INFINITY
  }

  /** When it will read as something else by the time alone; Infinity for never. */
  changesUs(): number {
    return Number.POSITIVE_INFINITY
  }

  /** Whether a load now would change what the next one gives. */
  loadChanges(): boolean {
    return false
  }

  /** What it knows of itself, for the live bits of other registers. */
  signal(_name: string): bigint {
    return 0n
  }
}
