/**
 * The README's table of commands, line by line, on a real kernel: an arm64 board with its serial
 * port at 0x09000000, RAM that was set aside at 0x60000000, and the edu card.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkDocuments } from '../../../src/cli/testing/schemas.ts'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, printed } from '../../machine/physmem.ts'

const reason = labUnavailable('aarch64', '6.1')
describe.skipIf(reason)(labTitle('the table of commands', reason), () => {
  let machine: Machine

  /** RAM as QEMU has it. */
  const ram = async (address: number, length: number): Promise<string> =>
    (await machine.pmemsave(address, length)).toString('hex')

  beforeAll(async () => {
    machine = await startMachine({
      arch: 'aarch64',
      append: 'iomem=relaxed mem=512M',
      modules: ['uio_edu'],
      devices: ['-device', 'edu,addr=4'],
    })
  })

  afterAll(() => machine?.stop())

  it('read ADDRESS', async () => {
    expect(await physmem(machine, 'read 0x09000fe0')).toEqual(printed('0x09000fe0  0x00000011'))
  })

  it('read RANGE, as JSON', async () => {
    const { stdout } = await physmem(machine, 'read 0x09000fe0..+32 --json')
    const { results } = JSON.parse(stdout) as { results: { address: number; value: number }[] }
    expect(results.map(({ value }) => value)).toEqual([17, 16, 20, 0, 13, 240, 5, 177])
    expect(results.at(-1)?.address).toBe(0x09000ffc)
  })

  it('read ADDRESS:BIT and ADDRESS:BITS', async () => {
    expect(await physmem(machine, 'read 0x09000018:5 0x09000018:7:4')).toEqual(
      printed('0x09000018:5    0x0  in 0x00000090', '0x09000018:7:4  0x9  in 0x00000090'),
    )
  })

  it('write ADDRESS=VALUE --width 8, and the letter is on the console', async () => {
    const before = machine.console.length
    expect(await physmem(machine, 'write 0x09000000=0x41 --width 8')).toEqual(printed())
    await expect.poll(() => machine.console.slice(before)).toBe('A')
  })

  it('write ADDRESS:BITS=VALUE changes these bits only', async () => {
    await physmem(machine, 'write 0x60000020=0xffff_ff0f')
    expect(await physmem(machine, 'write 0x60000020:7:4=0x3')).toEqual(
      printed('0x60000020:7:4  read 0x0, wrote 0x3  in 0xffffff0f, 0xffffff3f'),
    )
    expect(await ram(0x60000020, 4)).toBe('3fffffff')
  })

  it('write A=1 B=2 C:3=1 as one program, or not at all', async () => {
    const [a, b] = ['0x60000030', '0x60000034']
    expect(await physmem(machine, `write ${a}=1 ${b}=2 ${b}:3=1`)).toEqual(
      printed(`${b}:3  read 0x0, wrote 0x1  in 0x00000002, 0x0000000a`),
    )
    expect(await ram(0x60000030, 8)).toBe('010000000a000000')
    expect(await physmem(machine, `write ${a}=7 ${b}=0x1_0000_0000`)).toEqual(
      failed(2, 'physmem: 0x100000000 does not fit in 32 bits (largest: 0xffffffff)'),
    )
    expect(await ram(0x60000030, 8)).toBe('010000000a000000')
  })

  it('wait ADDRESS:BIT=VALUE --timeout DURATION', async () => {
    const met = await physmem(machine, 'wait 0x60000020:7=0 --timeout 50ms --quiet')
    expect(met).toEqual(printed('0x0'))
    expect(await physmem(machine, 'wait 0x60000020:7=1 --timeout 50ms')).toEqual(
      failed(3, 'physmem: 0x60000020:7 is 0x0 in 0xffffff3f, expected 0x1: waited 50ms'),
    )
  })

  it('watch ADDRESS --interval DURATION, a line a change, until Ctrl-C', async () => {
    await physmem(machine, 'write 0x60000040=5')
    const { stdout, stderr, exitCode } = await inGuest(
      machine,
      [
        'physmem watch 0x60000040 0x09000018 --interval 100ms --json > watch.json &',
        'until [ -s watch.json ]; do sleep 0.1; done',
        'devmem 0x60000040 32 6',
        'until grep -q \'"value":6\' watch.json; do sleep 0.1; done',
        'kill -INT $!',
        'wait $!; code=$?',
        'cat watch.json; exit $code',
      ].join('\n'),
    )
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 130 })
    checkDocuments(stdout)
    const lines = stdout.trimEnd().split('\n')
    const seen = lines.map((line) => JSON.parse(line) as { address: number; value: number })
    expect(seen.map(({ address, value }) => [address, value])).toEqual([
      [0x60000040, 5],
      [0x09000018, 0x90],
      [0x60000040, 6],
    ])
  })

  it('dump RANGE -o FILE, which read file:FILE reads again', async () => {
    await physmem(machine, 'fill 0x60010000..+64k 0x0123_4567_89ab_cdef --width 64')
    const dumped = await physmem(machine, 'dump 0x60010000..+64k -o ram.bin')
    expect(dumped).toEqual(printed('65536 bytes from 0x60010000 are in ram.bin'))
    const { stdoutBytes } = await machine.exec('cat ram.bin')
    expect(stdoutBytes.toString('hex')).toBe(await ram(0x60010000, 0x10000))
    expect(await physmem(machine, 'read file:./ram.bin+0x10 --endian big')).toEqual(
      printed('file:./ram.bin+0x10  0xefcdab89'),
    )
  })

  it('dump RANGE, as people read it and as programs do', async () => {
    await machine.exec('devmem 0x60000050 64 0x6d656d7379687020')
    expect(await physmem(machine, 'dump 0x60000050..+16 --width 8')).toEqual(
      printed('0x60000050  20 70 68 79 73 6d 65 6d  00 00 00 00 00 00 00 00  | physmem........|'),
    )
    const { stdout } = await physmem(machine, 'dump 0x60000050..+8 --json')
    expect(JSON.parse(stdout)).toEqual({
      command: 'dump',
      place: '0x60000050..+0x8',
      address: 0x60000050,
      length: 8,
      width: 32,
      pieces: [{ address: 0x60000050, bytes: 8, data: '20706879736d656d' }],
      bytes: 8,
      missing: [],
    })
  })

  it('load, fill, copy, compare and search', async () => {
    await machine.exec('printf "0123456789abcdef" > text')
    const run = (commandLine: string) => physmem(machine, commandLine)
    expect(await run('fill 0x60020000..+64 0xa5 --width 8')).toEqual(
      printed('64 bytes from 0x60020000 are written'),
    )
    expect(await run('load 0x60020010 text')).toEqual(printed('16 bytes of text are at 0x60020010'))
    expect(await run('copy 0x60020010..+16 0x60020024')).toEqual(
      printed('16 bytes from 0x60020010 are at 0x60020024'),
    )
    const [text, gap] = [Buffer.from('0123456789abcdef').toString('hex'), 'a5'.repeat(4)]
    expect(await ram(0x60020000, 0x38)).toBe(`${gap.repeat(4)}${text}${gap}${text}${gap}`)
    expect(await run('compare 0x60020010..+16 0x60020024')).toEqual(printed('equal: 16 bytes'))
    expect(await run('compare 0x60020010..+16 text')).toEqual(printed('equal: 16 bytes'))
    expect(await run('search 0x60020000..+64 text:89ab')).toEqual(
      printed('0x60020018  38 39 61 62  |89ab|', '0x6002002c  38 39 61 62  |89ab|'),
    )
  })

  it('devmem ADDRESS [WIDTH [VALUE]], as busybox has it', async () => {
    const lines = [
      '0x09000fe0 32',
      '0x09000fe0',
      '0x09000ff0 8',
      '0x60000060 16 0xABCD',
      '0x60000060 64',
    ]
    const all = (program: string) =>
      inGuest(
        machine,
        `devmem 0x60000060 64 0; ${lines.map((line) => `${program} ${line}; echo $?`).join('; ')}`,
      )
    const ours = await all('physmem devmem')
    expect(ours).toEqual(
      printed('0x00000011', '0', '0x00000011', '0', '0x0D', '0', '0', '0x000000000000ABCD', '0'),
    )
    expect(await all('devmem')).toEqual(ours)
  })

  it('read of a PCI BAR, and of a UIO map by number and by name', async () => {
    const places = ['pci:0000:00:04.0/bar0', 'uio:uio0/map0', 'uio:edu/regs']
    await physmem(machine, `write ${places[0]}+0x4=0x0000_00ff`)
    const offsets = places.map((place) => `${place}+0x4`)
    expect(await physmem(machine, `read ${offsets.join(' ')}`)).toEqual(
      printed(
        'pci:0000:00:04.0/bar0+0x4  0xffffff00',
        'uio:uio0/map0+0x4          0xffffff00',
        'uio:edu/regs+0x4           0xffffff00',
      ),
    )
  })

  it('--target sim: read ADDRESS', async () => {
    const read = await inGuest(machine, 'physmem --target sim: read 0x10000000')
    expect(read).toEqual(printed('0x10000000  0x50484d31'))
  })
})
