import { describe, expect, test } from 'vitest'
import { fieldsOf, find, registersOf } from '../lookup.ts'
import {
  blockOf,
  describedBy,
  deviceText,
  dim,
  peripheralText,
  registerText,
} from './testing/svd.ts'

const names = (registers: string) => {
  const { block, issues } = blockOf(registers)
  return { names: [...registersOf(block)].map(({ name, offset }) => `${name} ${offset}`), issues }
}

/** A group with an index that cannot be read, the name in it, and what is said of it. */
const badIndex = (index: string): [string, string, string] => [
  dim(2, 4, `<dimIndex>${index}</dimIndex>`),
  'R%s',
  `error bad-index P.R%s: dimIndex is "${index}", expected a list such as 0-3, A-D or A,B,C: it is left out`,
]

describe('arrays and lists', () => {
  test.each([
    [dim(3, 4), 'R[%s]', ['R[0] 0', 'R[1] 4', 'R[2] 8']],
    [dim(2, '0x10'), 'R%s', ['R0 0', 'R1 16']],
    [dim(2, 4, '<dimIndex>A,B</dimIndex>'), 'R%s', ['RA 0', 'RB 4']],
    [dim(2, 4, '<dimIndex>A, B</dimIndex>'), 'R%s_X', ['RA_X 0', 'RB_X 4']],
    [dim(3, 4, '<dimIndex>C-E</dimIndex>'), 'R%s', ['RC 0', 'RD 4', 'RE 8']],
    [dim(3, 4, '<dimIndex>3-5</dimIndex>'), 'R%s', ['R3 0', 'R4 4', 'R5 8']],
    [dim(2, 4, '<dimIndex>0-1</dimIndex>'), 'R[%s]', ['R[0] 0', 'R[1] 4']],
    [dim(2, 4, '<dimIndex>A,B</dimIndex><dimName>X</dimName>'), 'R[%s]', ['R[0] 0', 'R[1] 4']],
    ['<dim>1</dim>', 'R', ['R 0']],
  ])('%s of %s', (group, name, expected) => {
    expect(names(registerText(group, name))).toEqual({ names: expected, issues: [] })
  })

  test.each([
    [dim(0, 4), 'R%s', 'error no-elements P.R%s: dim is 0: it is left out'],
    [
      '<dim>2</dim>',
      'R%s',
      'error no-increment P.R%s: dim is given, but dimIncrement is missing: it is left out',
    ],
    [dim(2, 0), 'R%s', 'error no-increment P.R%s: dimIncrement is 0, but dim is 2: it is left out'],
    [dim('two', 4), 'R%s', 'error not-a-number P.R%s: dim is not a number: "two"'],
    [
      dim('0x100000001', 4),
      'R%s',
      'error too-large P.R%s: dim is 4294967297: the most is 4294967296',
    ],
    [
      dim('0x100000000', '0x100000000'),
      'R[%s]',
      'error too-large P.R[%s]: 4294967296 elements of 4294967296 bytes exceed the address space: it is left out',
    ],
    [
      dim(3, 4, '<dimIndex>A,B</dimIndex>'),
      'R%s',
      'error index-count P.R%s: dimIndex has 2 names, but dim is 3: it is left out',
    ],
    [
      dim(2, 4, '<dimIndex>A,A</dimIndex>'),
      'R%s',
      'error index-twice P.R%s: dimIndex has "A" twice: it is left out',
    ],
    badIndex('A,'),
    badIndex('D-A'),
    badIndex('0-9999999999'),
  ])('%s of %s is refused', (group, name, issue) => {
    expect(names(registerText(group, name))).toEqual({ names: [], issues: [issue] })
  })

  test('an array with a dimIndex that does not begin at 0 is counted from 0 all the same', () => {
    expect(names(registerText(dim(2, 4, '<dimIndex>1-2</dimIndex>'), 'R[%s]'))).toEqual({
      names: ['R[0] 0', 'R[1] 4'],
      issues: [
        'warning index-of-array P.R[%s]: dimIndex is "1-2", but an array is counted from 0: it is ignored',
      ],
    })
  })

  test('a placeholder that nothing fills, and a dim without one', () => {
    expect(names(registerText('', 'R%s'))).toEqual({
      names: ['R%s 0'],
      issues: ['warning no-dim P.R%s: the name has %s, but dim is missing: it is one element'],
    })
    expect(names(registerText(dim(2, 4), 'R'))).toEqual({
      names: ['R[0] 0', 'R[1] 4'],
      issues: ['warning no-placeholder P.R: the name has no %s, but dim is 2: it is read as [%s]'],
    })
  })

  test('names for the elements of an array (dimArrayIndex)', () => {
    const value = (name: string, number: number) =>
      `<enumeratedValue><name>${name}</name><value>${number}</value></enumeratedValue>`
    const index = `<dimArrayIndex>${value('RX', 0)}${value('TX', 1)}</dimArrayIndex>`
    const { block, issues } = blockOf(registerText(dim(2, 4, index), 'R[%s]'))
    expect(issues).toEqual([])
    const device = { name: 'chip', endian: 'little', blocks: [block] } as const
    expect(find(device, 'P.R[TX]')[0]).toMatchObject({ name: 'R[1]', offset: 4 })
  })

  test('of peripherals, clusters and fields', () => {
    const fields = `<fields><field>${dim(4, 2)}<name>CH%s</name><bitOffset>8</bitOffset><bitWidth>2</bitWidth></field></fields>`
    const cluster = `<cluster>${dim(2, 16)}<name>CL[%s]</name><addressOffset>0</addressOffset>${registerText(fields)}</cluster>`
    const { device, issues } = describedBy(
      deviceText(peripheralText(cluster, 'SMHC[%s]').replace('<name>', `${dim(2, '0x100')}<name>`)),
    )
    expect(issues).toEqual([])
    const [found] = find(device, 'SMHC[1].CL[1].R')
    expect(found?.offset).toBe(0x110)
    const bits = found && fieldsOf(found.register).map(({ name, lsb }) => `${name} ${lsb}`)
    expect(bits).toEqual(['CH0 8', 'CH1 10', 'CH2 12', 'CH3 14'])
  })

  test('2^32 elements cost as much as one', () => {
    const { block, issues } = blockOf(registerText(dim('4294967296', 4), 'R[%s]'))
    expect(issues).toEqual([])
    const device = { name: 'chip', endian: 'little', blocks: [block] } as const
    expect(find(device, 'P.R[4294967295]')[0]?.offset).toBe(4294967295 * 4)
  })

  test('elements closer to each other than they are wide', () => {
    expect(names(registerText(dim(2, 2), 'R%s')).names).toEqual(['R0 0', 'R1 2'])
  })
})
