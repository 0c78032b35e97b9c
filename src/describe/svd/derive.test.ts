/** derivedFrom, at every level. */
import { expect, test } from 'vitest'
import type { Block, Cluster, Register } from '../model.ts'
import {
  blockOf,
  describedBy,
  deviceText,
  issuesOf,
  peripheralText,
  registerText,
} from './testing/svd.ts'

const at = (base: string) => `<baseAddress>${base}</baseAddress>`
const bare = (name: string, from: string, more = '') =>
  `<peripheral derivedFrom="${from}"><name>${name}</name>${at('0x2000')}${more}</peripheral>`
const field = (name: string, bit: number, more = '', attributes = '') =>
  `<field${attributes}><name>${name}</name><bitOffset>${bit}</bitOffset>${more}</field>`

const names = (block: Block | Cluster | undefined) => block?.children.map(({ name }) => name)
const blocksOf = (peripherals: string) => {
  const description = describedBy(deviceText(peripherals))
  const { blocks } = description.device
  return { ...description, blocks, find: (name: string) => blocks.find((one) => one.name === name) }
}
const register = (block: Block | undefined, name: string) =>
  block?.children.find((one): one is Register => one.kind === 'register' && one.name === name)

test('a peripheral, forward and chained', () => {
  const { find, ...all } = blocksOf(
    bare('A', 'B') +
      bare('B', 'C') +
      peripheralText(registerText(), 'C').replace('0x1000', '0x9000'),
  )
  expect(names(find('A'))).toEqual(['R'])
  expect(find('A')?.base).toBe(0x2000)
  expect(find('C')?.base).toBe(0x9000)
  expect(issuesOf(all)).toEqual([])
})

test('a peripheral with registers of its own has both; its own one counts', () => {
  const base = peripheralText(
    registerText('', 'ONE') + registerText('<size>8</size>', 'TWO'),
    'BASE',
  )
  const own = registerText('<size>16</size>', 'TWO') + registerText('', 'THREE')
  const { find } = blocksOf(base + peripheralText(own, 'OWN', ' derivedFrom="BASE"'))
  expect(names(find('OWN'))).toEqual(['ONE', 'TWO', 'THREE'])
  expect(register(find('OWN'), 'TWO')?.size).toBe(16)
  expect(register(find('BASE'), 'TWO')?.size).toBe(8)
})

test('what is said for a peripheral is that of the derived one', () => {
  const base = peripheralText(registerText(), 'BASE').replace(
    '<registers>',
    '<size>16</size><registers>',
  )
  const { find } = blocksOf(base + bare('EIGHT', 'BASE', '<size>8</size>') + bare('SAME', 'BASE'))
  expect(register(find('EIGHT'), 'R')?.size).toBe(8)
  expect(register(find('SAME'), 'R')?.size).toBe(16)
})

test('a register: all that is not said, also of a template, a field of the same name anew', () => {
  const fields = `<fields>${field('A', 0)}${field('B', 1)}</fields>`
  const base = `<dim>2</dim><dimIncrement>4</dimIncrement><size>16</size>${fields}`
  const { block, issues } = blockOf(
    registerText(base, 'PMUX0_%s') +
      registerText(`<fields>${field('B', 9)}</fields>`, 'PMUX1', ' derivedFrom="PMUX0_%s"') +
      registerText('', 'LATER_%s', ' derivedFrom="PMUX0_%s"') +
      registerText('', 'ONE', ' derivedFrom="PMUX0_1"'),
  )
  expect(issues).toEqual([])
  const one = register(block, 'PMUX1')
  expect(one?.repeat).toBeUndefined()
  expect(one?.size).toBe(16)
  expect(one?.fields.map(({ name, lsb }) => [name, lsb])).toEqual([
    ['A', 0],
    ['B', 9],
  ])
  expect(register(block, 'LATER_%s')?.repeat).toEqual({ count: 2, stride: 4 })
  expect(register(block, 'ONE')?.size).toBe(16)
})

test('a register of another peripheral, by its path', () => {
  const other = peripheralText(registerText('<size>8</size>', 'X'), 'OTHER')
  const cluster = `<cluster><name>CL</name><addressOffset>0x10</addressOffset>${registerText('<size>16</size>', 'Y')}</cluster>`
  const { find, ...all } = blocksOf(
    other +
      peripheralText(cluster, 'GROUPS') +
      peripheralText(
        registerText('', 'A', ' derivedFrom="OTHER.X"') +
          registerText('', 'B', ' derivedFrom="GROUPS.CL.Y"'),
      ),
  )
  expect(register(find('P'), 'A')?.size).toBe(8)
  expect(register(find('P'), 'B')?.size).toBe(16)
  expect(issuesOf(all)).toEqual([])
})

test('a cluster, with what it has', () => {
  const cluster = (name: string, more: string, attributes = '') =>
    `<cluster${attributes}><name>${name}</name><addressOffset>0x20</addressOffset>${more}</cluster>`
  const { block, issues } = blockOf(
    cluster('ONE', registerText('', 'A') + cluster('IN', registerText('', 'B'))) +
      cluster('TWO', registerText('', 'C'), ' derivedFrom="ONE"'),
  )
  expect(issues).toEqual([])
  const two = block.children[1] as Cluster
  expect(names(two)).toEqual(['A', 'IN', 'C'])
  expect(names(two.children[1] as Cluster)).toEqual(['B'])
})

test('a field, beside it and by a path', () => {
  const base = '<bitWidth>3</bitWidth><access>read-only</access>'
  const { block, issues } = blockOf(
    registerText(
      `<fields>${field('A', 4, base)}${field('B', 8, '', ' derivedFrom="A"')}</fields>`,
    ) + registerText(`<fields><field derivedFrom="P.R.A"><name>C</name></field></fields>`, 'S'),
  )
  expect(issues).toEqual([])
  const [, b] = register(block, 'R')?.fields ?? []
  expect(b).toEqual({ name: 'B', lsb: 8, width: 1, access: 'read-only' })
  expect(register(block, 'S')?.fields).toEqual([
    { name: 'C', lsb: 4, width: 3, access: 'read-only' },
  ])
})

test('names of values: by a path from the device, from the block on, and by their name alone', () => {
  const values = `<enumeratedValues><name>ONOFF</name><enumeratedValue><name>on</name><value>1</value></enumeratedValue></enumeratedValues>`
  const from = (path: string) => `<enumeratedValues derivedFrom="${path}"/>`
  const paths = ['P.R.A.ONOFF', 'R.A.ONOFF', 'A.ONOFF', 'ONOFF']
  const { block, issues } = blockOf(
    registerText(`<fields>${field('A', 0, values)}${field('B', 1, from('ONOFF'))}</fields>`) +
      registerText(
        `<fields>${paths.map((path, bit) => field(`F${bit}`, bit, from(path))).join('')}</fields>`,
        'S',
      ),
  )
  const other = [{ usage: 'read-write', values: [{ name: 'on', value: 1n }] }]
  expect(register(block, 'R')?.fields[1]?.enumerations).toEqual(other)
  const found = register(block, 'S')?.fields.map(({ enumerations }) => enumerations)
  // A path that begins with a field is one of the same register.
  expect(found).toEqual([other, other, undefined, other])
  expect(issues).toEqual([
    'error derived-from-nowhere P.S.F2: derivedFrom names "A.ONOFF", which does not exist: these names of values are left out',
  ])
})

test.each([
  [
    bare('A', 'B') + bare('B', 'A'),
    [
      'error derived-loop A: derivedFrom forms a circle, A from B from A: the registers that it would have from there are left out',
      'error derived-loop B: derivedFrom forms a circle, B from A from B: the registers that it would have from there are left out',
    ],
  ],
  [
    bare('Z', 'A') + bare('A', 'B') + bare('B', 'A'),
    [
      'error derived-loop Z: derivedFrom leads into a circle, Z from A from B from A: the registers that it would have from there are left out',
      'error derived-loop A: derivedFrom forms a circle, A from B from A: the registers that it would have from there are left out',
      'error derived-loop B: derivedFrom forms a circle, B from A from B: the registers that it would have from there are left out',
    ],
  ],
  [
    [1, 2, 3, 4, 5, 6].map((one) => bare(`A${one}`, `A${(one % 6) + 1}`)).join(''),
    [1, 2, 3, 4, 5, 6].map((one) => {
      const names = [0, 1, 2, 3, 4].map((next) => `A${((one - 1 + next) % 6) + 1}`).join(' from ')
      return `error derived-loop A${one}: derivedFrom forms a circle, ${names} from …: the registers that it would have from there are left out`
    }),
  ],
  [
    bare('A', 'A'),
    [
      'error derived-loop A: derivedFrom forms a circle, A from A: the registers that it would have from there are left out',
    ],
  ],
  [
    bare('A', 'Z'),
    [
      'error derived-from-nowhere A: derivedFrom names "Z", which does not exist: the registers that it would have from there are left out',
    ],
  ],
  [
    peripheralText(
      registerText('', 'X', ' derivedFrom="Y"') + registerText('', 'Y', ' derivedFrom="X"'),
    ),
    [
      'error derived-loop P.X: derivedFrom forms a circle, X from Y from X: this register is left out',
      'error derived-loop P.Y: derivedFrom forms a circle, Y from X from Y: this register is left out',
    ],
  ],
  [
    peripheralText(registerText('', 'X', ' derivedFrom="Q.Y"')),
    [
      'error derived-from-nowhere P.X: derivedFrom names "Q.Y", which does not exist: this register is left out',
    ],
  ],
  [
    peripheralText(
      '<cluster><name>C</name><addressOffset>0</addressOffset><cluster derivedFrom="C"><name>D</name><addressOffset>4</addressOffset></cluster></cluster>',
    ),
    [
      'error derived-loop P.C.D: derivedFrom leads to what it is in, D from C: this cluster is left out',
    ],
  ],
])('what leads nowhere, or in a circle, is told: %#', (peripherals, expected) => {
  expect(issuesOf(describedBy(deviceText(peripherals)))).toEqual(expected)
})

test('an issue has its line and column, also in what is parsed late', () => {
  const text = deviceText(
    `\n${peripheralText(`\n  ${registerText('', 'X')}\n  ${registerText('', 'Y', ' derivedFrom="Z"')}`)}\n${bare('B', 'Q')}`,
  )
  const description = describedBy(text)
  issuesOf(description)
  expect(description.issues.map(({ line, column, file }) => [file, line, column])).toEqual([
    ['t.svd', 4, 3],
    ['t.svd', 5, 1],
  ])
})

test('a chain has a bound', () => {
  const chain = Array.from({ length: 65 }, (_, n) => bare(`P${n}`, n === 64 ? 'P' : `P${n + 1}`))
  const { blocks, ...all } = blocksOf(chain.join('') + peripheralText(registerText()))
  expect(issuesOf({ ...all, device: { ...all.device, blocks } })).toEqual([
    'error derived-too-far P0: it is derived by way of more than 64 others: the registers that it would have from there are left out',
    'error derived-too-far P1: it is derived by way of more than 64 others: the registers that it would have from there are left out',
  ])
  expect(blocks[2]?.children).toHaveLength(1)
})

test('clusters that multiply, and derive from each other, end', () => {
  const cluster = (name: string, parts: string) =>
    `<cluster><name>${name}</name><addressOffset>0</addressOffset>${parts}</cluster>`
  const derived = (name: string, from: string) =>
    `<cluster derivedFrom="${from}"><name>${name}</name><addressOffset>4</addressOffset></cluster>`
  const rounds = Array.from({ length: 14 }, (_, n) =>
    cluster(`C${n + 1}`, [1, 2, 3, 4].map((part) => derived(`D${part}`, `P.C${n}`)).join('')),
  )
  const { issues } = blockOf(cluster('C0', registerText()) + rounds.join(''))
  expect(issues).toContain(
    'error too-many P: this block has more than 100000 parts: the rest is left out',
  )
  const mutual = cluster('A', derived('D', 'P.B')) + cluster('B', derived('E', 'P.A'))
  expect(blockOf(mutual).issues.map((one) => one.split(':')[1])).toContain(
    ' clusters are nested 16 deep',
  )
})
