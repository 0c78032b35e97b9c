import { describe, expect, it } from 'vitest'
import { printed, run } from '../../testing/run.ts'
import { accessesOf, recordedSim } from '../../testing/sim.ts'

/** What a line on a board that was just switched on prints, and its accesses. */
async function on(line: string) {
  const memory = await recordedSim()
  const ran = await run(`--target sim: ${line}`, { memory })
  return { ...ran, accesses: accessesOf(memory) }
}

describe('read by name', () => {
  it('reads a register once, whole, and shows its fields', async () => {
    const { accesses, ...ran } = await on('read demo.STATUS')
    expect(accesses).toEqual(['r32 0x1000000c'])
    expect(ran).toEqual(
      printed(
        'demo.STATUS  0x00000004',
        '  LEVEL  15:8  0x00  (Elements in the FIFO)',
        '  FULL   3     0     (The FIFO is full)',
        '  EMPTY  2     1     (The FIFO is empty)',
        '  DONE   1     0     (The work has ended since it was started)',
        '  BUSY   0     0     (The work is under way)',
      ),
    )
  })

  it('cuts a field out of a whole read', async () => {
    const { accesses, ...ran } = await on('read uart0.FR:TXFE demo.VERSION:31:16 hpet.CAP:3:0')
    expect(accesses).toEqual(['r32 0x9000018', 'r32 0x10000004', 'r64 0xfed00000'])
    expect(ran.out).toContain('uart0.FR:TXFE       1 (empty)  in 0x00000090\n')
    expect(ran.out).toContain('demo.VERSION:31:16  0x0001     in 0x00010002\n')
  })

  it('leaves out of a block what a read could change, and says so', async () => {
    const { accesses, out, err } = await on('read demo')
    expect(accesses).toHaveLength(11)
    for (const at of ['1c', '24', '28', '38', '3c']) {
      expect(accesses).not.toContain(`r32 0x100000${at}`)
    }
    expect(out.split('\n')).toHaveLength(12)
    expect(err).toBe(
      'physmem: 5 registers were not read: demo.COMMAND (it is write-only); demo.EVENTS (reading clears it); demo.FIFO, demo.LOADS (reading changes them); demo.BROKEN (reading it ends in a bus error)\n',
    )
  })

  it('says nothing of registers without the field that is read of all', async () => {
    expect(await on('read demo.*:MODE')).toEqual({
      ...printed('demo.CONTROL:MODE  0 (Off)  in 0x00000000'),
      accesses: ['r32 0x10000020'],
    })
  })

  it('reads one that is named alone, with a warning', async () => {
    const { accesses, err } = await on('read demo.EVENTS:DONE')
    expect(accesses).toEqual(['r32 0x1000001c'])
    expect(err).toBe('physmem: demo.EVENTS: reading clears it\n')
  })

  it('reads names and places in the order given', async () => {
    const { accesses, out } = await on('read gpio.D* 0x10000004..+8 gpio.OUT --quiet')
    expect(accesses).toEqual(['r32 0x9030004', 'r32 0x10000004', 'r32 0x10000008', 'r32 0x9030000'])
    expect(out).toBe('0x00000000\n0x00010002\n0x00000000\n0x00000000\n')
  })

  it('has names and places in one column, and fields below their register', async () => {
    const line = 'read 0x10000004 uart0.FR:TXFE 0x10000004:31:16 demo.CONTROL uart0.FR:TXFF'
    expect(await on(`${line} --base dec`)).toMatchObject(
      printed(
        '0x10000004            65538',
        'uart0.FR:TXFE     1 (empty)  in 144',
        '0x10000004:31:16          1  in 65538',
        'demo.CONTROL              0',
        '  START  7    0  idle',
        '  MODE   6:4  0  Off',
        'uart0.FR:TXFF      0 (room)  in 144',
      ),
    )
  })

  it('has registers without fields in the same column', async () => {
    const { out } = await on('read demo.FIFO demo.LOADS demo.EVENTS')
    expect(out).toBe(
      printed(
        'demo.FIFO    0xffffffff',
        'demo.LOADS   0x00000000',
        'demo.EVENTS  0x00000001',
        '  DONE      1  0  (The work is done)',
        '  POWER_ON  0  1  (It was switched on)',
      ).out,
    )
  })

  it('has all fields in its document, and what was skipped', async () => {
    const { out } = await on('read uart0.FR:TXFE demo.CO* --json')
    const { results, skipped } = JSON.parse(out)
    expect(results[0]).toMatchObject({
      ...{ register: 'uart0.FR:TXFE', place: '0x9000018:7', value: 0x90, bits: '7', field: 1 },
      description: 'sim:',
    })
    expect(results[0].fields).toContainEqual({
      name: 'TXFE',
      bits: '7',
      value: 1,
      meaning: 'empty',
    })
    expect(results[1].register).toBe('demo.CONTROL')
    expect(skipped).toEqual([
      { register: 'demo.COMMAND', rule: 'write-only', why: 'it is write-only' },
    ])
  })

  it.each([
    ['read demo.STATSU', 'there is no register "STATSU" in demo, did you mean demo.STATUS?'],
    [
      'read gpio.DIR:LINE[*]',
      '"gpio.DIR:LINE[*]" is not a place: a field is named in full, or all are read with gpio.DIR',
    ],
    [
      'read gpio.IN+4',
      '"gpio.IN+4" is not a place: a name takes no offset, name the register that is there',
    ],
    [
      'read gpio+4',
      '"gpio+4" is not a place: a name takes no offset, name the register that is there',
    ],
    [
      'write gpio+4=1',
      '"gpio+4" is not a place: a name takes no offset, name the register that is there',
    ],
    ['read demos.STATUS', 'nothing here is named "demos", did you mean demo.STATUS?'],
    ['read demo.STATUS:BUSSY', 'there is no field "BUSSY" in demo.STATUS, did you mean BUSY?'],
    [
      'read uart0.FR:XYZZY',
      'there is no field "XYZZY" in uart0.FR: it has CTS, DSR, DCD, BUSY, RXFE, TXFF, RXFF, TXFE and 1 more',
    ],
    [
      'read uart0.FR.TXFE',
      'uart0.FR is a register, which contains no register "TXFE", did you mean uart0.FR:TXFE?',
    ],
    [
      'read uart0.FR.BUSSY',
      'uart0.FR is a register, which contains no register "BUSSY", did you mean uart0.FR:BUSY?',
    ],
    [
      'read uart0.FR.XYZ',
      'uart0.FR is a register, which contains no register "XYZ": name a field as uart0.FR:FIELD',
    ],
    [
      'write uart0.CR.TXE=1',
      'uart0.CR is a register, which contains no register "TXE", did you mean uart0.CR:TXE?',
    ],
    ["read 'zz*.DR'", 'no register of sim: matches "zz*.DR"'],
    ['read demo.STATUS:40', 'bit 40 does not exist: demo.STATUS has bits 0 to 31'],
    ['read demo.STATUS --count 4', '--count is for places: a register is read once'],
    ...[
      'read uart0.FR',
      'write uart0.CR:TXE=1',
      'wait uart0.FR:TXFE=1',
      'watch uart0.FR',
      'record uart0.FR --count 1',
    ].map((line) => [`${line} --width 8`, '--width is for places: a register has its own width']),
    ...['read uart0.FR', 'write uart0.CR:TXE=1', 'wait uart0.FR:TXFE=1'].map((line) => [
      `${line} --unaligned`,
      '--unaligned is for places: a register has its own width',
    ]),
    [
      'read demo.COMMAND',
      'demo.COMMAND is write-only: what a read gives is not its value\n  hint: give --force to read it anyway',
    ],
    [
      'read pl011@file:a.bin.FR',
      '"pl011@file:a.bin.FR" is not a place on a simulated board: it has plain addresses only',
    ],
  ])('%s is refused before anything is accessed', async (line, message) => {
    const { code, out, err, accesses } = await on(line.replaceAll("'", ''))
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `physmem: ${message}\n` })
    expect(accesses).toEqual([])
  })
})

describe('write by name', () => {
  it('reads and writes once for all fields of a register', async () => {
    const { accesses, ...ran } = await on('write demo.CONTROL:MODE=Fast demo.CONTROL:3:0=5')
    expect(accesses).toEqual(['r32 0x10000020', 'w32 0x10000020=0x25'])
    expect(ran).toEqual(
      printed(
        'demo.CONTROL:MODE  read 0 (Off), wrote 2 (Fast)  in 0x00000000, 0x00000025',
        'demo.CONTROL:3:0   read 0x0, wrote 0x5           in 0x00000000, 0x00000025',
      ),
    )
  })

  it('tells of every store, by name and by address in any order', async () => {
    const named = 'demo.CONTROL:MODE=Fast'
    const one = 'demo.CONTROL:MODE  read 0 (Off), wrote 2 (Fast)  in 0x00000000, 0x00000020'
    const other = '0x10000008:4       read 0x0, wrote 0x1           in 0x00000000, 0x00000010'
    const mixed = await on(`write ${named} 0x10000008:4=1`)
    expect(mixed).toMatchObject(printed(one, other))
    expect(await on(`write 0x10000008:4=1 ${named}`)).toMatchObject(printed(other, one))
    expect(await on(`write 0x10000008:4=1 0x10000018=1 ${named} 0x10000008:4=0`)).toMatchObject(
      printed(
        other,
        one,
        '0x10000008:4       read 0x1, wrote 0x0           in 0x00000010, 0x00000000',
      ),
    )
    const { out } = await on(`write 0x10000008:4=1 ${named} 0x10000018=1 --json`)
    const { results } = JSON.parse(out)
    expect(results.map((each: { place: string }) => each.place)).toEqual([
      ...['0x10000008:4', '0x10000020:6:4', '0x10000018'],
    ])
    expect((await on(`write ${named} 0x10000008:4=1 --dry-run`)).out).toContain(
      'would read 0x10000008:4, set it to 0x1 and write ' +
        '(32 bits, mask 0x00000010, value 0x00000010)\n',
    )
  })

  it('has of bits in JSON what a read of them has', async () => {
    const results = async (line: string) => JSON.parse((await on(`${line} --json`)).out).results
    const [read] = await results('read demo.CONTROL:MODE')
    const mode = { bits: '6:4', field: 2 }
    const [write] = await results('write demo.CONTROL:MODE=Fast')
    expect(write).toEqual({
      ...{ place: read.place, address: read.address, width: 32, done: true, old: 0, value: 0x20 },
      ...{ register: 'demo.CONTROL', description: 'sim:', ...mode, oldField: 0 },
      changes: [{ name: 'demo.CONTROL:MODE', mask: 0x70, value: 0x20, ...mode, oldField: 0 }],
      neighbours: [{ name: 'START', mask: 0x80, value: 0, why: 'one-to' }],
    })
    expect(read).toMatchObject({ bits: mode.bits, field: 0 })
    const [dry] = await results('write demo.CONTROL:MODE=Fast --dry-run')
    expect(dry).toMatchObject({ place: read.place, ...mode, changes: [mode] })
    const [numbered] = await results('write uart0.CR:9:8=1')
    expect(numbered).toMatchObject({ place: '0x9000030:9:8', bits: '9:8', field: 1, oldField: 3 })
    // Of several the whole register is the place, and each has its own bits.
    const [both] = await results('write demo.CONTROL:START=start demo.CONTROL:MODE=3')
    expect(both).toMatchObject({
      place: '0x10000020',
      changes: [
        { bits: '7', field: 1, oldField: 0 },
        { bits: '6:4', field: 3, oldField: 0 },
      ],
    })
    expect(both).not.toHaveProperty('bits')
    const [whole] = await results('write demo.CONTROL=1')
    expect(whole).not.toHaveProperty('bits')
  })

  it('writes neighbours as what changes nothing', async () => {
    const { accesses } = await on('write demo.CONTROL:START=start demo.CONTROL:MODE=3')
    expect(accesses).toEqual(['r32 0x10000020', 'w32 0x10000020=0xb0'])
    const { accesses: cleared } = await on('write demo.INT_STATUS:DONE=1')
    expect(cleared).toEqual(['w32 0x10000010=0x1'])
  })

  it('makes a pulse of the same bits twice', async () => {
    const { accesses } = await on('write uart0.CR:TXE=0 uart0.CR:TXE=1')
    expect(accesses).toEqual([
      ...['r32 0x9000030', 'w32 0x9000030=0x200'],
      ...['r32 0x9000030', 'w32 0x9000030=0x300'],
    ])
  })

  it('writes whole values and masks', async () => {
    const { accesses, err } = await on('write demo.SCRATCH=~0 gpio.DIR{0xff,0x0f} 0x10000018=1')
    expect(accesses).toEqual([
      ...['w32 0x10000008=0xffffffff', 'r32 0x9030004', 'w32 0x9030004=0xf', 'w32 0x10000018=0x1'],
    ])
    expect(err).toBe(
      'physmem: gpio.DIR: bits 0xf0 of 0xff are not in the mask 0xf, and are left as they are\n',
    )
  })

  it('says what it would do', async () => {
    const { accesses, ...ran } = await on('write demo.CONTROL:MODE=Fast demo.SCRATCH=7 --dry-run')
    expect(accesses).toEqual([])
    expect(ran).toEqual(
      printed(
        'would read demo.CONTROL, set MODE to 2 (Fast) and write (32 bits, mask 0x000000f0, value 0x00000020)',
        '  START       written as 0: only a 1 would change it',
        '  other bits  kept as read (0xffffff0f)',
        'would write 0x00000007 to demo.SCRATCH (32 bits)',
      ),
    )
  })

  it('calls value and mask as they were given, before and after', async () => {
    const { out } = await on('write demo.SCRATCH{0x10,0x10}')
    expect(out).toMatch(
      /^demo\.SCRATCH\{0x10,0x10\} {2}read 0x000000[01]0, wrote 0x00000010 {2}in /,
    )
    const dry = await on('write demo.SCRATCH{0x3,0x0f} --dry-run')
    expect(dry.out).toBe(
      'would read demo.SCRATCH, set {0x3,0xf} and write (32 bits, mask 0x0000000f, value 0x00000003)\n' +
        '  other bits  kept as read (0xfffffff0)\n',
    )
  })

  it.each([
    ['demo.CONTROL:0=1', 'set bit 0 to 0x1'],
    ['demo.CONTROL:3:2=1', 'set bits 3:2 to 0x1'],
  ])('says of bits that they are bits: %s', async (words, set) => {
    const { out } = await on(`write ${words} --dry-run`)
    expect(out).toContain(`would read demo.CONTROL, ${set} and write (32 bits, `)
  })

  it('calls a value that is written by the name that it has for a write', async () => {
    const { out } = await on('write demo.CONTROL:START=1 --dry-run')
    expect(out).toContain('set START to 1 (start)')
  })

  it('reads back what it was asked to', async () => {
    const { accesses, code } = await on('write uart0.CR:TXE=0 --verify')
    expect(accesses).toEqual(['r32 0x9000030', 'w32 0x9000030=0x200', 'r32 0x9000030'])
    expect(code).toBe(0)
    const wrong = await on('write gpio.DIR=0xfffff --verify')
    expect(wrong.err).toBe('physmem: gpio.DIR was written, but reads back as 0x0000ffff\n')
    expect(wrong.code).toBe(3)
  })

  it('names the register whose access fails', async () => {
    const why = 'failed: demo.BROKEN answers every access with a bus error\n'
    const read = await on('read demo.BROKEN')
    expect(read.err).toContain(`physmem: 32-bit read of demo.BROKEN at 0x1000003c ${why}`)
    const written = await on('write demo.BROKEN=1')
    expect(written.err).toContain(`physmem: 32-bit write of demo.BROKEN at 0x1000003c ${why}`)
    const waited = await on('wait demo.BROKEN=1')
    expect(waited.err).toContain(`physmem: 32-bit read of demo.BROKEN at 0x1000003c ${why}`)
  })

  it('compares of a whole value what keeps it, and notes what else is different', async () => {
    const cleared = await on('write demo.INT_STATUS=3 --verify')
    expect(cleared).toMatchObject({
      ...{ code: 0, accesses: ['w32 0x10000010=0x3', 'r32 0x10000010'] },
      err: 'physmem: demo.INT_STATUS reads back as 0x00000000: its description says that bits 0x3 do not keep what is written\n',
    })
    const { code, out } = await on('write demo.INT_STATUS=3 --verify --json')
    expect(code).toBe(0)
    expect(JSON.parse(out).results[0]).toMatchObject({ readBack: 0, verified: true })
    const same = await on('write demo.INT_ENABLE=3 --verify')
    expect(same).toMatchObject({ code: 0, err: '' })
  })

  it('reads nothing back that is write-only', async () => {
    const { accesses, err, code } = await on('write demo.COMMAND=1 --verify')
    expect({ accesses, err, code }).toEqual({
      ...{ accesses: [], code: 2 },
      err: 'physmem: --verify would read demo.COMMAND, and it is write-only\n  hint: leave out --verify, or give --force\n',
    })
    const forced = await on('write demo.COMMAND=1 --verify --force')
    expect(forced.code).toBe(0)
    expect(forced.accesses).toEqual(['w32 0x10000024=0x1', 'r32 0x10000024'])
  })

  it('notes a number that has no name', async () => {
    const { err } = await on('write demo.CONTROL:MODE=7')
    expect(err).toBe('physmem: demo.CONTROL:MODE: 0x7 is not one of the named values\n')
  })

  it.each([
    ['write demo.ID=3', 'demo.ID is read-only\n  hint: give --force to do it anyway'],
    [
      'write demo.CONTROL:MODE=Fsat',
      'there is no value "Fsat" of demo.CONTROL:MODE, did you mean Fast?',
    ],
    ['write demo.CONTROL:MODE=8', '0x8 does not fit in bits 6:4 (largest: 0x7)'],
    ['write demo.SCRATCH=on', '"on" is not a number: name a field, as in demo.SCRATCH:FIELD=on'],
    [
      'write demo.COMMAND:OPCODE=1',
      'demo.COMMAND is write-only, so its other bits cannot be kept, and nothing says what they are after a reset\n  hint: give the whole value, as in demo.COMMAND=VALUE',
    ],
    ['write demo=1', 'demo is 16 registers: name one, such as demo.ID'],
  ])('%s is refused before anything is accessed', async (line, message) => {
    const { code, out, err, accesses } = await on(line)
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `physmem: ${message}\n` })
    expect(accesses).toEqual([])
  })
})
