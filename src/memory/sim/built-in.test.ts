import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { builtInBoard } from './built-in.ts'

const script = fileURLToPath(new URL('../../../scripts/lib/built-in-board.mjs', import.meta.url))

it('the built-in board is built as its text describes it', async () => {
  const { builtInModule } = (await import(script)) as { builtInModule: () => Promise<string> }
  const source = Buffer.from(await builtInModule()).toString('base64')
  const built = (await import(`data:text/javascript;base64,${source}`)) as {
    builtInBoard: typeof builtInBoard
  }
  expect(built.builtInBoard()).toStrictEqual(builtInBoard())
  expect(built.builtInBoard()).not.toBe(built.builtInBoard())
})
