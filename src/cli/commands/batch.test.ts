import { readFileSync, renameSync, rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { registry } from '../registry.ts'
import { printed, run } from '../testing/run.ts'
import { ScriptFolder } from '../testing/scripts.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

const folder = new ScriptFolder()
const { script } = folder

describe('batch', () => {
  it('runs the commands of a file on one board', async () => {
    const file = script(
      '# set up',
      'write 0x10000008=0x1234 0x10000020:6:4=5',
      '',
      'physmem read 0x10000008   # as typed at a shell',
      'read 0x10000020:6:4 --base dec\r',
    )
    expect(await run(['-t', 'sim:', 'batch', file])).toEqual(
      printed(
        '0x10000020:6:4  read 0x0, wrote 0x5  in 0x00000000, 0x00000050',
        '0x10000008  0x00001234',
        '0x10000020:6:4  5  in 80',
      ),
    )
  })

  it('says of a line what is to be said when its turn comes, and nothing of one that is not run', async () => {
    const noted = script('read 0x10000000', 'read demo.EVENTS:POWER_ON')
    const streams: string[] = []
    const add = (text: string) => {
      streams.push(text)
    }
    await run(['-t', 'sim:', 'batch', noted], { onPrint: add, onComplain: add })
    expect(streams).toEqual([
      '0x10000000  0x50484d31\n',
      `physmem: ${noted}:2: demo.EVENTS: reading clears it\n`,
      'demo.EVENTS:POWER_ON  1  in 0x00000001\n',
    ])
    const wrong = script('read demo.EVENTS', 'read')
    const { err } = await run(['-t', 'sim:', 'batch', wrong])
    expect(err).not.toContain('reading clears it')
  })

  it('passes over a byte order mark', async () => {
    const file = script('\ufeffread 0x10000000', 'read 0x10000000')
    const line = '0x10000000  0x50484d31'
    expect(await run(['-t', 'sim:', 'batch', file])).toEqual(printed(line, line))
    // Nowhere else is it one.
    const other = script('read 0x10000000', '\ufeffread 0x10000000')
    expect((await run(['-t', 'sim:', 'batch', other])).err).toContain(':2: "\\u{feff}read" is not')
  })

  it('opens nothing and accesses nothing when any line is wrong, and tells all of them', async () => {
    const memory = await recordedSim()
    const file = script(
      'write 0x10000008=1',
      'reed 0x10000008',
      'read 0x10000zz',
      'read 0x10000008 --widht 8',
      'read 0x10000008 --width 7',
      'write 0x10000008=0x100 --width 8',
      'read 0x10000009',
      'dump 0x10000000..+3',
      "read 'a",
      'read --help',
      'read 0x10000008',
    )
    const { code, out, err } = await run(['batch', file], { memory })
    expect({ code, out, accesses: accessesOf(memory) }).toEqual({ code: 2, out: '', accesses: [] })
    const told = err.split('\n').filter((line) => !line.startsWith('  '))
    expect(told.map((line) => line.replaceAll(file, 'FILE'))).toEqual([
      'physmem: FILE:2: "reed" is not a command, did you mean read?',
      'physmem: FILE:3: "0x10000zz" is not an address: unexpected "zz" after 0x10000',
      'physmem: FILE:4: "--widht" is not an option of read, did you mean --width?',
      'physmem: FILE:5: "7" is not a width: expected 8, 16, 32 or 64',
      'physmem: FILE:6: 0x100 does not fit in 8 bits (largest: 0xff)',
      'physmem: FILE:7: 0x10000009 is not a multiple of 4: a 32-bit access needs 0x10000008 or 0x1000000c',
      'physmem: FILE:8: 0x10000000..+3: 3 bytes are not a whole number of 32-bit elements',
      `physmem: FILE:9: "read 'a" is not a command: the ' before "a" has no end`,
      'physmem: FILE:10: "read --help" does nothing in a batch: run it by itself',
      'physmem: FILE: 9 lines are wrong: nothing was run',
      '',
    ])
  })

  it('suggests for a line only what a batch may hold', async () => {
    const lines = ['mapp', 'ls', 'version', 'kmodd', 'help', 'help read', 'dmp 0x0', 'peek 0x10']
    const { err } = await run(['batch', script(...lines)])
    const told = err.split('\n').filter((line) => !line.startsWith('  '))
    expect(told.map((line) => line.replace(/^physmem: .*?:(?=\d)/, ''))).toEqual([
      '1: "mapp" is not a command',
      '2: "ls" is not a command',
      '3: "version" is not a command',
      '4: "kmodd" is not a command',
      '5: "help" does nothing in a batch: run it by itself',
      '6: "help read" does nothing in a batch: run it by itself',
      '7: "dmp" is not a command, did you mean dump?',
      '8: "peek" is not a command, did you mean physmem read 0x10?',
      expect.stringContaining(': 8 lines are wrong: nothing was run'),
      '',
    ])
  })

  it('ends at the first command that fails, and says how far it came', async () => {
    const memory = await recordedSim()
    const file = script('write 0x10000008=1', '', 'read 0x1000003c', 'write 0x10000008=2')
    expect(await run(['batch', file], { memory })).toEqual({
      code: 1,
      out: '',
      err: `physmem: ${file}:3: 32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error
physmem: ${file}: stopped at line 3: 2 of 3 commands were run
`,
    })
    expect(accessesOf(memory)).toEqual(['w32 0x10000008=0x1', 'r32 0x1000003c'])
  })

  it.each([
    ['wait 0x10000000=0 --timeout 1ms', 3],
    ['search 0x40000000..+64 text:nothing', 3],
    ['compare 0x40000000..+4 0x10000000', 3],
    // Only when its turn comes is it known that there is no such file.
    ['load 0x40000000 /nowhere.bin', 1],
    ['devmem 0x1000003c', 1],
  ])('%s ends it, exit %i', async (line, code) => {
    const file = script(line, 'read 0x10000000')
    const ran = await run(['-t', 'sim:', '-q', 'batch', file])
    expect(ran).toMatchObject({ code, out: '' })
    expect(ran.err).toMatch(`physmem: ${file}: stopped at line 1: 1 of 2 commands was run\n`)
  })

  it('goes on with --keep-going, and lists what failed', async () => {
    const file = script(
      'wait 0x10000000=0 --timeout 1ms',
      'read 0x10000000 -q',
      'read 0x1000003c',
      'read 0x10000004 -q',
    )
    expect(await run(['-t', 'sim:', 'batch', file, '--keep-going'])).toEqual({
      code: 1,
      out: '0x50484d31\n0x00010002\n',
      err: `physmem: ${file}:1: 0x10000000 is 0x50484d31, expected 0x00000000: waited 1ms
physmem: ${file}:3: 32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error
physmem: ${file}: 2 of 4 commands failed: lines 1, 3
`,
    })
  })

  it('has exit 3 with --keep-going where only conditions were not met', async () => {
    const file = script('wait 0x10000000=0 --timeout 1ms', 'read 0x10000000')
    const { code, err } = await run(['-t', 'sim:', 'batch', file, '--keep-going'])
    expect(code).toBe(3)
    expect(err).toContain(`physmem: ${file}: 1 of 2 commands failed: line 1\n`)
  })

  it('gives its global options to the lines that do not have them', async () => {
    const file = script('read 0x0', 'read 0x0 --width 16')
    expect(await run(['-t', 'sim:', '--width', '8', '-q', 'batch', file])).toEqual(
      printed('0x70', '0x6870'),
    )
  })

  it('prints a JSON document for each command, with its line', async () => {
    const file = script(
      '# here',
      'read 0x10000008',
      'dump 0x0..+4',
      'wait 0x10000000=0 --timeout 1ms',
    )
    const { code, out } = await run(['-t', 'sim:', '--json', 'batch', file])
    const documents = out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
    expect(code).toBe(3)
    expect(documents).toMatchObject([
      { command: 'read', line: 2, results: [{ value: 0 }] },
      { command: 'dump', line: 3, pieces: [{ address: 0 }] },
      { command: 'wait', line: 4, met: false },
    ])
  })

  it('prints the errors of wrong lines as JSON, too', async () => {
    const file = script('read 0x10000008', 'reed 1')
    const { code, out } = await run(['-t', 'sim:', '--json', 'batch', file])
    expect(code).toBe(2)
    expect(out.split('\n').length).toBe(2)
    expect(JSON.parse(out)).toMatchObject({
      command: 'batch',
      line: 2,
      error: { code: 'EUSAGE', message: '"reed" is not a command, did you mean read?' },
    })
  })

  it('prints a document for a file without commands, too', async () => {
    const file = script('# nothing yet', '')
    expect(await run(['-t', 'sim:', '--json', 'batch', file])).toEqual(
      printed('{"command":"batch","commands":0}'),
    )
  })

  it('reads what an earlier line has written to a file', async () => {
    const [image, back] = [folder.file('image.bin'), folder.file('back.bin')]
    const file = script(
      'fill 0x40000000..+16 0xa5a5a5a5',
      `dump 0x40000000..+16 -o ${image}`,
      `load 0x40000100 ${image}`,
      `dump 0x40000100..+16 -o ${back}`,
      'copy 0x40000100..+16 0x40000200',
      'compare 0x40000200..+16 0x40000000',
      `write file:${back}=0`,
      `read file:${back}`,
    )
    expect((await run(['-t', 'sim:', '-q', 'batch', file])).out).toBe('0x00000000\n')
    expect(readFileSync(image).toString('hex')).toBe('a5'.repeat(16))
  })

  it('opens each memory once', async () => {
    const opened: string[] = []
    const memory = await recordedSim()
    const { runCli } = await import('../frame/run.ts')
    const output = {
      write() {},
      isTerminal: false,
      hasColors: false,
      hasUnicode: true,
      columns: 80,
      rows: 24,
    }
    const signal = new AbortController().signal
    const io = {
      stdout: output,
      stderr: output,
      interrupted: () => signal,
      inputEnded: () => signal,
      readInput: async () => new Uint8Array(0),
    }
    const code = await runCli(
      ['batch', script(...Array(5).fill('read 0x0'), 'write 0x40000000=1')],
      io,
      {
        commands: registry,
        env: {},
        openMachine: async (_target, mode) => {
          opened.push(mode)
          return {
            locate: async ({ offset }) => ({ memory, address: offset }),
            close: async () => {},
          }
        },
      },
    )
    expect({ code, opened }).toEqual({ code: 0, opened: ['read', 'write'] })
  })

  it('ends between two commands after Ctrl-C', async () => {
    const stop = new AbortController()
    const file = script('read 0x0', 'read 0x4')
    const ran = await run(['-t', 'sim:', 'batch', file], {
      signal: stop.signal,
      onPrint: () => stop.abort(),
    })
    expect(ran).toMatchObject({ code: 1, out: '0x00000000  0x73796870\n' })
    expect(ran.err).toBe('physmem: stopped (Ctrl-C): 1 of 2 commands was run\n')
  })

  it('does not count a command that Ctrl-C stopped', async () => {
    const file = script('read 0x0', 'wait 0x0=1 --timeout 10s', 'read 0x4')
    const stop = new AbortController()
    const ran = await run(['-t', 'sim:', 'batch', file], {
      signal: stop.signal,
      onPrint: () => setTimeout(() => stop.abort(), 50),
    })
    expect(ran.code).toBe(1)
    const said = ['2: stopped (Ctrl-C)', ' ended at line 2: 1 of 3 commands was run']
    expect(ran.err).toBe(said.map((text) => `physmem: ${file}:${text}\n`).join(''))
  })

  it('has in each line the file that is there then', async () => {
    const [path, other] = [folder.file('now.bin', 'aaaa'), folder.file('next.bin', 'bbbb')]
    const lines = Array(3).fill(`read file:${path} -q`)
    let printed = 0
    const onPrint = () => {
      printed += 1
      if (printed === 1) renameSync(other, path)
      if (printed === 2) rmSync(path)
    }
    const file = script(...lines)
    expect(await run(['batch', file], { onPrint })).toEqual({
      code: 1,
      out: '0x61616161\n0x62626262\n',
      err:
        `physmem: ${file}:3: ${path} cannot be opened for reading: there is no such file\n` +
        `physmem: ${file}: stopped at line 3: 3 of 3 commands were run\n`,
    })
  })
})
