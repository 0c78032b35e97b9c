import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Value, Width } from '../../../base/width.ts'
import { systemClock } from '../../../memory/clock.ts'
import { interpret } from '../../../memory/interpreter.ts'
import { Memory } from '../../../memory/memory.ts'
import type { Program } from '../../../memory/program.ts'
import type { Results } from '../../../memory/results.ts'
import type { Accessors } from '../../../registers/index.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** What a module exports that was generated, without its types. */
// biome-ignore lint/suspicious/noExplicitAny: its types are tested by the compiler (examples/).
export async function importText(name: string, text: string): Promise<any> {
  const folder = join(root, 'build/codegen')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.ts`)
  writeFileSync(file, text.replaceAll("'physmem/registers'", "'../../src/registers/index.ts'"))
  return await import(/* @vite-ignore */ file)
}

/** Registers in a JavaScript object, and a record of each access. */
export class Cells {
  readonly values = new Map<number, Value>()
  readonly log: string[] = []

  load(address: number, width: Width): Value {
    const value = this.values.get(address) ?? 0
    this.log.push(`read${width} 0x${address.toString(16)}`)
    return width === 64 ? BigInt(value) : Number(value)
  }

  store(address: number, width: Width, value: Value): void {
    const taken = BigInt.asUintN(width, BigInt(value))
    this.log.push(`write${width} 0x${address.toString(16)} 0x${taken.toString(16)}`)
    this.values.set(address, width === 64 ? taken : Number(taken))
  }

  /** What was accessed since it was last asked. */
  done(): string[] {
    return this.log.splice(0)
  }

  window(): Accessors {
    const update = (width: Width) => (offset: number, mask: Value, value: Value) => {
      const bits = BigInt.asUintN(width, BigInt(mask))
      const old = BigInt(this.load(offset, width))
      this.store(offset, width, (old & ~bits) | (BigInt.asUintN(width, BigInt(value)) & bits))
      return { old: 0, written: 0 }
    }
    const members = ([8, 16, 32, 64] as const).flatMap((width) => [
      [`read${width}`, (offset: number) => this.load(offset, width)],
      [`write${width}`, (offset: number, value: Value) => this.store(offset, width, value)],
      [`update${width}`, update(width)],
    ])
    return Object.fromEntries(members)
  }

  memory(): Memory {
    return new CellMemory(this)
  }
}

class CellMemory extends Memory {
  readonly name = 'cells'
  readonly length = undefined
  readonly #cells: Cells

  constructor(cells: Cells) {
    super()
    this.#cells = cells
  }

  run(program: Program): Promise<Results> {
    const bus = {
      ...systemClock,
      ...{ name: this.name, length: undefined, readOnly: false },
      load: async (address: number, width: Width) => this.#cells.load(address, width),
      store: async (address: number, width: Width, value: Value) =>
        this.#cells.store(address, width, value),
    }
    return interpret(program, bus)
  }

  async close(): Promise<void> {}
}
