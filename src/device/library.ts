import type { Block } from '../describe/model.ts'
import type { Kind } from './sources.ts'

/** The blocks that physmem brings. */
export async function libraryKinds(): Promise<readonly Kind[]> {
  return []
}

/** One of them, by its name or what it is compatible with. */
export async function libraryBlock(is: string): Promise<Block | undefined> {
  const wanted = is.toLowerCase()
  return (await libraryKinds()).find(
    ({ block }) => block.name.toLowerCase() === wanted || block.matches?.compatible?.includes(is),
  )?.block
}

export async function libraryNames(): Promise<string[]> {
  return (await libraryKinds()).map(({ block }) => block.name)
}
