import { expect, test } from 'vitest'
import { lint } from './lint.ts'
import { describedBy, deviceText, peripheralText, registerText } from './svd/testing/svd.ts'

const extent =
  '<addressBlock><offset>0</offset><size>0x20</size><usage>registers</usage></addressBlock><registers>'
const at = (name: string, offset: string, more = '') =>
  registerText(more, name).replace('<addressOffset>0<', `<addressOffset>${offset}<`)
const field = (name: string, range: string, more = '') =>
  `<field><name>${name}</name><bitRange>${range}</bitRange>${more}</field>`

/** `line:column severity code path: message` of a block of these registers, of 32 bytes. */
function found(registers: string, isBare = false): string[] {
  const text = peripheralText(registers)
  return all(deviceText(isBare ? text : text.replace('<registers>', extent)))
}

function all(text: string): string[] {
  return lint(describedBy(text), 't.svd').map(
    ({ line, column, severity, code, path, message }) =>
      `${line}:${column} ${severity} ${code} ${path}: ${message}`,
  )
}

test('nothing to say', () => {
  expect(found(at('A', '0') + at('B', '4') + at('C', '0x1c'))).toEqual([])
})

test.each([
  [at('A', '0') + at('A', '4'), 'register-name-twice P.A: another register has the name "A"'],
  [
    at('A', '0', `<fields>${field('R', '[0:0]')}${field('R', '[1:1]')}</fields>`),
    'field-name-twice P.A.R: another field has the name "R"',
  ],
  [
    at('A', '0', `<fields>${field('X', '[3:0]')}${field('Y', '[7:2]')}</fields>`),
    'fields-overlap P.A.Y: it overlaps "X" at bit 2',
  ],
  [
    at('A', '0') + at('B', '2', '<size>8</size>'),
    'registers-overlap P.B: it overlaps A at offset 0x2, and neither is an alternate',
  ],
  [
    at('A', '2'),
    'misaligned P.A: it is accessed with 32 bits at offset 0x2, which is not a multiple of 4',
  ],
  [
    at('A[%s]', '0', '<dim>2</dim><dimIncrement>6</dimIncrement>'),
    'misaligned P.A[%s]: its elements are 6 bytes apart, but accessed with 32 bits',
  ],
  [
    at('A', '0x20'),
    'outside-extent P.A: it is at offsets 0x20 to 0x23, outside of the size of its block',
  ],
  [
    at('A%s', '0', '<dim>9</dim><dimIncrement>4</dimIncrement>'),
    'outside-extent P.A%s: it is at offsets 0x0 to 0x23, outside of the size of its block',
  ],
])('%s', (registers, expected) => {
  expect(found(registers).map((one) => one.replace(/^\S+ warning /, ''))).toEqual([expected])
})

test('elements closer than they are wide', () => {
  const issues = found(at('A[%s]', '0', '<dim>2</dim><dimIncrement>2</dimIncrement>'))
  expect(issues.map((one) => one.replace(/^\S+ /, ''))).toEqual([
    'warning misaligned P.A[%s]: its elements are 2 bytes apart, but accessed with 32 bits',
    'warning stride-too-small P.A[%s]: its elements are 2 bytes apart, but have 4: they overlap',
  ])
})

test('what is declared to be the same location is none', () => {
  const cluster = `<cluster><name>C</name><alternateCluster>D</alternateCluster><addressOffset>4</addressOffset>${at('X', '0')}</cluster>`
  expect(
    found(
      at('RX', '0', '<access>read-only</access>') +
        at('TX', '0', '<access>write-only</access>') +
        at('A', '4') +
        cluster +
        at('B', '8') +
        at('C2', '8', '<alternateRegister>B</alternateRegister>') +
        at('B', '8', '<alternateGroup>G</alternateGroup>'),
    ),
  ).toEqual([])
  const apart = field('R', '[0:0]', '<access>read-only</access>')
  const store = field('W', '[0:0]', '<access>write-only</access>')
  expect(found(at('A', '0', `<fields>${apart}${store}</fields>`))).toEqual([])
})

test('each pair of overlapping arrays once', () => {
  const dim = '<dim>8</dim><dimIncrement>4</dimIncrement>'
  const issues = found(at('A[%s]', '0', dim) + at('B[%s]', '0', dim))
  expect(issues).toHaveLength(1)
})

test('an array of 2^32 ends', () => {
  const issues = found(
    at('A[%s]', '0', '<dim>4294967296</dim><dimIncrement>4</dimIncrement>'),
    true,
  )
  expect(issues.map((one) => one.replace(/^\S+ /, ''))).toEqual([
    'warning no-extent P: this block does not say how long it is',
    'warning not-compared P: only its first 65,536 registers are compared',
  ])
})

test('blocks: without registers, without a length, of one name; in the order of the file', () => {
  expect(
    all(
      deviceText(
        `\n${peripheralText('', 'A')}\n${peripheralText(at('R', '0') + at('S', '8', '<size>0</size>'), 'B')}\n${peripheralText('', 'A')}`,
      ),
    ),
  ).toEqual([
    '2:1 warning no-registers A: this block has no registers',
    '3:1 warning no-extent B: this block does not say how long it is',
    '3:194 error bad-size B.S: its size is 0 bits, expected 1 to 64: it is left out',
    '4:1 warning block-name-twice A: another block has the name "A"',
    '4:1 warning no-registers A: this block has no registers',
  ])
})

test('what another block derives is told once', () => {
  const derived =
    '<peripheral derivedFrom="P"><name>Q</name><baseAddress>0x2000</baseAddress></peripheral>'
  const issues = all(
    deviceText(peripheralText(at('A', '2')).replace('<registers>', extent) + derived),
  )
  expect(issues).toHaveLength(1)
})
