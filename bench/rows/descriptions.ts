import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../built.ts'
import { Contender } from '../contender.ts'
import { inTurn } from '../rounds.ts'
import type { Rounds, Row } from '../row.ts'

/** Files of vendors, which are not part of the project. */
const FILES = join(root, '..', 'shared/corpus/svd')

function unavailable(): string | undefined {
  if (!existsSync(FILES)) return 'no files of vendors are beside the repository'
  return spawnSync('python3', ['-V']).status === 0 ? undefined : 'there is no python3'
}

/** Ours, from the file on, against a parser that makes a tree of the same files and no more. */
async function against(names: readonly string[], all: boolean): Promise<Rounds> {
  const { readSvd }: typeof import('../../src/describe/svd/read.ts') = await import(
    `${root}dist/describe/svd/read.js`
  )
  const paths = names.map((name) => join(FILES, name))
  const ours = async () => {
    const start = performance.now()
    for (const path of paths) {
      const text = readFileSync(path, 'utf8')
      const { device } = readSvd({ name: path, text, open: () => ({}) as never })
      for (const { children } of all ? device.blocks : device.blocks.slice(0, 1)) {
        if (children.length === 0) throw new Error(`${path} has a block without registers`)
      }
    }
    return performance.now() - start
  }
  using theirs = new Contender('python3', `${root}bench/peers/parse-xml.py`, ...paths)
  return await inTurn(9, ours, async () => (await theirs.round()) / 1e6)
}

export const descriptions: Row[] = [
  {
    name: 'open-svd',
    what: 'a chip file of 4.1 MB opened, and one block of 127 read',
    against: 'Python: `xml.etree.ElementTree.parse`',
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 1 },
    idle: { atMost: 250 },
    unavailable,
    measure: () => against(['STM32H7A3x.svd'], false),
  },
  {
    name: 'read-svd',
    what: 'all registers and fields of that file',
    against: 'Python: `xml.etree.ElementTree.parse`',
    unit: 'ms',
    comparison: 'ratio',
    target: {},
    unavailable,
    measure: () => against(['STM32H7A3x.svd'], true),
  },
  {
    name: 'open-corpus',
    what: '13 chip files opened (18.5 MB), and one block of each read',
    against: 'Python: `xml.etree.ElementTree.parse`',
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 1 },
    // 16 MB/s.
    idle: { atMost: 1150 },
    unavailable,
    measure: () => against(readdirSync(FILES), false),
  },
]
