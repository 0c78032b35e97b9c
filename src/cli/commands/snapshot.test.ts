import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../memory/clock.ts'
import { openSim, type SimMemory } from '../../memory/sim/index.ts'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { isValid } from '../testing/schemas.ts'

const folder = new TestFolder()
const path = (name: string) => join(folder.path, name)
const before = path('before.json')

const TWINS = `<device><name>two</name><addressUnitBits>8</addressUnitBits><width>32</width><size>32</size>
<peripherals><peripheral><name>TWO</name><baseAddress>0x10000000</baseAddress><registers>
<register><name>A</name><addressOffset>0x8</addressOffset></register>
<register><name>A</name><addressOffset>0x20</addressOffset></register>
</registers></peripheral></peripherals></device>`

let memory: SimMemory
beforeEach(async () => {
  memory = await openSim('', { clock: new VirtualClock(), record: true })
})

const on = (line: string) => run(`--target sim: ${line}`, { memory })
/** Accesses of the board since the last call. */
const accesses = () => memory.board.accesses.splice(0)

describe('snapshot', () => {
  it('writes a file of values, and what was not read', async () => {
    const { code, out, err } = await on(`snapshot demo -o ${before}`)
    expect([code, out]).toEqual([0, `11 registers in ${before}\n`])
    expect(err).toBe(
      'physmem: 5 registers were not read: demo.COMMAND (it is write-only); demo.EVENTS (reading clears it); demo.FIFO, demo.LOADS (reading changes them); demo.BROKEN (reading it ends in a bus error)\n',
    )
    const file = readFileSync(before, 'utf8')
    expect(file).toContain(
      '{"register":"demo.SCRATCH","place":"0x10000008","width":32,"value":"0x00000000"}',
    )
    expect(JSON.parse(file)).toMatchObject({ chip: 'demo', target: 'sim:' })
    expect(isValid('files/snapshot.json', JSON.parse(file))).toBe(true)
    const edited = file.replace('"width":32', '"width":24')
    expect(isValid('files/snapshot.json', JSON.parse(edited))).toBe(false)
    expect(accesses().map(({ address }) => address)).not.toContain(0x1000_001c)
    expect((await on(`snapshot gpio -o ${before} --quiet`)).out).toBe('')
  })

  it('prints it without a file', async () => {
    const { out } = await on('snapshot gpio.OUT')
    expect(JSON.parse(out)).toMatchObject({
      registers: [{ register: 'gpio.OUT', place: '0x9030000', width: 32, value: '0x00000000' }],
    })
    const { out: json } = await on('snapshot gpio.OUT --json')
    expect(JSON.parse(json)).toMatchObject({
      ...{ command: 'snapshot', target: 'sim:', skipped: [] },
      registers: [
        { register: 'gpio.OUT', place: '0x9030000', address: 0x903_0000, width: 32, value: 0 },
      ],
    })
  })

  it('holds two registers of one name, which diff and restore know by their places', async () => {
    const twins = path('twins.yaml.svd')
    writeFileSync(twins, TWINS)
    const saved = path('twins.json')
    expect((await on(`snapshot TWO -o ${saved} --chip ${twins}`)).code).toBe(0)
    const registers = JSON.parse(readFileSync(saved, 'utf8')).registers as { place: string }[]
    expect(registers).toMatchObject([
      { register: 'TWO.A', place: '0x10000008' },
      { register: 'TWO.A', place: '0x10000020' },
    ])
    await on('write 0x10000008=0x5')
    await on('write 0x10000020=0x1')
    const changed = path('changed.json')
    await on(`snapshot TWO -o ${changed} --chip ${twins}`)
    const { out } = await on(`diff ${saved} ${changed} --json --chip ${twins}`)
    expect(JSON.parse(out)).toMatchObject({
      compared: 2,
      skipped: [],
      differences: [{ register: 'TWO.A' }, { register: 'TWO.A' }],
    })
    const { code, err } = await on(`restore ${saved} --chip ${twins}`)
    expect([code, err]).toEqual([0, 'physmem: 2 registers restored, 0 had the value\n'])
    expect((await on('read 0x10000008 -q')).out).toBe('0x00000000\n')
    expect((await on('read 0x10000020 -q')).out).toBe('0x00000000\n')
  })

  it('takes names only', async () => {
    expect((await on('snapshot 0x1000')).code).toBe(2)
  })

  it.each([
    ['gpio.OUT:LINE[1]', 'gpio.OUT'],
    ['gpio.OUT:3:0', 'gpio.OUT'],
    ['demo.C*:MODE', 'demo.C*'],
  ])('refuses %s, a part, since a restoration would write its neighbours', async (part, whole) => {
    const { code, out, err } = await on(`snapshot gpio.DIR ${part} -o ${path('part.json')}`)
    expect([code, out, accesses()]).toEqual([2, '', []])
    expect(err).toBe(
      `physmem: ${part} is a part of a register, but a snapshot holds whole registers\n` +
        `  hint: give ${whole}\n`,
    )
    expect(existsSync(path('part.json'))).toBe(false)
  })

  it('refuses a place', async () => {
    expect(await on('snapshot file:a')).toMatchObject({
      ...{ code: 2, out: '' },
      err: 'physmem: file:a is a place, but a snapshot holds registers by their names\n  hint: dump saves what is at a place\n',
    })
  })

  it('refuses a name that nothing has', async () => {
    expect((await on('snapshot nosuch')).err).toBe(
      'physmem: nothing here is named "nosuch"\n  hint: physmem --target sim: chips shows the names\n',
    )
  })

  it('needs a name', async () => {
    expect((await on('snapshot')).err).toBe(
      'physmem: snapshot needs a NAME, such as physmem --target sim: snapshot uart0 gpio -o before.json\n  hint: see physmem snapshot --help\n',
    )
  })

  it('replaces what was in the file, as dump does', async () => {
    writeFileSync(before, 'x'.repeat(10_000))
    await on(`snapshot gpio.OUT -o ${before}`)
    expect(JSON.parse(readFileSync(before, 'utf8'))).toMatchObject({ chip: 'demo' })
  })
})

describe('diff', () => {
  it('shows fields that differ from what registers have now, and exits with 3', async () => {
    await on(`snapshot uart0 gpio -o ${before}`)
    expect(await on(`diff ${before}`)).toEqual({ code: 0, out: 'equal: 17 registers\n', err: '' })
    await on('write uart0.CR:UARTEN=1 gpio.DIR:LINE[3]=out')
    expect(await on(`diff ${before}`)).toEqual({
      code: 3,
      out:
        'uart0.CR  0x00000300 -> 0x00000301\n' +
        '  UARTEN  0  0 -> 1\n' +
        'gpio.DIR  0x00000000 -> 0x00000008\n' +
        '  LINE[3]  3  0 (in) -> 1 (out)\n',
      err: '',
    })
    expect(await on(`diff ${before} --quiet`)).toEqual({ code: 3, out: '', err: '' })
    const { out } = await on(`diff ${before} --json`)
    expect(JSON.parse(out)).toMatchObject({ equal: false, differences: [{ before: 768 }, {}] })
  })

  it('compares two files, without an access', async () => {
    await on(`snapshot gpio -o ${before}`)
    await on('write gpio.OUT=5')
    await on(`snapshot gpio.OUT gpio.DIR uart0.CR -o ${path('after.json')}`)
    accesses()
    const { code, out, err } = await on(`diff ${before} ${path('after.json')}`)
    expect(code).toBe(3)
    expect(out).toContain('gpio.OUT  0x00000000 -> 0x00000005\n  LINE[2]  2  0 -> 1\n')
    expect(err).toBe(
      'physmem: 2 registers were not compared: gpio.IN (the second file has none); uart0.CR (the first file has none)\n',
    )
    expect(accesses()).toEqual([])
  })

  it('takes a place that is written with other zeros for the same place', async () => {
    await on(`snapshot gpio.OUT -o ${before}`)
    const text = readFileSync(before, 'utf8').replace('"0x9030000"', '"0x09030000"')
    writeFileSync(before, text)
    expect(text).toContain('"0x09030000"')
    expect(await on(`diff ${before}`)).toMatchObject({ code: 0, out: 'equal: 1 register\n' })
  })

  it('is never equal where only one file has a register', async () => {
    const after = path('after.json')
    await on(`snapshot gpio -o ${before}`)
    await on(`snapshot gpio.OUT gpio.DIR -o ${after}`)
    expect(await on(`diff ${before} ${after}`)).toEqual({
      ...{ code: 3, out: '' },
      err: 'physmem: 1 register was not compared: gpio.IN (the second file has none)\n',
    })
    expect(await on(`diff ${after} ${before}`)).toEqual({
      ...{ code: 3, out: '' },
      err: 'physmem: 1 register was not compared: gpio.IN (the first file has none)\n',
    })
    const { code, out } = await on(`diff ${after} ${before} --json`)
    expect([code, JSON.parse(out)]).toMatchObject([3, { equal: false, differences: [] }])
  })

  it('refuses two files of two chips', async () => {
    const after = path('after.json')
    await on(`snapshot gpio -o ${before}`)
    const text = readFileSync(before, 'utf8')
    writeFileSync(after, text.replace('"chip": "demo"', '"chip": "other"'))
    expect(await on(`diff ${before} ${after}`)).toEqual({
      ...{ code: 2, out: '' },
      err: `physmem: ${before} is a snapshot of the chip demo, but ${after} is a snapshot of the chip other\n`,
    })
    writeFileSync(after, text.replace('  "chip": "demo",\n', ''))
    expect((await on(`diff ${before} ${after}`)).err).toBe(
      `physmem: ${before} is a snapshot of the chip demo, but ${after} names no chip\n`,
    )
  })
})

describe('a snapshot through a pipe', () => {
  const input = async (line: string) => new TextEncoder().encode((await on(line)).out)

  it('is compared as a file is, on either side', async () => {
    const saved = await input('snapshot gpio.OUT')
    await on(`snapshot gpio.OUT -o ${before}`)
    const equal = { code: 0, out: 'equal: 1 register\n', err: '' }
    expect(await run('--target sim: diff -', { memory, input: saved })).toEqual(equal)
    expect(await run(`--target sim: diff - ${before}`, { input: saved })).toEqual(equal)
    expect(await run(`--target sim: diff ${before} -`, { input: saved })).toEqual(equal)
  })

  it('is restored as a file is', async () => {
    const saved = await input('snapshot gpio.OUT')
    await on('write gpio.OUT=5')
    const { code, out } = await run('--target sim: restore -', { memory, input: saved })
    expect([code, out.split('\n')[0]]).toEqual([0, 'gpio.OUT  0x00000005 -> 0x00000000'])
    expect(await memory.read32(0x0903_0000)).toBe(0)
  })

  it('is refused where it is none, or twice', async () => {
    const none = await run('--target sim: restore -', { memory, input: new Uint8Array([0x7b]) })
    expect([none.code, none.err]).toEqual([
      2,
      'physmem: standard input:1:2: it ends too early: expected what physmem snapshot writes\n',
    ])
    const twice = await run('--target sim: diff - -', { memory })
    expect([twice.code, twice.err]).toEqual([
      2,
      'physmem: standard input is one snapshot: give the other as a file\n',
    ])
  })
})

describe('restore', () => {
  it('writes what differs, in the order of the file, once', async () => {
    await on(`snapshot uart0 gpio -o ${before}`)
    await on('write gpio.OUT=0xf gpio.DIR=0xff uart0.CR:UARTEN=1')
    accesses()
    const changes =
      'uart0.CR  0x00000301 -> 0x00000300\n' +
      '  UARTEN  0  1 -> 0\n' +
      'gpio.OUT  0x0000000f -> 0x00000000\n'
    const dry = await on(`restore ${before} --dry-run`)
    expect(dry.out).toContain(changes)
    expect(dry.err).toBe('physmem: 3 registers would be restored, 14 had the value\n')
    expect(accesses().filter(({ direction }) => direction === 'write')).toEqual([])
    const { code, out, err } = await on(`restore ${before}`)
    expect([code, err]).toEqual([0, 'physmem: 3 registers restored, 14 had the value\n'])
    expect(out).toContain(changes)
    const stores = accesses().filter(({ direction }) => direction === 'write')
    expect(stores.map(({ address, value }) => [address, value])).toEqual([
      [0x0900_0030, 0x300],
      [0x0903_0000, 0],
      [0x0903_0004, 0],
    ])
    expect((await on(`diff ${before}`)).code).toBe(0)
    accesses()
    await on(`restore ${before}`)
    expect(accesses().filter(({ direction }) => direction === 'write')).toEqual([])
  })

  it('leaves bits that a 1 clears, and what is read-only', async () => {
    await on('write demo.INT_FORCE=0x1')
    await on(`snapshot demo -o ${before}`)
    await on('write demo.INT_STATUS=0x1 demo.SCRATCH=7')
    accesses()
    const { err } = await on(`restore ${before}`)
    const stores = accesses().filter(({ direction }) => direction === 'write')
    expect(stores.map(({ address }) => address)).toEqual([0x1000_0008])
    expect(err).toContain(
      'physmem: not restored: demo.INT_STATUS:DONE (writing a 1 clears it); demo.INT_FORCE:DONE (writing a 1 sets it)\n',
    )
  })

  it('refuses a snapshot of another target, but with --force', async () => {
    await on(`snapshot gpio -o ${before}`)
    const text = readFileSync(before, 'utf8')
    writeFileSync(before, text.replace('"target": "sim:"', '"target": "local"'))
    await on('write gpio.OUT=5')
    accesses()
    for (const how of ['', '--dry-run']) {
      expect(await on(`restore ${before} ${how}`)).toEqual({
        ...{ code: 2, out: '' },
        err:
          `physmem: ${before} was taken with --target local, but this is --target sim:\n` +
          '  hint: give --target local, or --force to restore it anyway\n',
      })
    }
    expect(accesses()).toEqual([])
    expect((await on(`restore ${before} --force`)).err).toBe(
      'physmem: 1 register restored, 2 had the value\n',
    )
  })

  it('refuses what is not a file of a snapshot', async () => {
    expect((await on('restore /dev/null')).err).toBe(
      'physmem: /dev/null is not a regular file: expected a snapshot\n',
    )
  })

  it('refuses a snapshot of another chip, and registers that are elsewhere', async () => {
    await on(`snapshot gpio -o ${before}`)
    const text = readFileSync(before, 'utf8')
    const edited = async (from: string, to: string) => {
      writeFileSync(before, text.replace(from, to))
      accesses()
      const ran = await on(`restore ${before}`)
      expect(accesses()).toEqual([])
      return [ran.code, ran.err.split('\n')[0]]
    }
    expect(await edited('"chip": "demo"', '"chip": "bcm2711"')).toEqual([
      2,
      `physmem: ${before} is a snapshot of the chip bcm2711, but the registers here are described as those of demo`,
    ])
    expect(await edited('0x9030000', '0x9040000')).toEqual([
      2,
      `physmem: ${before}:7:36: gpio.OUT was 32 bits at 0x9040000, but is 32 bits at 0x9030000 here`,
    ])
    expect(await edited('"width":32', '"width":16')).toEqual([
      2,
      `physmem: ${before}:7:56: gpio.OUT was 16 bits at 0x9030000, but is 32 bits at 0x9030000 here`,
    ])
    expect(await edited('gpio.DIR', 'gpio.DIRR')).toEqual([
      2,
      `physmem: ${before}:8:17: there is no register "DIRR" in gpio, did you mean gpio.DIR?`,
    ])
    expect(await edited('  "chip": "demo",\n', '')).toEqual([
      2,
      `physmem: ${before} names no chip, but the registers here are described as those of demo`,
    ])
    expect(await edited('"0x00000000"', '"zero"')).toEqual([
      2,
      expect.stringMatching(/before\.json:7:\d+: registers\[0\]\.value: expected a value such as/),
    ])
  })
})

describe('record by name', () => {
  it('has a signal for the register, and one for each field', async () => {
    const line = 'record gpio.IN:LINE[2] demo.STATUS --count 1 --vcd - --when demo.STATUS:EMPTY=1'
    const { out, err } = await on(line)
    const scopes = out.match(/^\$(?:scope|var|upscope).*(?= \$end$)/gm)
    expect(scopes?.slice(2)).toEqual([
      ...[
        '$scope module gpio',
        '$scope module IN',
        '$var wire 1 ! LINE_2_',
        '$upscope',
        '$upscope',
      ],
      ...['$scope module demo', '$var wire 32 " STATUS', '$scope module STATUS'],
      ...['$var wire 1 # BUSY', '$var wire 1 $ DONE', '$var wire 1 % EMPTY', '$var wire 1 & FULL'],
      ...["$var wire 8 ' LEVEL", '$upscope', '$upscope', '$upscope'],
    ])
    expect(err).toBe('physmem: 1 sample\n')
    expect(accesses().map(({ address }) => address)).toEqual([0x0903_0008, 0x1000_000c])
  })

  it('samples of a block what a read does not change', async () => {
    const { out, err } = await on('record demo.E* --count 1')
    expect(out).toBe('after 0.000 ms  demo.EVENT_FORCE 0x00000001\n')
    expect(err).toContain('1 register was not read: demo.EVENTS (reading clears it)')
  })
})
