import { describe, expect, it } from 'vitest'
import type { Block, Cluster, Register } from '../../model.ts'
import { readSvd } from '../../svd/read.ts'
import { corpusFile, hasCorpus } from '../../testing/corpus.ts'
import { readYaml } from '../index.ts'
import { writeYaml } from './index.ts'

/** Small ones, each with other quirks: names that stand twice, 64 bits, arrays of blocks, clusters. */
const files = [
  'ARM_Sample.svd',
  'LPC176x5x_v0.2.svd',
  'fu540.svd',
  'D1-H.svd',
  'esp32.svd',
  'ATSAMD21J17A.svd',
]

/** What a program does with a register: where it is, how it is accessed, and what that does. */
function facts(children: Block['children'], at: string): string[] {
  return children.flatMap((one: Register | Cluster): string[] => {
    const { repeat } = one
    const times = repeat === undefined ? '' : ` ${repeat.count}/${repeat.stride}`
    const here = `${at}+${one.offset}${times}`
    if (one.kind === 'cluster') return facts(one.children, here)
    const { size, width, access, reset, resetMask, readEffect, writeEffect, endian } = one
    const fields = one.fields.map(({ lsb, width, access, readEffect, writeEffect, repeat }) =>
      [lsb, width, access, readEffect, writeEffect, repeat?.count, repeat?.stride].join('/'),
    )
    const what = [
      Math.max(size, width),
      width,
      access,
      reset,
      resetMask,
      readEffect,
      writeEffect,
      endian,
      one.highWordMask,
    ]
    return [[here, ...what, ...fields].join(' ')]
  })
}

const known = hasCorpus('svd')
describe.skipIf(!known)(
  `real chips as YAML${known ? '' : ' (skipped: no files of vendors)'}`,
  () => {
    it.each(files)('%s reads as the same registers', { timeout: 120_000 }, (name) => {
      const { device } = readSvd(corpusFile('svd', name))
      const { text } = writeYaml(device, name)
      const open = () => {
        throw new Error('nothing beside it')
      }
      const again = readYaml({ name: 'chip.yaml', text, open })
      const all = (blocks: readonly Block[]) =>
        blocks.map(({ base, children }) => [base, facts(children, '')])
      expect(all(again.device.blocks)).toEqual(all(device.blocks))
      expect(again.issues.filter(({ severity }) => severity === 'error')).toEqual([])
    })
  },
)
