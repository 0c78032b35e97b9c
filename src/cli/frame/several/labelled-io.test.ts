import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Io, type Output, UnwritableOutput } from '../io.ts'
import { GatheredLines } from './gathered-lines.ts'
import { labelledIo, MOST_HELD, shareIo } from './labelled-io.ts'

describe('lines of pieces', () => {
  it('are the same, however they are divided', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '\r', ' ') })
    fc.assert(
      fc.property(
        fc.array(line),
        fc.boolean(),
        fc.infiniteStream(fc.nat(7)),
        (lines, ends, sizes) => {
          const text = lines.join('\n') + (ends && lines.length > 0 ? '\n' : '')
          const gathered = new GatheredLines(Buffer.from('A: '))
          const printed: Uint8Array[] = []
          let rest = Buffer.from(text)
          while (rest.length > 0) {
            const size = 1 + (sizes.next().value as number)
            printed.push(gathered.add(rest.subarray(0, size)))
            rest = rest.subarray(size)
          }
          printed.push(gathered.end())
          const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
          expect(Buffer.concat(printed).toString()).toBe(
            whole.replace(/[^\n]*\n/g, (one) => `A: ${one}`),
          )
        },
      ),
    )
  })
})

interface Fake extends Io {
  printed: string[]
}

function fake(more: Partial<Output> = {}): Fake {
  const printed: string[] = []
  const output = (name: string): Output => ({
    write: (data) => printed.push(`${name} ${Buffer.from(data).toString()}`),
    ...{ isTerminal: true, hasColors: true, hasUnicode: true, columns: 40, rows: 9, ...more },
  })
  return {
    printed,
    ...{ stdout: output('out'), stderr: output('err'), endedBy: undefined },
    interrupted: () => AbortSignal.abort(),
    inputEnded: () => new AbortController().signal,
    readInput: async () => new Uint8Array(1),
  }
}

const labels = { stdout: 'A: ', stderr: 'E: ' }

describe('the streams of a target', () => {
  it('print all at its end, in order', () => {
    const io = fake()
    const { stdout, stderr, flush } = labelledIo(io, { prints: 'at its end', labels })
    stdout.write('one\ntw')
    stdout.write('o\n')
    stderr.write(Buffer.from('three\n'))
    stdout.write('four')
    expect(io.printed).toEqual([])
    flush()
    expect(io.printed).toEqual(['out A: one\nA: two\n', 'err E: three\n', 'out A: four\n'])
  })

  it('print each line at once, or when there is too much', () => {
    const io = fake()
    const { stdout, go, early } = labelledIo(io, { prints: 'at once', labels })
    stdout.write('one\ntwo')
    expect([io.printed, early()]).toEqual([[], undefined])
    go()
    expect(io.printed).toEqual(['out A: one\n'])
    stdout.write('\n')
    expect(io.printed).toEqual(['out A: one\n', 'out A: two\n'])
    const other = fake()
    const held = labelledIo(other, { prints: 'at its end', labels: { stdout: '', stderr: '' } })
    const line = `${'x'.repeat(1023)}\n`
    for (let at = 0; at < MOST_HELD; at += line.length) held.stdout.write(line)
    expect(other.printed).toEqual([])
    held.stdout.write(line)
    held.stdout.write(line)
    expect(other.printed.map(({ length }) => length)).toEqual([4 + MOST_HELD + 1024, 4 + 1024])
  })

  it('tell what was said before all have begun', () => {
    const { stderr, go, early } = labelledIo(fake(), { prints: 'at its end', labels })
    stderr.write('one\nt')
    stderr.write(Buffer.from('wo\n'))
    go()
    stderr.write('three\n')
    expect(early()).toBe('one\ntwo\n')
  })

  it('are no terminal, and leave room for the label', () => {
    const { stdout } = labelledIo(fake(), { prints: 'at once', labels })
    expect([stdout.isTerminal, stdout.hasColors, stdout.columns, stdout.rows]).toEqual([
      ...[false, true, 37, 9],
    ])
    const narrow = labelledIo(fake({ columns: 21 }), { prints: 'at once', labels })
    expect(narrow.stderr.columns).toBe(20)
  })

  it('have ASCII where no more is taken, and bytes as they are', () => {
    const io = fake({ hasUnicode: false })
    const { stdout, flush } = labelledIo(io, { prints: 'at its end', labels })
    stdout.write('µ\n')
    stdout.write(Buffer.from('é\n'))
    flush()
    expect(io.printed).toEqual([expect.stringMatching(/^out A: u\nA: é\n$/)])
  })

  it('say what goes wrong also where stdout takes no more', () => {
    const io = fake()
    const full = new UnwritableOutput('EIO', 'full', {})
    const stdout: Output = {
      ...io.stdout,
      write: () => {
        throw full
      },
    }
    const own = labelledIo({ ...io, stdout }, { prints: 'at its end', labels })
    own.stdout.write('one\n')
    own.stderr.write('two\n')
    expect(() => own.flush()).toThrow(full)
    expect(io.printed).toEqual(['err E: two\n'])
  })

  it('share one input and the signals', async () => {
    let reads = 0
    const io = shareIo({
      ...fake(),
      readInput: async () => {
        reads++
        return new Uint8Array(3)
      },
    })
    const one = labelledIo(io, { prints: 'at once', labels })
    const two = labelledIo(io, { prints: 'at once', labels })
    expect((await one.readInput(9)).length + (await two.readInput(9)).length).toBe(6)
    expect(reads).toBe(1)
    expect(one.interrupted().aborted).toBe(true)
    expect(one.inputEnded()).toBe(two.inputEnded())
  })
})
