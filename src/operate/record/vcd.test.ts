import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Value, Width } from '../../base/width.ts'
import { type Signal, signalValue } from './signal.ts'
import { identifier, Vcd } from './vcd.ts'

const origin = { date: new Date(0), version: 'physmem 0', comment: 'UART0' }

const signal = (more: Partial<Signal>): Signal => ({
  ...{ name: 'FR', scope: ['UART0'], column: 'UART0.FR', read: 0, of: 32, lsb: 0, width: 32 },
  ...more,
})

const FR = signal({})
const TXFE = signal({ name: 'TXFE', scope: ['UART0', 'FR'], lsb: 7, width: 1 })
const LEVEL = signal({ name: 'LEVEL', scope: ['UART0', 'FR'], lsb: 8, width: 8 })

const HEAD = `$date 1970-01-01T00:00:00.000Z $end
$version physmem 0 $end
$comment UART0 $end
$timescale 1 ns $end
$scope module physmem $end
$var event 1 $ lost $end
$scope module UART0 $end
$var wire 32 ! FR $end
$scope module FR $end
$var wire 1 " TXFE $end
$var wire 8 # LEVEL $end
$upscope $end
$upscope $end
$upscope $end
$enddefinitions $end
`

describe('a value change dump', () => {
  it('has scopes and variables, and then what changes', () => {
    const vcd = new Vcd([FR, TXFE, LEVEL], origin)
    expect(vcd.head()).toBe(HEAD)
    expect(vcd.sample(0, [0x80])).toBe('#0\n$dumpvars\nb10000000 !\n1"\nb0 #\n$end\n')
    expect(vcd.sample(10, [0x80])).toBe('')
    expect(vcd.sample(25, [0x5_0000])).toBe('#25\nb1010000000000000000 !\n0"\n')
    expect(vcd.end(99)).toBe('#99\n')
    expect(vcd.end(99)).toBe('')
  })

  it('is unknown where samples were lost, and says where that began', () => {
    const vcd = new Vcd([FR, TXFE], origin)
    vcd.sample(0, [0x80])
    expect(vcd.lost(7)).toBe('#7\n1#\n$dumpoff\nbx !\nx"\n$end\n')
    expect(vcd.sample(9, [0x80])).toBe('#9\n$dumpon\nb10000000 !\n1"\n$end\n')
    expect(new Vcd([TXFE], origin).lost(3)).toBe('#3\n1"\n$dumpvars\nx!\n$end\n')
  })

  it('has each name once in its scope, as an identifier', () => {
    const names = ['lost', '0x09000018', '0x09000018', 'FIFO[3]', 'a.b', '', 'CHé', '$x']
    const vcd = new Vcd(
      names.map((name) => signal({ name, scope: [], width: 32 })),
      { ...origin, comment: 'one\n$end two' },
    )
    const variables = [...vcd.head().matchAll(/^\$var wire 32 \S+ (\S+) \$end$/gm)]
    expect(variables.map(([, name]) => name)).toEqual([
      ...['lost_2', '_0x09000018', '_0x09000018_2', 'FIFO_3_', 'a_b', '_', 'CH_', '_$x'],
    ])
    expect(vcd.head()).toContain('$comment one??end two $end\n')
  })

  it('has codes of printable characters, each once', () => {
    expect([0, 93, 94, 94 * 95].map(identifier)).toEqual(['!', '~', '!!', '!!!'])
    const codes = Array.from({ length: 20_000 }, (_, index) => identifier(index))
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.every((code) => /^[!-~]+$/.test(code))).toBe(true)
  })
})

/** Some signals, and samples of what they are in, at times that rise. */
const recordings = fc
  .array(fc.constantFrom<Width>(8, 16, 32, 64), { minLength: 1, maxLength: 4 })
  .chain((widths) => {
    const signals = fc.integer({ min: 0, max: widths.length - 1 }).chain((read) => {
      const of = widths[read] as Width
      return fc.integer({ min: 0, max: of - 1 }).chain((lsb) =>
        fc.record({
          name: fc.string({ unit: fc.constantFrom(...'aZ_0[].$ é\n'), maxLength: 4 }),
          scope: fc.array(fc.constantFrom('U', '0', 'x[1]'), { maxLength: 2 }),
          column: fc.constant('column'),
          ...{ read: fc.constant(read), of: fc.constant(of), lsb: fc.constant(lsb) },
          width: fc.integer({ min: 1, max: of - lsb }),
        }),
      )
    })
    const value = (width: Width): fc.Arbitrary<Value> =>
      width === 64 ? fc.bigInt(0n, 2n ** 64n - 1n) : fc.nat(2 ** Math.min(width, 31) - 1)
    const record = fc.record({
      step: fc.integer({ min: 1, max: 1e6 }),
      values: fc.option(fc.tuple(...widths.map(value))),
    })
    return fc.record({
      signals: fc.array(signals, { minLength: 1, maxLength: 6 }),
      records: fc.array(record, { maxLength: 12 }),
    })
  })

interface Recorded {
  signals: Signal[]
  records: { step: number; values: Value[] | null }[]
}

function written({ signals, records }: Recorded): { text: string; expected: string[] } {
  const vcd = new Vcd(signals, origin)
  let text = vcd.head()
  let atNs = -1
  const expected: string[] = []
  for (const { step, values } of records) {
    atNs += step
    if (values === null) text += vcd.lost(atNs)
    else text += vcd.sample(atNs, values)
    const bits = signals.map((one) => (values ? signalValue(one, values).toString(2) : 'x'))
    expected.push(`${atNs} ${bits.join(' ')}`)
  }
  return { text: text + vcd.end(atNs + 1), expected }
}

/** What a reader of the format knows of the signals at each time that something happens. */
function readBack(text: string, signals: number): Map<number, string> {
  const [head = '', body = ''] = text.split('$enddefinitions $end\n')
  const declared = [...head.matchAll(/^\$var wire \d+ (\S+) /gm)].map(([, code]) => code)
  const codes = Array.from({ length: signals }, (_, index) => identifier(index))
  expect(declared.sort()).toEqual([...codes].sort())
  const values = new Map<string, string>()
  const seen = new Map<number, string>()
  let time = -1
  for (const line of body.split('\n')) {
    if (line.startsWith('#')) time = Number(line.slice(1))
    else if (/^\$|^$/.test(line)) continue
    else {
      const [, bits = '', code = ''] =
        /^b(\S+) (\S+)$/.exec(line) ?? /^([01x])(\S+)$/.exec(line) ?? []
      values.set(code, bits)
    }
    seen.set(time, codes.map((one) => values.get(one) ?? '').join(' '))
  }
  return seen
}

it('gives back every sample to who reads it', () => {
  fc.assert(
    fc.property(recordings, (recorded) => {
      const { text, expected } = written(recorded)
      const seen = readBack(text, recorded.signals.length)
      let last = ''
      for (const line of expected) {
        const at = line.indexOf(' ')
        last = seen.get(Number(line.slice(0, at))) ?? last
        expect(last).toBe(line.slice(at + 1))
      }
    }),
  )
})

const missing = spawnSync('vcd2fst', ['--help']).error ? 'vcd2fst is not installed (gtkwave)' : ''

describe(`GTKWave${missing && ` [skipped: ${missing}]`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'physmem-vcd-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.skipIf(missing)('reads it', () => {
    const vcd = new Vcd([FR, TXFE, LEVEL], origin)
    const [file, fst, back] = ['a.vcd', 'a.fst', 'b.vcd'].map((name) => join(folder, name))
    const text = [
      vcd.head(),
      ...[vcd.sample(0, [0x80]), vcd.sample(1_000_000, [0x90]), vcd.lost(2_000_000)],
      ...[vcd.sample(3_000_000, [0x1290]), vcd.end(4_000_000)],
    ]
    writeFileSync(file ?? '', text.join(''))
    const there = spawnSync('vcd2fst', [file ?? '', fst ?? ''], { encoding: 'utf8' })
    expect([there.status, there.stderr]).toEqual([0, ''])
    const returned = spawnSync('fst2vcd', ['-f', fst ?? '', '-o', back ?? ''], { encoding: 'utf8' })
    expect([returned.status, returned.stderr]).toEqual([0, ''])
    const read = readFileSync(back ?? '', 'utf8')
    expect(read).toContain('$timescale\n\t1ns\n$end')
    const names = [...read.matchAll(/^\$(?:scope module|var wire \d+ \S+) (\S+)/gm)]
    expect(names.map(([, name]) => name)).toEqual(['physmem', 'UART0', 'FR', 'FR', 'TXFE', 'LEVEL'])
    const [, changes = ''] = read.split('$enddefinitions $end\n')
    expect(changes.match(/^#\d+$/gm)).toEqual([
      '#0',
      '#1000000',
      '#2000000',
      '#3000000',
      '#4000000',
    ])
    for (const change of ['b00000000000000000001001010010000', 'b00010010']) {
      expect(changes.split('#3000000')[1]).toContain(change)
    }
    expect(changes.split('#2000000')[1]).toMatch(/^b?x/m)
  })
})
