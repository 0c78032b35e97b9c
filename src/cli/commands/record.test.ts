import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../memory/clock.ts'
import { openSim } from '../../memory/sim/index.ts'
import { TestFolder } from '../testing/files.ts'
import { type RunInTest, run } from '../testing/run.ts'

const folder = new TestFolder()
const path = (name: string) => join(folder.path, name)

/** On a board whose time passes only in its pauses. */
async function record(line: string, options: RunInTest = {}) {
  const memory = await openSim('', { clock: new VirtualClock() })
  return run(`record ${line}`, { memory, ...options })
}

describe('record', () => {
  it('prints a line a sample', async () => {
    expect(await record('0x10000038 0x09000018:7 --period 1ms --for 3ms')).toEqual({
      code: 0,
      out:
        'after 0.000 ms  0x10000038 0x00000000  0x09000018:7 0x1\n' +
        'after 1.000 ms  0x10000038 0x00000001  0x09000018:7 0x1\n' +
        'after 2.000 ms  0x10000038 0x00000002  0x09000018:7 0x1\n',
      err: 'physmem: 3 samples\n',
    })
    const quiet = await record('0x10000038 0x09000018:7 --count 2 --quiet --base dec')
    expect(quiet).toEqual({ code: 0, out: '0 1\n1 1\n', err: '' })
  })

  it('keeps what differs in the bits that are named', async () => {
    const line = '0x10000038:9:2 --period 1ms --for 9ms --on-change'
    expect(await record(line)).toEqual({
      code: 0,
      out:
        'after 0.000 ms  0x10000038:9:2 0x00\n' +
        'after 4.000 ms  0x10000038:9:2 0x01\n' +
        'after 8.000 ms  0x10000038:9:2 0x02\n',
      err: 'physmem: 3 of 9 samples\n',
    })
  })

  it('reads each place once a sample, whatever is named of it, and what only triggers, too', async () => {
    const line = '0x09030008:0 0x09030008:7:4 --when 0x10000038=3 --count 1 --period 1ms'
    const { out, err } = await record(line)
    expect(out).toBe('after 3.000 ms  0x09030008:0 0x1  0x09030008:7:4 0xa\n')
    expect(err).toBe('physmem: 1 of 4 samples\n')
    const memory = await openSim('', { clock: new VirtualClock(), record: true })
    await run(`record ${line}`, { memory })
    const reads = memory.board.accesses.map(({ address }) => address)
    expect(reads).toEqual([...Array(4)].flatMap(() => [0x0903_0008, 0x1000_0038]))
  })

  it('ends with 3 where the trigger was never met', async () => {
    const line = '0x09030008 --when 0x09030008!=0xa5 --for 3ms --period 1ms'
    expect(await record(line)).toEqual({
      code: 3,
      out: '',
      err: 'physmem: 0 of 3 samples\n' + 'physmem: --when was not met: nothing was kept\n',
    })
  })

  it('writes all formats at once', async () => {
    const files = `--vcd ${path('a.vcd')} --csv ${path('a.csv')} --jsonl ${path('a.jsonl')}`
    const ran = await record(`0x10000038 0xfed00000 --period 1ms --for 2ms ${files} --width 32`)
    const names = ['a.vcd', 'a.csv', 'a.jsonl'].map(path)
    expect(ran).toEqual({ code: 0, out: `2 samples in ${names.join(', ')}\n`, err: '' })
    const [vcd, csv, jsonl] = names.map((name) => readFileSync(name, 'utf8'))
    expect(vcd).toContain('$var wire 32 ! _0x10000038 $end\n$var wire 32 " _0xfed00000 $end\n')
    expect(vcd).toMatch(/#0\n\$dumpvars\nb0 !\nb\d+ "\n\$end\n#1000000\nb1 !\n$/)
    expect(csv).toBe(
      'time_ns,0x10000038,0xfed00000,lost\n' +
        '0,0x00000000,0x8086a201,\n1000000,0x00000001,0x8086a201,\n',
    )
    expect(jsonl).toBe(
      '{"atNs":0,"values":{"0x10000038":0,"0xfed00000":2156306945}}\n' +
        '{"atNs":1000000,"values":{"0x10000038":1,"0xfed00000":2156306945}}\n',
    )
  })

  it('prints documents with --json, and at last how it ended', async () => {
    const { out } = await record('0x09030008 --count 1 --json')
    expect(out).toBe(
      '{"command":"record","atNs":0,"values":{"0x09030008":165}}\n' +
        '{"command":"record","taken":1,"kept":1,"lost":0,"missed":0,"lastNs":0}\n',
    )
    const { out: ofFile } = await record(`0x09030008 --count 1 --json --csv ${path('b.csv')}`)
    expect(JSON.parse(ofFile)).toMatchObject({ kept: 1, files: [path('b.csv')] })
  })

  it('names the register whose read failed, also one that only triggers', async () => {
    const failed =
      'physmem: 32-bit read of demo.BROKEN at 0x1000003c failed: demo.BROKEN answers every access with a bus error\n'
    const failing = async (line: string) =>
      (await record(`${line} --count 1 --force --quiet --target sim:`)).err
    expect(await failing('demo')).toBe(failed)
    expect(await failing('demo.BROKEN:3:0')).toBe(failed)
    expect(await failing('demo.ID --when demo.BROKEN=1')).toBe(failed)
  })

  it('has what came before a read that failed', async () => {
    const { code, out, err } = await record(`0x1000003c --csv ${path('c.csv')}`)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('physmem: 32-bit read at 0x1000003c failed: ')
    expect(readFileSync(path('c.csv'), 'utf8')).toBe('time_ns,0x1000003c,lost\n')
  })

  it.each([
    ['0x10000001', '0x10000001 is not a multiple of 4: a 32-bit access needs'],
    ['0x10000000 --when 0x10000000>5', '--when compares by = or !=, not >'],
    ['0x10000000 --vcd - --csv -', '--vcd - and --csv - both print on standard output: choose one'],
    ['0x10000000 --vcd - --json', '--vcd - and --json both print on standard output: choose one'],
    ['0x10000000 --for 0', 'an interval of 0: expected at least 1us'],
    [
      '0x10000000 --csv /nosuch/a.csv',
      '/nosuch/a.csv cannot be written: its folder does not exist',
    ],
  ])('refuses %s', async (line, message) => {
    const { code, err } = await record(line)
    expect([code, err]).toEqual([2, expect.stringContaining(`physmem: ${message}`)])
  })

  it('begins with no register that has no value to be read, and says what its reading does', async () => {
    const { code, out, err } = await record(
      '0x10000000 --target sim: --when demo.COMMAND=1 --count 1',
    )
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('physmem: demo.COMMAND is write-only: what a read gives is not its value')
    const { err: warned } = await record(
      '0x10000000 --target sim: --when demo.EVENTS!=0xff --count 1',
    )
    expect(warned).toBe('physmem: demo.EVENTS: reading clears it\nphysmem: 1 sample\n')
  })

  it('has a register whole, and beside it each of its fields, in every format', async () => {
    const [vcd, csv, jsonl] = ['r.vcd', 'r.csv', 'r.jsonl'].map(path)
    const files = `--vcd ${vcd} --csv ${csv} --jsonl ${jsonl}`
    const line = `demo.SCRATCH demo.INT_ENABLE gpio.IN:LINE[2] --count 1 --target sim: ${files}`
    expect((await record(line)).code).toBe(0)
    const [wave = '', table = '', lines = ''] = [vcd, csv, jsonl].map((one) =>
      readFileSync(one ?? '', 'utf8'),
    )
    const columns = ['demo.SCRATCH', 'demo.INT_ENABLE', 'demo.INT_ENABLE:DONE']
    expect(table.split('\n')[0]).toMatch(new RegExp(`^time_ns,${columns.join(',')},.*,lost$`))
    expect(Object.keys(JSON.parse(lines).values)).toEqual(
      table.split('\n')[0]?.split(',').slice(1, -1),
    )
    // What has fields is a variable, and a scope of that name with them.
    expect(wave).toMatch(/\$var wire 32 \S+ SCRATCH \$end\n\$var wire 32 \S+ INT_ENABLE \$end\n/)
    expect(wave).toMatch(/\$scope module INT_ENABLE \$end\n\$var wire 1 \S+ DONE \$end\n/)
    // A field that is named stands for itself.
    expect(wave).toMatch(/\$scope module IN \$end\n\$var wire 1 \S+ LINE_2_ \$end\n/)
    expect(wave).not.toContain('$scope module SCRATCH')
    expect(wave).not.toMatch(/\$var wire 32 \S+ IN \$end/)
  })

  it('has each signal once, whatever names and patterns mean it', async () => {
    const csv = path('once.csv')
    const line = `demo.STATUS demo.STATUS demo.ST* --target sim: --count 1 --csv ${csv}`
    expect((await record(line)).code).toBe(0)
    const columns = (readFileSync(csv, 'utf8').split('\n')[0] ?? '').split(',')
    expect(columns.some((one) => one.startsWith('demo.STATUS'))).toBe(true)
    expect(new Set(columns).size).toBe(columns.length)
  })

  it('has two registers and two fields of one name, each in a column of its own', async () => {
    const field = '<field><name>F</name><bitOffset>0</bitOffset></field>'
    const register = (offset: string, fields = '') =>
      `<register><name>A</name><addressOffset>${offset}</addressOffset>${fields}</register>`
    const both = `<fields>${field}${field.replace('>0<', '>1<')}</fields>`
    const chip = path('twins.svd')
    const text = `<device><name>two</name><size>32</size><peripherals><peripheral><name>TWO</name>
<baseAddress>0x10000000</baseAddress><registers>${register('0x8', both)}${register('0x20')}</registers>
</peripheral></peripherals></device>`
    writeFileSync(chip, text)
    const [csv, jsonl] = [path('twins.csv'), path('twins.jsonl')]
    const memory = await openSim('', { clock: new VirtualClock() })
    await memory.write(0x1000_0008, 32, 2)
    const line = `TWO -n 1 --csv ${csv} --jsonl ${jsonl} --chip ${chip} --target sim:`
    const { code } = await record(line, { memory })
    expect(code).toBe(0)
    expect(readFileSync(csv, 'utf8').split('\n')).toMatchObject([
      'time_ns,TWO.A,TWO.A:F,TWO.A:F_2,TWO.A_2,lost',
      expect.stringMatching(/^\d+,0x00000002,0x0,0x1,0x00000000,$/),
      '',
    ])
    expect(JSON.parse(readFileSync(jsonl, 'utf8'))).toMatchObject({
      values: { 'TWO.A': 2, 'TWO.A:F': 0, 'TWO.A:F_2': 1, 'TWO.A_2': 0 },
    })
  })

  it('refuses to write over what it records, and one file twice', async () => {
    const file = folder.file('m.bin', new Uint8Array(64))
    const over = await run(['record', `file:${file}`, '--csv', file])
    expect(over.err).toContain(`${file} is what is read: write to another file`)
    expect(readFileSync(file)).toHaveLength(64)
    const twice = `--csv ${path('t')} --vcd ${path('t')}`
    expect((await record(`0x10000000 ${twice}`)).err).toContain('t is given twice')
  })

  it('keeps changes only for a waveform alone, which holds nothing else', async () => {
    const file = folder.file('same.bin', new Uint8Array(64))
    const vcd = path('same.vcd')
    const { out, err } = await run(['record', `file:${file}`, '--vcd', vcd, '--for', '20ms'])
    expect(err).toBe('')
    expect(out).toMatch(/^1 of \d+ samples in \S+same\.vcd\n$/)
    const [, body] = readFileSync(vcd, 'utf8').split('$enddefinitions $end')
    expect(body).not.toContain('x')
    const both = ['--csv', path('same.csv'), '--count', '3']
    const all = await run(['record', `file:${file}`, '--vcd', vcd, ...both])
    expect(all.out).toMatch(/^3 samples in /)
    const piped = await run(['record', `file:${file}`, '--vcd', vcd, ...both, '--jsonl', '-', '-q'])
    expect(piped.out).not.toContain('samples in')
  })

  it('writes over no file that describes what it records, nor does snapshot', async () => {
    const text = 'blocks:\n  A:\n    base: 0x10000000\n    registers: { R: 8 }\n'
    const chip = folder.file('chip.yaml', text)
    const refused = { code: 2, out: '' }
    for (const line of [
      `record A.R --chip ${chip} --count 1 --csv ${chip}`,
      `record 0x10000000 --when A.R=0 --chip ${chip} --count 1 --csv ${chip}`,
      `snapshot A.R --chip ${chip} -o ${chip}`,
      `snapshot ${chip}@0x10000000 -o ${chip}`,
    ]) {
      const memory = await openSim('', { clock: new VirtualClock(), record: true })
      const { err, ...ran } = await run(line, { memory })
      expect(ran).toEqual(refused)
      expect(err).toContain(`physmem: ${chip} is a part of the description: expected another file`)
      expect(memory.board.accesses).toEqual([])
      expect(readFileSync(chip, 'utf8')).toBe(text)
    }
    const dump = folder.file('dump.bin', new Uint8Array(64))
    const over = await run(['snapshot', `A@file:${dump}+0`, '--chip', chip, '-o', dump])
    expect(over.err).toContain(`${dump} is what is read: write to another file`)
    expect(readFileSync(dump)).toHaveLength(64)
  })

  it('takes samples of a file by the engine', async () => {
    const file = folder.file('n.bin', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))
    const ran = await run(['record', `file:${file}+4`, '--count', '2', '--quiet'])
    expect(ran).toEqual({ code: 0, out: '0x08070605\n0x08070605\n', err: '' })
    const both = await run(['record', `file:${file}`, '0x10000000', '--count', '1'])
    expect(both.err).toContain(
      `file:${file} and 0x10000000 are in different memories: a sample is taken in one, record them apart`,
    )
  })

  it('ends at Ctrl-C with what it has', async () => {
    const signal = AbortSignal.abort()
    expect(await record('0x10000000', { signal })).toEqual({
      ...{ code: 0, out: '', err: 'physmem: 0 samples\n' },
    })
  })
})
