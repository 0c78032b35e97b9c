import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadAddon } from '../../engine/addon.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking } from '../../refusal/testing/roots.ts'
import { SPARSE_FOLDER, writeKcore } from '../../ways/testing/fake-kcore.ts'
import { TestFolder, testBytes } from '../testing/files.ts'
import { run } from '../testing/run.ts'

const folder = new TestFolder()
const hasCaches = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
const title = hasCaches ? 'cache' : `cache (skipped: nothing is known of ${process.arch})`

describe.skipIf(!hasCaches)(title, () => {
  const { lineBytes = 0, clean = '', flush = '' } = loadAddon().cacheControl() ?? {}

  it('says how many lines were cleaned and flushed, and changes nothing', async () => {
    const bytes = testBytes(4096)
    const file = folder.file('ram.bin', bytes)
    const note = clean.startsWith('clflush')
      ? `physmem: this CPU has no clwb: ${clean} cleans a line and also drops it\n`
      : ''
    expect(await run(`cache clean file:${file}..+4096`)).toEqual({
      code: 0,
      out: `${4096 / lineBytes} lines of ${lineBytes} bytes were cleaned (${clean})\n`,
      err: note,
    })
    // A byte before a line and one after it: three lines.
    expect(await run(`cache flush file:${file}+${lineBytes - 1}..+${lineBytes + 2}`)).toEqual({
      code: 0,
      out: `3 lines of ${lineBytes} bytes were flushed (${flush})\n`,
      err: '',
    })
    expect(readFileSync(file)).toEqual(Buffer.from(bytes))
  })

  it('counts one line as one', async () => {
    const file = folder.file('ram.bin', testBytes(4096))
    expect((await run(`cache flush file:${file}..+8`)).out).toBe(
      `1 line of ${lineBytes} bytes was flushed (${flush})\n`,
    )
  })

  it('takes more than one program may have', async () => {
    expect(await run('cache clean 0x40000000..+3G --target sim:')).toEqual({
      code: 0,
      out: '0x40000000..+0xc0000000 is not cached: there is nothing to do\n',
      err: '',
    })
  })

  it('says it in JSON, and nothing with --quiet', async () => {
    const file = folder.file('ram.bin', testBytes(4096))
    const { out } = await run(`cache flush file:${file}+8..+8 --json`)
    expect(JSON.parse(out)).toEqual({
      command: 'cache',
      place: `file:${file}+0x8..+0x8`,
      address: 8,
      length: 8,
      action: 'flush',
      lines: 1,
      lineBytes,
      instruction: flush,
    })
    expect(await run(`cache flush file:${file}..+8 -q`)).toEqual({ code: 0, out: '', err: '' })
  })

  it('refuses to invalidate without the kernel module, and says why', async () => {
    using root = asking(new FakeRoot()).put('proc/modules', '')
    const ran = await run('cache invalidate 0x20000000..+64', { root: root.path })
    expect(ran).toEqual({
      code: 1,
      out: '',
      err: 'physmem: cache lines cannot be dropped without being written back: the CPU lets only the kernel do that (invd, dc ivac)\n  cure: flush them, which writes changed lines back before it drops them; or build and load the module: physmem kmod build && physmem kmod load\n',
    })
  })

  it('invalidates nothing by another device than the module', async () => {
    using root = asking(new FakeRoot()).put('dev/physmem', '')
    const ran = await run('cache invalidate 0x20000000..+64 --force', { root: root.path })
    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringContaining('this node does not belong to the module of physmem (ENOTTY)'),
    })
  })

  it('invalidates physical addresses only', async () => {
    const file = folder.file('ram.bin', testBytes(64))
    expect(await run(`cache invalidate file:${file}..+8`)).toEqual({
      code: 2,
      out: '',
      err: `physmem: file:${file}: lines are invalidated by physical address only\n  hint: physmem translate gives that of a virtual one\n`,
    })
    expect(await run('cache flush 0x1000..+8 --force')).toEqual({
      code: 2,
      out: '',
      err: 'physmem: --force does not apply to cache flush: leave it out\n',
    })
  })

  it('has nothing to do on a simulated board', async () => {
    for (const action of ['clean', 'invalidate']) {
      expect(await run(`--target sim: cache ${action} 0x40000000..+64`)).toEqual({
        code: 0,
        out: '0x40000000..+0x40 is not cached: there is nothing to do\n',
        err: '',
      })
    }
  })

  it('refuses what is wrong, before anything is done', async () => {
    const file = folder.file('ram.bin', testBytes(64))
    expect((await run(`cache wash file:${file}..+8`)).err).toBe(
      'physmem: "wash" is not an action: expected clean, flush or invalidate\n',
    )
    expect(await run(`cache clean file:${file}..+65`)).toMatchObject({ code: 2, out: '' })
    expect((await run(`cache clean file:${file}..+8 --width 8`)).code).toBe(2)
  })

  it('is refused for ports, and for RAM that is only read', async () => {
    using root = new FakeRoot().put('dev/port', new Uint8Array(256))
    expect(await run('cache flush port:0x60..+1', { root: root.path })).toMatchObject({
      code: 2,
      err: 'physmem: port:0x60 is an I/O port, which has no cache lines\n',
    })
    if (!existsSync(SPARSE_FOLDER)) return
    const sparse = mkdtempSync(join(SPARSE_FOLDER, 'physmem-cache-'))
    const bytes = testBytes(4096)
    const virtual = 0xffff_8880_0000_0000n
    writeKcore(join(sparse, 'kcore'), [
      { virtual, physical: 0x1000n, length: 4096n, offset: 4096n, bytes },
    ])
    root.link('proc/kcore', join(sparse, 'kcore'))
    const { code, err } = await run('cache flush 0x1000..+64', { root: root.path })
    rmSync(sparse, { recursive: true })
    expect(code).toBe(1)
    expect(err).toMatch(/dev\/mem cannot be opened for reading: there is no such node/)
  })
})
