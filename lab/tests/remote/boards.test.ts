/**
 * Boards without Node, for three CPUs: of physmem there is nothing in them but the agent, by which this
 * machine's command reads and writes their registers. QEMU's trace shows the accesses.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../../src/face/connect.ts'
import { Program } from '../../../src/memory/program.ts'
import { accessesOf } from '../../machine/accesses.ts'
import { boardUnavailable, labTitle } from '../../machine/available.ts'
import { failed, type Outcome, printed } from '../../machine/physmem.ts'
import { ServedMachine } from '../../machine/served.ts'
import type { GuestArch } from '../../supply/arch.ts'
import { ensureBoardKernel } from '../../supply/board-kernel.ts'

interface Board {
  arch: GuestArch
  /** Its serial port, by QEMU's name; a register in it that holds what is written, and its width. */
  port: { name: string; base: number; offset: number; width: 8 | 32 }
  /** A register that nobody uses, and the first byte of RAM. */
  magic: string
  ram: string
  lines: [string, Outcome][]
  /** How `map` and `list` show its serial port. */
  map: RegExp
  list: RegExp
}

const pl011 = { name: 'pl011', base: 0x0900_0000, offset: 0x2c, width: 32 } as const
const pl011Lines: [string, Outcome][] = [
  ['read 0x09000fe0', printed('0x09000fe0  0x00000011')],
  ['read dt:/pl011@9000000+0xfe0 --width 16', printed('dt:/pl011@9000000+0xfe0  0x0011')],
  ['read pl011@0x09000000.PeriphID0 -q', printed('0x00000011')],
  [
    'dump 0x09000fe0..+16',
    printed('0x09000fe0  00000011 00000010 00000014 00000000  |................|'),
  ],
  ['wait 0x09000fe0=0x11 --quiet', printed('0x00000011')],
  [
    'read iomem:nothing',
    expect.objectContaining({
      exitCode: 2,
      stderr: expect.stringMatching(
        /^physmem: no resource of \/proc\/iomem is named "nothing"\n {2}hint: physmem --target \S+ list shows what there is\n$/,
      ),
    }),
  ],
]

const pl011Rows = {
  map: /0x09000000-0x09000fff +4 KiB +pl011@9000000 +dt:\/pl011@9000000 +driver uart-pl011\n/,
  list: /dt:\/pl011@9000000 +0x09000000 +4 KiB +uart-pl011 +arm,pl011 arm,primecell\n/,
}

const boards: Board[] = [
  {
    ...{ arch: 'aarch64', port: pl011, magic: '0x0a000000', ram: '0x40000000' },
    lines: pl011Lines,
    ...pl011Rows,
  },
  {
    ...{ arch: 'arm', port: pl011, magic: '0x0a000000', ram: '0x40000000' },
    lines: [
      ...pl011Lines,
      [
        'read 0x0a000000 --width 64',
        failed(
          2,
          'physmem: 0x0a000000 (/dev/mem): this CPU (arm) has no single 64-bit access; use a width of 8, 16 or 32',
        ),
      ],
      [
        'cache flush 0x0a000000..+64',
        failed(
          1,
          'physmem: 0x0a000000 (/dev/mem): this CPU (arm) allows cache-line instructions only in the kernel',
        ),
      ],
      [
        'read 0x100000000',
        failed(
          1,
          'physmem: 0x100000000 (/dev/mem) cannot be mapped: it is beyond the physical addresses of this kernel, which have mostly 32 bits (EINVAL)',
        ),
      ],
    ],
    ...pl011Rows,
  },
  {
    arch: 'riscv64',
    port: { name: 'serial', base: 0x1000_0000, offset: 7, width: 8 },
    ...{ magic: '0x10001000', ram: '0x80000000' },
    lines: [
      ['read 0x10000005 --width 8', printed('0x10000005  0x60')],
      ['read dt:/soc/serial@10000000+5 --width 8', printed('dt:/soc/serial@10000000+0x5  0x60')],
      ['read ns16550a@0x10000000.LCR -q', printed('0x13')],
      ['read 0x10001000 --width 64', printed('0x10001000  0x0000000174726976')],
      [
        'dump 0x10001000..+16',
        printed('0x10001000  74726976 00000001 00000000 554d4551  |virt........QEMU|'),
      ],
      ['wait 0x10001000=0x74726976 --quiet', printed('0x74726976')],
    ],
    map: /0x10000000-0x100000ff +256 bytes +serial +dt:\/soc\/serial@10000000 +driver of_serial\n/,
    list: /dt:\/soc\/serial@10000000 +0x10000000 +256 bytes +of_serial +ns16550a\n/,
  },
]

for (const { arch, port, magic, ram, lines, map, list } of boards) {
  const unavailable = boardUnavailable(arch)
  describe.skipIf(unavailable)(labTitle(`a board for ${arch} without Node`, unavailable), () => {
    let board: ServedMachine
    beforeAll(async () => {
      const kernel = await ensureBoardKernel(arch)
      board = await ServedMachine.start({
        arch,
        kernel,
        nodeMajor: 'none',
        append: 'iomem=relaxed',
      })
    })
    afterAll(() => board?.[Symbol.asyncDispose]())

    it('has no Node', async () => {
      const { exitCode } = await board.machine.exec('type node || type physmem')
      expect(exitCode).not.toBe(0)
    })

    it.each(lines)('%s', async (line, expected) => {
      expect(await board.physmem(line)).toEqual(expected)
    })

    it('is mapped and listed', async () => {
      const done = { stderr: '', exitCode: 0 }
      const shows = (pattern: RegExp) => ({ ...done, stdout: expect.stringMatching(pattern) })
      expect(await board.physmem('map')).toEqual(shows(map))
      expect(await board.physmem('list')).toEqual(shows(list))
    })

    it('serves one after the other, however quickly', async () => {
      for (let times = 0; times < 20; times++) {
        expect(await board.physmem(`read ${magic} -q`)).toEqual(printed('0x74726976'))
      }
    })

    it('says why RAM is refused', async () => {
      const { stdout, stderr, exitCode } = await board.physmem(`write ${ram}=1`)
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
      expect(stderr.split('\n')[0]).toBe(
        `physmem: ${ram} (/dev/mem) cannot be mapped: it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)`,
      )
    })

    it('makes the accesses that are asked for, and no others', async () => {
      const place = `0x${(port.base + port.offset).toString(16)}`
      const digits = (value: number) => `0x${value.toString(16)}`
      const line = `write ${place}=0x50 ${place}:3:0=5 --width ${port.width}`
      const accesses = await accessesOf(board.machine, { [port.name]: port.base }, async () => {
        expect(await board.physmem(line)).toMatchObject({ exitCode: 0, stderr: '' })
      })
      const one = (verb: string, value: number) =>
        `${port.name} ${verb} ${digits(port.offset)}, ${port.width} bits: ${digits(value)}`
      expect(accesses).toEqual([one('write', 0x50), one('read', 0x50), one('write', 0x55)])
    })

    it('runs programs of a program in TypeScript', async () => {
      await using machine = await connect(board.target)
      const memory = await machine.open()
      const address = port.base + port.offset
      const { width } = port
      const results = await memory.run(
        new Program([
          { op: 'write', address, width, value: 0x21 },
          { op: 'update', address, width, mask: 0xf, value: 0x2 },
          { op: 'wait', address, width, mask: 0xff, equals: 0x22, timeoutMs: 1000 },
          { op: 'read', address: Number(magic), width: 32 },
        ]),
      )
      expect([results.done, results.value(1), results.written(1), results.value(3)]).toEqual([
        ...[4, 0x21, 0x22, 0x7472_6976],
      ])
    })
  })
}
