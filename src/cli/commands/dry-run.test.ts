/** A dry run refuses what the run itself would refuse, in the same words, and touches nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { SPARSE_FOLDER, writeKcore } from '../../memory/local/testing/fake-kcore.ts'
import { run } from '../testing/run.ts'

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
  const size = BigInt(PAGE)
  const text = { virtual: TEXT, physical: size, size, offset: size, bytes: new Uint8Array(PAGE) }
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
})
