import { describe, expect, it } from 'vitest'
import { prefixes } from '../../place/schemes/index.ts'
import { registry } from '../registry.ts'
import { TestFolder, testBytes } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'
import { type Command, defineCommand } from './command.ts'
import { globalOptions } from './globals.ts'
import { longFlag, type OptionSpecs } from './option-spec.ts'

const visible = registry.filter(({ hidden }) => !hidden)
const folder = new TestFolder()

describe('a command line that is wrong', () => {
  it.each([
    ['', 'no command is given\n  hint: see physmem --help'],
    ['raed 0', '"raed" is not a command, did you mean read?\n  hint: see physmem --help'],
    ['zzz', '"zzz" is not a command\n  hint: see physmem --help'],
    [
      '0xfed00000',
      '"0xfed00000" is not a command, did you mean physmem read 0xfed00000?\n  hint: see physmem --help',
    ],
    [
      '0x10=1',
      '"0x10=1" is not a command, did you mean physmem write 0x10=1?\n  hint: see physmem --help',
    ],
    [
      'read',
      'read needs a PLACE, such as physmem read 0xfed00000\n  hint: see physmem read --help',
    ],
    [
      'read 0 --jsno',
      '"--jsno" is not an option of read, did you mean --json?\n  hint: see physmem read --help',
    ],
    ['read 0 --zzz=1', '"--zzz" is not an option of read\n  hint: see physmem read --help'],
    [
      'read uart0.FR --overlay x.yaml',
      '"--overlay" is not an option of read: name it under "overlays" of a board file (--board)\n  hint: see physmem read --help',
    ],
    [
      'lint chip.svd --overlay x.yaml',
      '"--overlay" is not an option of lint: give the overlay itself as FILE\n  hint: see physmem lint --help',
    ],
    [
      'load 0 x --overlay x.yaml',
      '"--overlay" is not an option of load\n  hint: see physmem load --help',
    ],
    ['read 0 --quiet=1', '--quiet takes no value: "--quiet=1"\n  hint: see physmem read --help'],
    [
      '--count 1 read 0',
      '"--count" is not an option of physmem (options of a command follow its name)\n  hint: see physmem --help',
    ],
    [
      'read 0 --width',
      '--width needs a value: bits of one access: 8, 16, 32 or 64\n  hint: see physmem read --help',
    ],
    ['read 0 --width 33', '"33" is not a width: expected 8, 16, 32 or 64'],
    [
      'read 0 --endian bg',
      '"bg" is not an order of bytes: expected little or big, did you mean big?',
    ],
    [
      'read 0 --target sin:',
      '"sin:" is not a target: expected local, sim: (a simulated board), sim:FILE, ssh://HOST, sudo:, unix:SOCKET, serial:DEVICE[,BAUD], exec:COMMAND, gdb://HOST:PORT, gdb:SOCKET, qmp://HOST:PORT, qmp:SOCKET or, in commands, @GROUP of a board file, did you mean sim:?',
    ],
    ['completion csh', '"csh" is not a shell: expected bash, zsh or fish, did you mean zsh?'],
  ])('%s', async (line, message) => {
    expect(await run(line)).toEqual({ code: 2, out: '', err: `physmem: ${message}\n` })
  })

  it('is reported in JSON, too', async () => {
    const { code, out } = await run('read 0x5oops --json')
    expect(code).toBe(2)
    expect(JSON.parse(out)).toEqual({
      command: 'read',
      error: {
        code: 'ESYNTAX',
        message: '"0x5oops" is not an address: unexpected "oops" after 0x5',
        input: '0x5oops',
      },
    })
    const before = await run('raed --json')
    expect(JSON.parse(before.out)).toMatchObject({ error: { code: 'EUSAGE', input: 'raed' } })
  })
})

describe('an equals sign behind the letter of an option', () => {
  it.each(visible.map(({ name, load }) => [name, load] as const))(
    'is no part of its value: %s',
    async (name, load) => {
      const command = (await load()).default as Command
      const specs: OptionSpecs = { ...globalOptions, ...command.options }
      for (const { flags } of Object.values(specs)) {
        const [, short] = /^(-[a-z]), .*</.exec(flags) ?? []
        if (short === undefined) continue
        expect(await run([name, `${short}=8`])).toEqual({
          ...{ code: 2, out: '' },
          err: `physmem: "${short}=8" is not an option: no "=" stands between a letter and its value\n  hint: write ${short} 8\n`,
        })
      }
    },
  )
})

/** The list "What bad input gets" of the issue that asked for these commands. */
describe('an option that is given twice', () => {
  const valued = (options: OptionSpecs) => {
    return Object.values(options).filter(({ flags, repeats }) => flags.includes('<') && !repeats)
  }

  it.each(visible.map(({ name, load }) => [name, load] as const))(
    'and has a value is refused: %s',
    async (name, load) => {
      const command = (await load()).default as Command
      for (const spec of [...valued(globalOptions), ...valued(command.options)]) {
        const flag = longFlag(spec)
        const value = Array.isArray(spec.completes) ? spec.completes[0] : valueFor(flag, spec)
        const needed = command.arguments.filter((one) => one.needed).map(() => 'x')
        const line = [name, flag, value, `${flag}=${value}`, ...needed]
        expect(await run(line)).toEqual({
          ...{ code: 2, out: '' },
          err: `physmem: ${flag} is given twice, but takes one value: leave out one of them\n`,
        })
      }
    },
  )

  it('and is a switch says the same twice', async () => {
    expect(await run('read 0x10000000 -t sim: -q --quiet')).toMatchObject({ code: 0, err: '' })
  })

  it('in two lines of a batch is given once in each', async () => {
    const file = folder.file('twice.txt', 'read 0x10000000 -w 32\nread 0x10000000 -w 32\n')
    expect(await run(['-t', 'sim:', 'batch', file])).toMatchObject({ code: 0, err: '' })
  })

  /** A text that the option takes. */
  function valueFor(flag: string, { parse }: OptionSpecs[string]): string {
    const isTaken = (text: string) => {
      try {
        parse?.(text)
        return true
      } catch {
        return false
      }
    }
    const texts = ['1', '1s', '0x10', '0x1000..0x1fff', '0x10000000=1', '0000:00:04.0']
    const found = texts.find(isTaken)
    if (found === undefined) throw new Error(`no text is known that ${flag} takes`)
    return found
  }
})

describe('bad input', () => {
  const file = folder.file('memory.bin', testBytes(64))
  const above = '0x10000000000000'

  it.each([
    ['junk after a number', '0x5oops', '"0x5oops" is not an address: unexpected "oops" after 0x5'],
    [
      'no number',
      'zzz',
      `"zzz" is not a place: expected an address such as 0xfed00000, or ${prefixes}`,
    ],
    [
      'misalignment',
      '0x2',
      '0x00000002 is not a multiple of 4: a 32-bit access needs 0x00000000 or 0x00000004',
    ],
    [
      'a reversed range',
      '0x20..0x10',
      '"0x20..0x10" is reversed: it ends before it starts, did you mean 0x10..0x20?',
    ],
    [
      'an overflowing range',
      '0xffffffffffff0..+32',
      '"0xffffffffffff0..+32" ends too high: the largest end is 0x10000000000000',
    ],
    [
      'an address no CPU has',
      above,
      `${above} is too large for an address: the largest is 0xfffffffffffff`,
    ],
    [
      'a bit beyond the width',
      '0x0:32',
      'bit 32 does not exist: a 32-bit access has bits 0 to 31 (or --width 64)',
    ],
    [
      'bits the wrong way round',
      '0x0:4:7',
      '4:7 is reversed: bits are given from high to low, did you mean 7:4?',
    ],
    [
      'an unknown scheme',
      'pic:0',
      `"pic:" is not a kind of place: expected an address, or ${prefixes}`,
    ],
    [
      'a missing file',
      'file:/nowhere',
      '/nowhere cannot be opened for reading: there is no such file',
    ],
    ['a directory', 'file:/tmp', '/tmp '],
    ['a device that is not there', 'pci:00:1e.7/bar0', 'there is no PCI device 0000:00:1e.7'],
    [
      'a range beyond a file',
      `file:${file}..+128`,
      `0x0 to 0x7f is not inside ${file}: expected 0x0 to 0x3f`,
    ],
  ])('%s', async (_what, place, message) => {
    for (const [command, end] of [
      ['read', ''],
      ['watch', ''],
      ['write', '=1'],
      ['wait', '=1'],
    ]) {
      if (place.includes('..') && end !== '') continue
      const { code, out, err } = await run([command as string, `${place}${end}`])
      expect({ code, out }).toEqual({ code: 2, out: '' })
      const writing = command === 'write' ? 'for writing' : 'for reading'
      expect(err).toContain(`physmem: ${message.replace('for reading', writing)}`)
    }
  })

  it('an empty string', async () => {
    expect((await run(['read', ''])).err).toBe(
      `physmem: "" is not a place: it is empty, expected an address such as 0xfed00000, or ${prefixes}\n`,
    )
  })

  it('a second place that is wrong: the first is not touched', async () => {
    const memory = await recordedSim()
    for (const line of [
      'write 0x10000008=1 0x10000008=0x1ffffffff',
      'read 0x10000000 0x5oops',
      'watch 0x10000000 0x2',
      'wait 0x10000000:4:7=1',
    ]) {
      expect((await run(line, { memory })).code).toBe(2)
    }
    expect(accessesOf(memory)).toEqual([])
  })

  it('a place that is on no simulated board', async () => {
    expect(await run('--target sim: read pci:00:04.0/bar0')).toEqual({
      code: 2,
      out: '',
      err: 'physmem: pci:0000:00:04.0/bar0 is not on a simulated board: it has plain addresses only\n',
    })
  })
})

describe('an error that nobody meant', () => {
  it('is called a bug', async () => {
    const entry = registry.find(({ name }) => name === 'read')
    const load = entry?.load
    if (entry === undefined || load === undefined) throw new Error('no read')
    entry.load = async () => ({
      default: defineCommand({
        arguments: [],
        options: {},
        examples: [['read', '']],
        inBatches: true,
        run: async () => {
          throw new TypeError('oops')
        },
      }),
    })
    const { code, err } = await run('read')
    entry.load = load
    expect(code).toBe(1)
    expect(err).toMatch(/^physmem: this is a bug in physmem, please report it: TypeError: oops\n/)
  })
})
