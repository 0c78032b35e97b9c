import { describe, expect, it } from 'vitest'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

describe('write', () => {
  it('stores once, reads nothing and prints nothing', async () => {
    const memory = await recordedSim()
    const ran = await run('write 0x09000000=0x41 --width 8', { memory })
    expect(ran).toEqual({ code: 0, out: '', err: '' })
    expect(accessesOf(memory)).toEqual(['w8 0x9000000=0x41'])
    expect(memory.board.text('uart0.DR')).toBe('A')
  })

  it('reads, changes the bits and writes; prints what was and what is', async () => {
    const memory = await recordedSim()
    await run('write 0x10000008=0xffffffff', { memory })
    const { out } = await run('write 0x10000008:7:4=0x3', { memory })
    expect(out).toBe('0x10000008:7:4  read 0xf, wrote 0x3  in 0xffffffff, 0xffffff3f\n')
    expect(accessesOf(memory).slice(1)).toEqual(['r32 0x10000008', 'w32 0x10000008=0xffffff3f'])
  })

  it('makes assignments in the order given', async () => {
    const memory = await recordedSim()
    await run('write 0x10000008=1 0x40000000=2 0x10000018:3=1', { memory })
    expect(accessesOf(memory)).toEqual([
      'w32 0x10000008=0x1',
      'w32 0x40000000=0x2',
      'r32 0x10000018',
      'w32 0x10000018=0x8',
    ])
  })

  it('swaps values and masks for a big-endian device', async () => {
    const memory = await recordedSim()
    await run('write 0x10000008=0x11223344 --endian big', { memory })
    const { out } = await run('write 0x10000008:31:24=0xff --endian big', { memory })
    expect(out).toBe('0x10000008:31:24  read 0x11, wrote 0xff  in 0x11223344, 0xff223344\n')
    expect(memory.board.peek('demo.SCRATCH')).toBe(0x443322ffn)
  })

  it('prints JSON', async () => {
    const { out } = await run('--target sim: write 0x10000008=5 0x10000020:6:4=3 --json')
    expect(JSON.parse(out)).toEqual({
      command: 'write',
      results: [
        { place: '0x10000008', address: 0x10000008, width: 32, value: 5, done: true },
        {
          place: '0x10000020:6:4',
          address: 0x10000020,
          width: 32,
          bits: '6:4',
          field: 3,
          done: true,
          value: 0x30,
          old: 0,
          oldField: 0,
        },
      ],
    })
  })

  it('shows several changes in columns', async () => {
    const { out } = await run('--target sim: write 0x10000008:7:0=5 0x10000020:6=1 0x10000020:4=1')
    expect(out).toBe(
      '0x10000008:7:0  read 0x00, wrote 0x05  in 0x00000000, 0x00000005\n' +
        '0x10000020:6    read 0x0, wrote 0x1    in 0x00000000, 0x00000040\n' +
        '0x10000020:4    read 0x0, wrote 0x1    in 0x00000040, 0x00000050\n',
    )
  })

  it('reads back with --verify, and exits with 3 when it differs', async () => {
    const memory = await recordedSim()
    const good = await run('write 0x10000008=5 0x10000020:6:4=3 --verify --quiet', { memory })
    expect(good).toEqual({ code: 0, out: '', err: '' })
    expect(accessesOf(memory)).toEqual([
      'w32 0x10000008=0x5',
      'r32 0x10000008',
      'r32 0x10000020',
      'w32 0x10000020=0x30',
      'r32 0x10000020',
    ])
    expect(await run('--target sim: write 0x10000024=1 --verify')).toEqual({
      code: 3,
      out: '',
      err: 'physmem: 0x10000024=0x00000001 was written, but reads back as 0x00000000\n',
    })
    const json = await run('--target sim: write 0x10000024=1 --verify --json')
    expect(json.code).toBe(3)
    expect(JSON.parse(json.out).results[0]).toMatchObject({ readBack: 0, verified: false })
  })

  it('says which assignments were made before a fault', async () => {
    const memory = await recordedSim()
    const ran = await run('write 0x10000008=1 0x1000003c=2 0x10000018:3=1', { memory })
    expect(ran).toEqual({
      code: 1,
      out: '',
      err:
        'physmem: 32-bit write at 0x1000003c failed: demo.BROKEN answers every access with a bus error\n' +
        '  done: made 1 of 3 assignments (0x10000008=0x00000001); ' +
        'not made: 0x1000003c=0x00000002, 0x10000018:3=0x1\n',
    })
  })

  it('writes a misaligned place byte by byte when that is allowed', async () => {
    const memory = await recordedSim()
    const { err } = await run('write 0x40000001=0x11223344 --unaligned --verify', { memory })
    expect(err).toBe('physmem: 0x40000001 is not aligned to 32 bits: accessed as 4 single bytes\n')
    const { out } = await run('write 0x40000001:15:4=0xfff --unaligned --quiet --verify', {
      memory,
    })
    expect(out).toBe('')
    expect(accessesOf(memory)).toEqual([
      'w8 0x40000001=0x44',
      'w8 0x40000002=0x33',
      'w8 0x40000003=0x22',
      'w8 0x40000004=0x11',
      ...['r8 0x40000001', 'r8 0x40000002', 'r8 0x40000003', 'r8 0x40000004'],
      'r8 0x40000001',
      'w8 0x40000001=0xf4',
      'r8 0x40000002',
      'w8 0x40000002=0xff',
      'r8 0x40000003',
      'r8 0x40000004',
      ...['r8 0x40000001', 'r8 0x40000002', 'r8 0x40000003', 'r8 0x40000004'],
    ])
  })

  it('only says what it would do with --dry-run', async () => {
    const memory = await recordedSim()
    const line = 'write 0x09000000=0x41 0x10000020:7:4=0x3 0x40000001=1 --dry-run --unaligned'
    expect(await run(line, { memory })).toEqual({
      code: 0,
      out:
        'would write 0x00000041 to 0x09000000 (32 bits)\n' +
        'would read 0x10000020:7:4, set it to 0x3 and write (32 bits, mask 0x000000f0, value 0x00000030)\n' +
        'would write 0x00000001 to 0x40000001 (4 byte accesses)\n',
      err: '',
    })
    expect(accessesOf(memory)).toEqual([])
    const json = await run('--target sim: write 0x10000008=1 --dry-run --json')
    expect(JSON.parse(json.out)).toEqual({
      command: 'write',
      dryRun: true,
      results: [{ place: '0x10000008', address: 0x10000008, width: 32, value: 1 }],
    })
  })

  it.each([
    ['0x10000008=0x100000000', '0x100000000 does not fit in 32 bits (largest: 0xffffffff)'],
    ['0x10000008:7:4=0x10', '0x10 does not fit in bits 7:4 (largest: 0xf)'],
    ['0x10000008:32=1', 'bit 32 does not exist: a 32-bit access has bits 0 to 31 (or --width 64)'],
    [
      '0x10000008',
      '"0x10000008" is not an assignment: expected PLACE=VALUE, such as 0xfed00000=0x1',
    ],
    ['0x10000008=0x5oops', '"0x5oops" is not a value: unexpected "oops" after 0x5'],
  ])('writes nothing when the second of two is %s', async (wrong, message) => {
    for (const options of ['', '--dry-run']) {
      const memory = await recordedSim()
      const { code, out, err } = await run(`write 0x10000008=1 ${wrong} ${options}`, { memory })
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toContain(`physmem: ${message}\n`)
      expect(accessesOf(memory)).toEqual([])
    }
  })
})
