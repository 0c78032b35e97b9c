/**
 * A PCI BAR that is a file of the host: what physmem writes in the guest, the host reads, and the
 * other way round. QEMU itself is not asked.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, physmem, printed } from '../../machine/physmem.ts'
import { createSharedMemory, type SharedMemory } from '../../machine/shared-memory.ts'

const bar = 'pci:0000:00:05.0/bar2'
const at = (offset: number): string => `${bar}+0x${offset.toString(16)}`

/** One element a line of 16 bytes, each at the next aligned offset of its line. */
function spread(width: number): { line: number; offset: number; bytes: Buffer }[] {
  const size = width / 8
  return Array.from({ length: 16 / size }, (_, index) => ({
    line: 16 * index,
    offset: 16 * index + size * index,
    bytes: Buffer.from(Array.from({ length: size }, (_, byte) => 0x10 * (index % 8) + byte + 1)),
  }))
}

const asValue = (bytes: Buffer): string => `0x${Buffer.from(bytes).reverse().toString('hex')}`

const reason = labUnavailable('x86_64', '6.1')
describe.skipIf(reason)(labTitle('memory shared with the host', reason), () => {
  let machine: Machine
  let shared: SharedMemory

  beforeAll(async () => {
    shared = createSharedMemory(1 << 20, 5)
    machine = await startMachine({
      arch: 'x86_64',
      modules: ['uio_ivshmem'],
      devices: shared.devices,
    })
  })

  afterAll(async () => {
    await machine?.stop()
    shared?.[Symbol.dispose]()
  })

  describe.each([8, 16, 32, 64])('by accesses of %i bits', (width) => {
    it('is written at every aligned offset, and nowhere beside it', async () => {
      const elements = spread(width)
      const expected = Buffer.alloc(256, 0xee)
      shared.write(0, expected)
      for (const { offset, bytes } of elements) bytes.copy(expected, offset)
      const assignments = elements.map(({ offset, bytes }) => `${at(offset)}=${asValue(bytes)}`)
      const written = await physmem(machine, `write ${assignments.join(' ')} --width ${width}`)
      expect(written).toEqual(printed())
      expect(shared.read(0, 256).toString('hex')).toBe(expected.toString('hex'))
    })

    it('is read at every aligned offset', async () => {
      const elements = spread(width)
      for (const { line, offset, bytes } of elements) {
        shared.write(line, Buffer.alloc(16, 0xee))
        shared.write(offset, bytes)
      }
      const places = elements.map(({ offset }) => at(offset))
      const read = await physmem(machine, `read ${places.join(' ')} --width ${width} --quiet`)
      expect(read).toEqual(printed(...elements.map(({ bytes }) => asValue(bytes))))
    })
  })

  it('is the same by a write-combining mapping', async () => {
    shared.write(0x100, Buffer.from('0807060504030201', 'hex'))
    const written = await physmem(machine, `write ${bar}_wc+0x108=0x1122334455667788 --width 64`)
    expect(written).toEqual(printed())
    expect(shared.read(0x108, 8).toString('hex')).toBe('8877665544332211')
    const read = await physmem(machine, `read ${bar}_wc+0x100..+16 ${at(0x108)} -w 64 -q`)
    const value = '0x1122334455667788'
    expect(read).toEqual(printed('0x0102030405060708', value, value))
  })

  it('is the same by a UIO map, in every page of it', async () => {
    shared.write(0xffff8, Buffer.from('0807060504030201', 'hex'))
    const place = 'uio:ivshmem/memory'
    const written = await physmem(machine, `write ${place}+0x5008=0xcafe_f00d`)
    expect(written).toEqual(printed())
    expect(shared.read(0x5008, 4).toString('hex')).toBe('0df0feca')
    const read = await physmem(machine, `read ${place}+0xffff8 ${at(0x5008)} --quiet`)
    expect(read).toEqual(printed('0x05060708', '0xcafef00d'))
  })

  it('is the same by a window of the installed package', async () => {
    const script = `
      import { mapWindow } from 'physmem'
      for (const place of ['${bar}', 'uio:ivshmem/memory']) {
        const window = await mapWindow({ place, address: 0x3004, length: 0x2000 })
        window.update32(0x1000, 0xff00, 0x4200)
        console.log(window.name, window.read16(0x1ffc))
        window.close()
      }`
    shared.write(0x4000, Buffer.from('000000001111111100000000', 'hex'))
    shared.write(0x5000, Buffer.from('3412', 'hex'))
    const { stdout, stderr } = await machine.exec('cd /opt/physmem && node --input-type=module -', {
      stdin: script,
    })
    expect(stderr).toBe('')
    expect(stdout).toBe(`${bar} 4660\nuio:ivshmem/memory 4660\n`)
    expect(shared.read(0x4000, 12).toString('hex')).toBe('000000001142111100000000')
  })

  it('is shown by dump, and saved', async () => {
    shared.write(0x200, Buffer.from('physmem reads what the host wrote'))
    shared.write(0x240, Buffer.from('the end'))
    expect(await physmem(machine, `dump ${at(0x200)}..+80`)).toEqual(
      printed(
        `${at(0x200)}..+0x50`,
        '0x00000200  73796870 206d656d 64616572 68772073  |physmem reads wh|',
        '0x00000210  74207461 68206568 2074736f 746f7277  |at the host wrot|',
        '0x00000220  00000065 00000000 00000000 00000000  |e...............|',
        '0x00000230  00000000 00000000 00000000 00000000  |................|',
        '0x00000240  20656874 00646e65 00000000 00000000  |the end.........|',
      ),
    )
    const bytes = randomBytes(1 << 20)
    shared.write(0, bytes)
    expect(await physmem(machine, `dump ${bar}..+1M -o /tmp/bar.bin`)).toEqual(
      printed(`1048576 bytes from ${bar} are in /tmp/bar.bin`),
    )
    expect((await machine.readFile('/tmp/bar.bin')).equals(bytes)).toBe(true)
  })

  it('is loaded from a file', async () => {
    const bytes = randomBytes(0x1_0000)
    await machine.exec('cat > /tmp/load.bin', { stdin: bytes })
    shared.write(0, Buffer.alloc(1 << 20, 0x55))
    expect(await physmem(machine, `load ${at(0x1000)} /tmp/load.bin --verify`)).toEqual(
      printed(`65536 bytes of /tmp/load.bin are at ${at(0x1000)}`),
    )
    const around = shared.read(0xff0, 0x1_0020)
    const edge = Buffer.alloc(16, 0x55)
    expect(around.equals(Buffer.concat([edge, bytes, edge]))).toBe(true)
  })

  it('is filled and copied, also where both overlap', async () => {
    const lines = Buffer.from(Array.from({ length: 64 }, (_, index) => index))
    shared.write(0, Buffer.alloc(0x200, 0xff))
    shared.write(0x40, lines)
    expect(await physmem(machine, `fill ${at(0x10)}..+16 0xbeef --width 16`)).toEqual(
      printed(`16 bytes from ${at(0x10)} are written`),
    )
    expect(await physmem(machine, `copy ${at(0x40)}..+64 ${at(0x44)}`)).toEqual(
      printed(`64 bytes from ${at(0x40)} are at ${at(0x44)}`),
    )
    const filled = `${'ff'.repeat(16)}${'efbe'.repeat(8)}${'ff'.repeat(32)}`
    expect(shared.read(0, 0x40).toString('hex')).toBe(filled)
    const moved = Buffer.concat([lines.subarray(0, 4), lines, Buffer.alloc(4, 0xff)])
    expect(shared.read(0x40, 72).toString('hex')).toBe(moved.toString('hex'))
  })

  it('is compared, with exit code 3 for a difference', async () => {
    const bytes = randomBytes(0x1000).fill(0, 0x7fc, 0x800)
    shared.write(0x1000, bytes)
    await machine.exec('cat > /tmp/same.bin', { stdin: bytes })
    const same = `compare ${at(0x1000)}..+4k /tmp/same.bin`
    expect(await physmem(machine, same)).toEqual(printed('equal: 4096 bytes'))
    const theirs = asValue(bytes.subarray(0x7fc, 0x800))
    shared.write(0x17fc, Buffer.from('efbeadde', 'hex'))
    expect(await physmem(machine, same)).toEqual({
      stdout: `${at(0x17fc)}  0xdeadbeef  ${theirs}\n`,
      stderr: `physmem: ${at(0x1000)} and /tmp/same.bin differ in 4 of 4096 bytes\n`,
      exitCode: 3,
    })
  })

  it('is searched', async () => {
    shared.write(0, Buffer.alloc(1 << 20))
    // Across the borders of a page and of a megabyte's halves; at an odd address.
    for (const offset of [0xffd, 0x7fffb]) shared.write(offset, Buffer.from('needle'))
    expect(await physmem(machine, `search ${bar}..+1M text:needle`)).toEqual(
      printed(
        `${at(0xffd)}    6e 65 65 64 6c 65  |needle|`,
        `${at(0x7fffb)}  6e 65 65 64 6c 65  |needle|`,
      ),
    )
    expect(await physmem(machine, `search ${bar}..+1M '65 ?? 64 00'`)).toEqual(
      failed(3, `physmem: 65 ?? 64 00 is not in ${bar}..+1M`),
    )
  })
})
