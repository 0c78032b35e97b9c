/** What a block of configuration space has, in short. */
import type { Block, Register } from '../../model.ts'

/** Registers by their names, at their offsets in the space. */
export function registersOf(block: Block): Map<string, Register> {
  const found = new Map<string, Register>()
  const walk = (children: Block['children'], path: string, base: number): void => {
    for (const child of children) {
      const name = `${path}${child.name}`
      const offset = base + child.offset
      if (child.kind === 'cluster') walk(child.children, `${name}.`, offset)
      else found.set(name, { ...child, offset })
    }
  }
  walk(block.children, '', 0)
  return found
}

/** `MSI@50`: each with its place. */
export const clusters = (block: Block): string[] =>
  block.children.flatMap((one) =>
    one.kind === 'cluster' ? [`${one.name}@${one.offset.toString(16)}`] : [],
  )
