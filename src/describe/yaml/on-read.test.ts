import { expect, it } from 'vitest'
import { readYaml } from './index.ts'

const read = (text: string) => {
  const source = { name: 'a.yaml', text, open: () => expect.unreachable() }
  const { device, issues } = readYaml(source)
  const effects = device.blocks.flatMap(({ children }) =>
    children.map((child) => (child.kind === 'register' ? child.readEffect : child.children)),
  )
  return { effects, issues }
}

it('takes what a load does from the block where a register says nothing of it', () => {
  expect(
    read(`
blocks:
  b:
    on-read: none
    registers:
      PLAIN: 0x00
      FIFO: { offset: 0x04, on-read: modify }
      ONLY_WRITTEN: { offset: 0x08, access: wo }
      WITH_FIELDS: { offset: 0x0c, fields: { F: { bits: 0, on-read: clear } } }
      SAFE_FIELDS: { offset: 0x10, fields: { F: { bits: 0, on-read: none }, G: 1 } }
  c:
    safe: true
    registers: { PLAIN: 0x00 }
  d:
    registers: { PLAIN: 0x00 }
`),
  ).toEqual({
    effects: ['none', 'modify', undefined, undefined, 'none', 'none', undefined],
    issues: [],
  })
})

it('takes it from the cluster before the block', () => {
  const { effects, issues } = read(`
blocks:
  b:
    on-read: none
    registers:
      C: { offset: 0, on-read: external, registers: { R: 0x00 } }
      D: { offset: 8, registers: { R: 0x00 } }
`)
  expect(effects).toEqual([
    [expect.objectContaining({ readEffect: 'external' })],
    [expect.objectContaining({ readEffect: 'none' })],
  ])
  expect(issues).toEqual([])
})
