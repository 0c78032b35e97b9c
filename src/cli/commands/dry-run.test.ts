/** A dry run refuses what the run itself would refuse, in the same words, and touches nothing. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { SPARSE_FOLDER, writeKcore } from '../../ways/testing/fake-kcore.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

const PAGE = 16384
const TEXT = 0xffff_ffff_8100_0000n

let folder: string
/** No device of memory, and one page of the kernel, as /proc/kcore has it. */
let bare: FakeRoot
let bytes: string
beforeAll(() => {
  folder = mkdtempSync(join(SPARSE_FOLDER, 'physmem-dry-'))
  bytes = join(folder, 'bytes.bin')
  writeFileSync(bytes, new Uint8Array(8))
  bare = new FakeRoot().link('proc/kcore', join(folder, 'kcore'))
  const length = BigInt(PAGE)
  const text = {
    virtual: TEXT,
    physical: length,
    length,
    offset: length,
    bytes: new Uint8Array(PAGE),
  }
  writeKcore(join(folder, 'kcore'), [text])
})
afterAll(() => {
  bare[Symbol.dispose]()
  rmSync(folder, { recursive: true })
})

const noMemory = 'dev/mem cannot be opened for writing: there is no such node'

describe('a dry run', () => {
  it.each([
    ['write 0x02000000=0', noMemory],
    ['write 0x02000000=0 0x02000004:3=1 --verify', noMemory],
    ['fill 0x02000000..+8 0', noMemory],
    ['load 0x02000000 BYTES', noMemory],
    ['copy file:BYTES..+8 0x02000000', noMemory],
    [
      'copy 0x02000000..+8 file:BYTES',
      'dev/mem cannot be opened for reading: there is no such node',
    ],
    [`write kernel:0x${TEXT.toString(16)}=0`, noMemory],
    [
      `write kernel:0x${(TEXT + BigInt(PAGE)).toString(16)}=0`,
      'kernel:0xffffffff81004000 has no known physical address',
    ],
    ['write port:0x80=0 --width 8', 'the 8-bit port 0x80 cannot be reached'],
  ])('is refused as the run is: %s', async (line, start) => {
    const words = line.replace('BYTES', bytes)
    const real = await run(words, { root: bare.path })
    const dry = await run(`${words} --dry-run`, { root: bare.path })
    const [message] = real.err.split('\n')
    expect(message).toContain(start)
    expect({ ...dry, err: dry.err.split('\n')[0] }).toEqual({ code: 1, out: '', err: message })
    expect(real.code).toBe(1)
    expect(dry.err).not.toContain('done:')
  })

  it('has what would be done and the error in its JSON', async () => {
    const { code, out } = await run('write 0x02000000=0 --dry-run --json', { root: bare.path })
    const results = [{ place: '0x2000000', address: 0x2000000, width: 32, value: 0 }]
    const error = expect.objectContaining({ code: 'EREFUSED_NO_DEVMEM' })
    expect(JSON.parse(out)).toEqual({ command: 'write', dryRun: true, results, error })
    expect(code).toBe(1)
  })

  it.each([
    ['write 0x10=1', '32-bit write at 0x00000010 would fail: boot is read-only (bus error)'],
    ['write 0x20000000=1', '32-bit write at 0x20000000 would fail: nothing answered (bus error)'],
    [
      'write 0x10000008=1 --width 8',
      '8-bit write at 0x10000008 would fail: demo answers accesses of 32 bits only (bus error)',
    ],
    [
      'write 0x10000008=1 0x20000000:3=1',
      '32-bit read at 0x20000000 would fail: nothing answered (bus error)',
    ],
    ['write 0x10:3=1', '32-bit write at 0x00000010 would fail: boot is read-only (bus error)'],
    [
      'write 0x40000000=1 0x40100000=2 --verify',
      '32-bit write at 0x40100000 would fail: nothing answered (bus error)',
    ],
    [
      'fill 0x400ffff8..+16 0',
      '32-bit write at 0x40100000 would fail: nothing answered (bus error)',
    ],
    ['load 0x0 BYTES', '32-bit write at 0x00000000 would fail: boot is read-only (bus error)'],
    [
      'load 0x10000028 BYTES --fixed --width 16',
      '16-bit write at 0x10000028 would fail: demo answers accesses of 32 bits only (bus error)',
    ],
    [
      'copy 0x40000000..+8 0x0',
      '32-bit write at 0x00000000 would fail: boot is read-only (bus error)',
    ],
    [
      'copy 0x20000000..+8 0x40000000',
      '32-bit read at 0x20000000 would fail: nothing answered (bus error)',
    ],
  ])('knows what a simulated board answers: %s', async (line, message) => {
    const words = `-t sim: ${line.replace('BYTES', bytes)}`
    expect(await run(`${words} --dry-run`)).toEqual({
      code: 1,
      out: '',
      err: `physmem: ${message}\n`,
    })
    const real = await run(words)
    expect(real.code).toBe(1)
    expect(real.err.split('\n')[0]).toBe(`physmem: ${message.replace('would fail', 'failed')}`)
  })

  it('of a board says nothing of what only an access tells, and accesses nothing', async () => {
    const memory = await recordedSim()
    const { code, out } = await run('fill 0x40000000..+1M 0 --dry-run', { memory })
    expect({ code, out }).toEqual({
      code: 0,
      out: '1048576 bytes from 0x40000000 would be written (262144 stores of 32 bits: 0x00000000)\n',
    })
    expect((await run('write 0x0=1 --dry-run', { memory })).code).toBe(1)
    expect(accessesOf(memory)).toEqual([])
  })

  it.each([
    ['write file:LOCKED=1', 1],
    ['write file:BYTES+8=1', 2],
    ['fill file:BYTES..+16 0', 2],
    ['copy file:BYTES file:LOCKED', 1],
    ['load file:BYTES+4 BYTES', 2],
    ['write uio:9/0=1', 2],
    ['write pid:PID:0x10=1', 1],
    ['write port:0xffff=1 --width 16', 2],
  ])('is refused as the run is, whatever the kind: %s', async (line, code) => {
    const locked = join(folder, 'locked.bin')
    rmSync(locked, { force: true })
    writeFileSync(locked, new Uint8Array(8))
    chmodSync(locked, 0o400)
    const words = line
      .replaceAll('BYTES', bytes)
      .replace('LOCKED', locked)
      .replace('PID', `${process.pid}`)
    // Root may write to a file that nobody may: who runs this decides what is expected.
    const real = await run(words)
    const expected = real.code === 0 && line.includes('LOCKED') ? 0 : code
    expect(real.code).toBe(expected)
    const dry = await run(`${words} --dry-run`)
    expect(dry.code).toBe(expected)
    expect(dry.err.split('\n')[0]).toBe(real.err.split('\n')[0])
  })
})
