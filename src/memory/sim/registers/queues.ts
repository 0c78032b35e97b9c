import { BusFault } from '../../interpreter.ts'
import type { RegisterOf } from '../schema.ts'
import { type Block, SimRegister } from './register.ts'

/** Stores push, loads pop. A store to a full queue is lost. */
export class FifoRegister extends SimRegister<RegisterOf<'fifo'>> {
  readonly #queue: bigint[]

  constructor(name: string, description: RegisterOf<'fifo'>, block: Block) {
    super(name, description, block)
    this.#queue = [...(description.contents ?? [])]
  }

  override read(): bigint {
    const first = this.#queue.shift()
    if (first !== undefined) return first
    const { empty } = this.description
    if (empty !== 'fault') return empty
    throw new BusFault(`${this.block.name}.${this.name} is empty (bus error)`)
  }

  override write(value: bigint, lanes: bigint): void {
    if (this.#queue.length < this.description.depth) this.#queue.push(value & lanes)
  }

  override loadChanges(): boolean {
    return this.#queue.length > 0
  }

  /** The element that the next load will give. */
  override peek(): bigint {
    const { empty } = this.description
    return this.#queue[0] ?? (empty === 'fault' ? 0n : empty)
  }

  /** Pushes one element, as the hardware would. */
  override poke(value: bigint): void {
    this.write(BigInt(value), this.ones)
  }

  override signal(name: string): bigint {
    const level = this.#queue.length
    if (name === 'level') return BigInt(level)
    return BigInt(name === 'empty' ? level === 0 : level >= this.description.depth)
  }
}

/** The data register of a serial port: stores print their low byte, loads take what was typed. */
export class ConsoleRegister extends SimRegister<RegisterOf<'console'>> {
  readonly #printed: number[] = []
  readonly #typed: number[] = []

  override read(): bigint {
    const byte = this.#typed.shift()
    return byte === undefined ? this.description.empty : BigInt(byte)
  }

  override write(value: bigint, lanes: bigint): void {
    if ((lanes & 0xffn) === 0n) return
    const byte = Number(value & 0xffn)
    this.#printed.push(byte)
    this.block.print(this.name, byte)
  }

  override loadChanges(): boolean {
    return this.#typed.length > 0
  }

  override peek(): bigint {
    return BigInt(this.#typed[0] ?? this.description.empty)
  }

  /** Types one byte, as whoever sits at the other end of the line. */
  override poke(value: bigint): void {
    this.#typed.push(Number(BigInt(value) & 0xffn))
  }

  override signal(name: string): bigint {
    return BigInt(name === 'level' ? this.#typed.length : this.#typed.length === 0)
  }

  /** Everything that was printed so far, as UTF-8. */
  get text(): string {
    return new TextDecoder().decode(Uint8Array.from(this.#printed))
  }
}
