import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../../testing/files.ts'
import { printed, type Ran, run } from '../../testing/run.ts'

const folder = new TestFolder()

/** A board with RAM, in which a word is the number of the board. */
function boardFile(name: string, value: number): string {
  return `sim:${folder.file(
    name,
    `name: ${name.replace('.yaml', '')}\nregions:\n  ram: { kind: ram, base: 0x40000000, size: 64k }\n` +
      `  dev: { kind: device, base: 0x10000000, size: 4k, registers: { ID: { offset: 0, kind: constant, value: ${value} } } }\n`,
  )}`
}

const a = boardFile('a.yaml', 0xa)
const bb = boardFile('bb.yaml', 0xbb)
const both = ['--target', a, '--target', bb]
const onBoth = async (line: string, options = {}) =>
  inOrder(await run([...both, ...line.split(' ')], options))
/** Whichever ends first is printed first. */
const inOrder = ({ out, ...ran }: Ran): Ran => ({ ...ran, out: sorted(out).join('') })
const sorted = (text: string) => (text.match(/.*\n/g) ?? []).sort()

/** Those of which there are documents. */
const targetsOf = (out: string) =>
  sorted(out)
    .map((line) => JSON.parse(line).target)
    .sort()
/** What is said of each in front of a line. */
const of = { a: `${a}:  `, bb: `${bb}: ` }

describe('several targets', () => {
  it('are asked side by side, and each line says of which it is', async () => {
    expect(await onBoth('read 0x10000000 0x40000000')).toEqual(
      printed(
        `${of.a}0x10000000  0x0000000a`,
        `${of.a}0x40000000  0x00000000`,
        `${of.bb}0x10000000  0x000000bb`,
        `${of.bb}0x40000000  0x00000000`,
      ),
    )
  })

  it('are named after the command, too, and with --quiet', async () => {
    expect(inOrder(await run(['read', '0x10000000', '-q', '-t', a, `--target=${bb}`]))).toEqual(
      printed(`${of.a}0x0000000a`, `${of.bb}0x000000bb`),
    )
  })

  it('have a JSON document each, which names its target', async () => {
    const { code, out, err } = await onBoth('read 0x10000000 --json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const documents = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(
      documents.map(({ command, target, results }) => [command, target, results[0].value]),
    ).toEqual([
      ['read', a, 0xa],
      ['read', bb, 0xbb],
    ])
  })

  it('have errors that say of which they are, and the worst exit code', async () => {
    const other = boardFile('c.yaml', 0xa)
    expect(await onBoth('wait 0x10000000=0xa --timeout 1ms -q')).toEqual({
      code: 3,
      out: `${of.a}0x0000000a\n`,
      err: `${of.bb}physmem: 0x10000000 is 0x000000bb, expected 0x0000000a: waited 1ms\n`,
    })
    const label = 'exec:false: '.padEnd(other.length + 2)
    const lost = await run(['read', '0x10000000', '-t', other, '-t', 'exec:false'])
    expect(lost).toEqual({
      code: 1,
      out: `${other}: 0x10000000  0x0000000a\n`,
      err: `${label}physmem: exec:false: false ended with exit code 1\n${label}  cure: let this print ok first: echo echo ok | false sh\n`,
    })
    const failed = await run(['read', '0x10000000', '--json', '-t', 'exec:false', '-t', other])
    expect(targetsOf(failed.out)).toEqual(['exec:false', other])
  })

  it('are not held up by one that does not answer', async () => {
    const stop = new AbortController()
    const seen: string[] = []
    const ran = run(['wait', '0x10000000=0xa', '--timeout', '1m', '-t', bb, '-t', a], {
      signal: stop.signal,
      onPrint: (text) => {
        seen.push(text)
        stop.abort()
      },
    })
    expect(await ran).toMatchObject({ code: 1, err: `${of.bb}physmem: stopped (Ctrl-C)\n` })
    expect(seen.join('')).toMatch(new RegExp(`^${of.a}0x10000000  0x0000000a`))
  })

  it('are told once what is wrong with the line for all of them', async () => {
    for (const [line, more] of [
      ['read 0x10000001', ', or --unaligned to access it byte by byte'],
      ['watch 0x10000001', ''],
    ] as const) {
      expect(await run([...line.split(' '), '-t', a, '-t', 'exec:false'])).toEqual({
        ...{ code: 2, out: '' },
        err:
          'physmem: 0x10000001 is not a multiple of 4: a 32-bit access needs 0x10000000 or 0x10000004\n' +
          `  hint: use --width 8${more}\n`,
      })
    }
  })

  it('are all left alone where one of them cannot take the line', async () => {
    const missing = folder.file('none.yaml')
    expect(await run(['write', '0x40000000=1', '-t', a, '-t', `sim:${missing}`])).toEqual({
      ...{ code: 2, out: '' },
      err: `physmem: there is no file ${missing}: expected the YAML description of a board\n`,
    })
    // Only a simulated board has no such places.
    const { code, out, err } = await run(['write', 'uio:none/map0=1', '-t', a, '-t', 'exec:false'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toBe(
      `${a}: physmem: uio:none/map0 is not on a simulated board: it has plain addresses only\nphysmem: not run for exec:false\n`,
    )
    const wrong = await onBoth('write 0x40000000=0x1ffffffff')
    expect(wrong.code).toBe(2)
    expect(wrong.err.match(/physmem: /g)).toHaveLength(1)
  })

  it.each([
    [['-t', 'sim:', '-t', 'ssh:/a', 'read', '0'], /^physmem: "ssh:\/a" is not a target: /],
    [
      ['-t', 'sim:', '-t', 'sim:', 'read', '0'],
      'physmem: the target "sim:" is given twice: leave out one of them\n',
    ],
    [
      ['-t', 'sim:', '-t', 'local', 'devmem', '0'],
      'physmem: devmem is for one target, but there are 2\n  hint: give one --target\n',
    ],
    [
      ['-t', 'sim:', '-t', a, 'kmod', 'status'],
      'physmem: kmod works on this machine only, but the target is "sim:": a simulated board has no kernel\n  hint: leave out --target\n',
    ],
    [
      ['-t', 'local', '-t', 'sim:', 'kmod', 'status'],
      'physmem: kmod works on this machine only, but the target is "sim:": a simulated board has no kernel\n  hint: leave out --target\n',
    ],
  ] as const)('are refused: %j', async (line, message) => {
    const { code, out, err } = await run(line)
    expect({ code, out }).toEqual({
      code: (line as readonly string[]).includes('devmem') ? 1 : 2,
      out: '',
    })
    if (typeof message === 'string') expect(err).toBe(message)
    else expect(err).toMatch(message)
  })

  it.each([
    ['dump 0x40000000..+16 -o FILE', '--output is for one target'],
    ['snapshot demo -o FILE', '--output is for one target'],
    ['copy 0x40000000..+16 file:FILE', 'a copy to a file is of one target'],
    ['fill file:FILE+0..+16 0xff', 'what is stored in a file is of one target'],
    ['load file:FILE FILE', 'what is stored in a file is of one target'],
    ['write 0x40000000=1 file:FILE:3=1', 'what is stored in a file is of one target'],
    ['record 0x10000000 --count 1 --csv FILE', 'a file is of one target'],
    ['batch -', 'a batch from standard input is for one target'],
  ])('do not share one file: %s', async (line, why) => {
    const file = folder.file('shared')
    expect(await onBoth(line.replace('FILE', file))).toEqual({
      ...{ code: 2, out: '' },
      err: `physmem: ${why}, but there are 2\n  hint: give one --target\n`,
    })
    expect(existsSync(file)).toBe(false)
  })

  it('all get what comes through standard input', async () => {
    const input = Buffer.from('12345678')
    expect(await onBoth('load 0x40000000 - --verify', { input })).toEqual(
      printed(
        `${of.a}8 bytes of standard input are at 0x40000000`,
        `${of.bb}8 bytes of standard input are at 0x40000000`,
      ),
    )
  })

  it('each run a batch, of which no line is run where one is wrong', async () => {
    const script = folder.file('s.txt', 'write 0x40000000=5\nread 0x40000000 -q\n')
    const { out, ...rest } = await onBoth(`batch ${script}`)
    expect(rest).toEqual({ code: 0, err: '' })
    expect(out).toBe(`${of.a}0x00000005\n${of.bb}0x00000005\n`)
    const unmet = folder.file('u.txt', 'wait 0x40000000=7 --timeout 1ms\n')
    const waited = await onBoth(`batch ${unmet}`)
    expect(waited.code).toBe(3)
    expect(waited.err.match(/u\.txt:1: .*0x40000000/g)).toHaveLength(2)
    const wrong = folder.file('w.txt', 'write 0x40000000=5\nread 0x0:oops\n')
    const failed = await onBoth(`batch ${wrong}`)
    expect(failed).toMatchObject({ code: 2, out: '' })
    expect(failed.err.match(/a line is wrong: nothing was run/g)).toHaveLength(1)
    const line = folder.file('t.txt', `read 0x0 -t sim: -t ${a}\n`)
    expect((await run(['batch', line])).err).toBe(
      `physmem: ${line}:1: a line of a batch is for one target, but there are 2\n  hint: give them to batch itself\nphysmem: ${line}: a line is wrong: nothing was run\n`,
    )
  })

  it('are watched as they change', async () => {
    const { code, out } = await onBoth('watch 0x10000000 --count 1 --json')
    expect(code).toBe(0)
    expect(targetsOf(out)).toEqual([a, bb])
  })

  it('are taken by every command that reads, writes or looks', async () => {
    const file = folder.file('b.bin', 'abcd')
    for (const line of [
      'map',
      'list',
      'doctor',
      'chips',
      'dump 0x40000000..+16',
      'fill 0x40000000..+16 1',
      'search 0x40000000..+16 de',
      `compare 0x40000000..+4 ${file}`,
      'copy 0x40000000..+16 0x40001000',
    ]) {
      const { out, err } = await onBoth(line)
      for (const text of (out + err).trimEnd().split('\n')) {
        expect(text.startsWith(of.a) || text.startsWith(of.bb), text).toBe(true)
      }
      expect(out + err, line).toContain(of.a)
      expect(out + err, line).toContain(of.bb)
    }
    expect(readFileSync(file, 'utf8')).toBe('abcd')
  })
})
