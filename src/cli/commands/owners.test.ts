import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadAddon } from '../../native/addon.ts'
import { entries, FakeMachine, flagBits } from '../../translate/testing/fake-process.ts'
import { run } from '../testing/run.ts'

const { pageSize } = loadAddon()
const hex = (page: number) => (page * pageSize).toString(16).padStart(8, '0')
const at = (page: number) => `0x${(page * pageSize).toString(16).padStart(12, '0')}`

function machine(): FakeMachine {
  const root = new FakeMachine()
    .reader()
    .process(10, [`${hex(16)}-${hex(20)} r--p 00004000 08:01 77 /lib/x`], {
      17: entries.present(0x501),
      18: entries.present(0x502),
    })
    .process(
      2000,
      [`${hex(1000)}-${hex(1001)} rw-s 00000000 00:01 5 /dev/shm/x`],
      { 1000: entries.present(0x501) },
      { name: 'other' },
    )
    .frames('kpageflags', {
      1281: flagBits.lru | flagBits.mmap,
      1282: flagBits.anon,
      1536: flagBits.buddy,
    })
    .frames('kpagecount', { 1281: 2n, 1282: 1n })
  return root.put('proc/iomem', '00000000-3fffffff : System RAM\n') as FakeMachine
}

describe('physmem owners', () => {
  it('tells who has mapped a page, and what it is', async () => {
    using root = machine()
    const line = `owners 0x${hex(0x501)}+0x10 0x${hex(0x600)}`
    expect(await run(line, { root: root.path })).toEqual({
      code: 0,
      out: [
        `physical  ${at(0x501)}, frame 0x501`,
        'is        contents of a file (page cache)',
        'flags     lru, mmap',
        'mapped    2 times',
        'iomem     System RAM',
        ' pid  process  virtual         mapping',
        `  10  victim   ${at(17)}  r--p /lib/x+0x${(0x4000 + pageSize).toString(16)}`,
        `2000  other    ${at(1000)}  rw-s /dev/shm/x+0x0`,
        '',
        `physical  ${at(0x600)}, frame 0x600`,
        'is        free',
        'flags     buddy',
        'mapped    never',
        'iomem     System RAM',
        'no process has mapped it',
        '',
      ].join('\n'),
      err: '',
    })
  })

  it('prints a line for each owner, of each page of a range', async () => {
    using root = machine()
    const line = `owners 0x${hex(0x501)}..+${2 * pageSize} -q`
    expect((await run(line, { root: root.path })).out).toBe(
      [
        `${at(0x501)} 10 ${at(17)}`,
        `${at(0x501)} 2000 ${at(1000)}`,
        `${at(0x502)} 10 ${at(18)}`,
        '',
      ].join('\n'),
    )
  })

  it('asks for the page of a process', async () => {
    using root = machine()
    const { out } = await run(`owners pid:10:0x${hex(17)} -q`, { root: root.path })
    expect(out).toBe(`${at(0x501)} 10 ${at(17)}\n${at(0x501)} 2000 ${at(1000)}\n`)
  })

  it('is a document', async () => {
    using root = machine()
    const { out } = await run(`owners 0x${hex(0x502)} --json`, { root: root.path })
    expect(JSON.parse(out)).toMatchObject({
      ...{ command: 'owners', pageSize, skipped: [] },
      results: [
        {
          ...{ address: 0x502 * pageSize, frame: 0x502, state: 'anonymous memory of processes' },
          ...{ flags: ['ANON'], mapCount: 1, resources: ['System RAM'] },
          owners: [{ pid: 10, process: 'victim', virtual: `0x${hex(18).padStart(16, '0')}` }],
        },
      ],
    })
  })

  it('works without the files of frames', async () => {
    using root = machine()
    for (const name of ['kpageflags', 'kpagecount']) rmSync(root.at(`proc/${name}`))
    const { out } = await run(`owners 0x${hex(0x502)}`, { root: root.path })
    expect(out).toContain('is        unknown: this user may not read /proc/kpageflags\n')
    expect(out).toContain(`10  victim   ${at(18)}`)
  })

  it.each([
    ['owners 0x1000:3', '0x1000:3 names bits: leave them out, a page has one owner or none'],
    [
      'owners file:/etc/passwd',
      'file:/etc/passwd has no physical address that is known: a file has none',
    ],
    [
      'owners 0x0..+1G',
      `0x0..+1G is ${2 ** 30 / pageSize} pages: at most 65536 can be asked for at a time`,
    ],
    ['owners 0x1000 --endian big', '--endian means nothing to owners: leave it out'],
  ])('refuses %s', async (line, message) => {
    using root = machine()
    const { code, out, err } = await run(line, { root: root.path })
    expect({ code, out, err: err.split('\n')[0] }).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${message}`,
    })
  })
})
