import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadAddon } from '../../engine/addon.ts'
import { entries, FakeMachine, flagBits } from '../../translate/testing/fake-process.ts'
import { kcoreHeaders } from '../../ways/testing/fake-kcore.ts'
import { run } from '../testing/run.ts'
import { frameLines } from '../views/translate/owners-view.ts'

const { pageSize } = loadAddon()
const hex = (page: number) => (page * pageSize).toString(16).padStart(8, '0')
const at = (page: number) => `0x${(page * pageSize).toString(16).padStart(12, '0')}`
const physical = (page: number) => `0x${(page * pageSize).toString(16).padStart(8, '0')}`

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
  it('says who has mapped a page, and what it is', async () => {
    using root = machine()
    const line = `owners 0x${hex(0x501)}+0x10 0x${hex(0x600)}`
    expect(await run(line, { root: root.path })).toEqual({
      code: 0,
      out: [
        `physical  ${physical(0x501)}, frame 0x501`,
        'is        contents of a file (page cache)',
        'flags     lru, mmap',
        'mapped    2 times',
        'iomem     System RAM',
        ' pid  process  virtual         mapping',
        `  10  victim   ${at(17)}  r--p /lib/x+0x${(0x4000 + pageSize).toString(16)}`,
        `2000  other    ${at(1000)}  rw-s /dev/shm/x+0x0`,
        '',
        `physical  ${physical(0x600)}, frame 0x600`,
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
        `${physical(0x501)} 10 ${at(17)}`,
        `${physical(0x501)} 2000 ${at(1000)}`,
        `${physical(0x502)} 10 ${at(18)}`,
        '',
      ].join('\n'),
    )
  })

  it('asks for the page of a process', async () => {
    using root = machine()
    const { out } = await run(`owners pid:10:0x${hex(17)} -q`, { root: root.path })
    expect(out).toBe(`${physical(0x501)} 10 ${at(17)}\n${physical(0x501)} 2000 ${at(1000)}\n`)
  })

  it('asks for each page that a range touches, wherever in a page the place begins', async () => {
    using root = machine()
    const middle = (page: number) => page * pageSize + pageSize / 2
    const name = (first: number) => `${first.toString(16)}-${(first + 2 * pageSize).toString(16)}`
    root.put('proc/iomem', `00000000-3fffffff : System RAM\n  ${name(middle(0x600))} : Buffer\n`)
    root.pci('0000:00:04.0', `${middle(0x610)} ${middle(0x610) + 2 * pageSize - 1} 0x40200`)
    root.uio(0, 'edu').uioMap(0, 0, {
      name: 'regs',
      ...{ addr: `0x${middle(0x620).toString(16)}`, offset: '0x0' },
      size: `0x${(2 * pageSize).toString(16)}`,
    })
    const virtual = 0xffff_ffff_8100_0000n
    const parts = {
      virtual,
      physical: BigInt(0x640 * pageSize),
      length: 0x10_0000n,
      offset: 0x1000n,
    }
    root.put('proc/kcore', kcoreHeaders([parts]))
    const line = `${hex(16)}-${hex(32)} rw-p 00000000 00:00 0 `
    const pages = { 16: entries.present(0x650), 17: entries.present(0x700) }
    root.process(11, [line], { ...pages, 18: entries.present(0x660) })
    const inKernel = `0x${(virtual + BigInt(pageSize / 2)).toString(16)}`
    for (const [place, ...expected] of [
      ['iomem:Buffer', 0x600, 0x601, 0x602],
      ['pci:00:04.0/bar0', 0x610, 0x611, 0x612],
      ['uio:edu/regs', 0x620, 0x621, 0x622],
      [`0x${middle(0x630).toString(16)}`, 0x630, 0x631, 0x632],
      [`kernel:${inKernel}`, 0x640, 0x641, 0x642],
      [`pid:11:0x${middle(16).toString(16)}`, 0x650, 0x700, 0x660],
    ] as const) {
      const { out, err } = await run(`owners ${place}..+${2 * pageSize} --json`, {
        root: root.path,
      })
      const { results = [] } = out === '' ? {} : JSON.parse(out)
      const frames = results.map(({ frame }: { frame: number }) => frame)
      expect({ place, frames, err }).toEqual({ place, frames: expected, err: '' })
    }
    const beyond = await run(`owners pci:00:04.0/bar0..+${3 * pageSize}`, { root: root.path })
    expect(beyond).toMatchObject({ code: 2, out: '' })
  })

  it('asks for a page high in virtual memory', async () => {
    using root = machine()
    const { err } = await run('owners pid:10:0x7ffffffffffff801..+0x800', { root: root.path })
    expect(err).toContain('0x7ffffffffffff801 of process 10 has no physical address: it is outside')
  })

  it('shows names that others gave as what they are, and acts on none', async () => {
    using root = machine()
    const name = '\u001b[2J\u202e'
    root.process(
      12,
      [`${hex(16)}-${hex(17)} rw-p 00000000 08:01 7 /tmp/\u001b]0;x\u0007`],
      {
        16: entries.present(0x501),
      },
      { name },
    )
    const { out } = await run(`owners 0x${hex(0x501)}`, { root: root.path })
    expect(out).toContain('\\u{1b}[2J\\u{202e}')
    expect(out).toContain('rw-p /tmp/\\u{1b}]0;x\\u{7}+0x0\n')
    const one = await run(`translate 12 0x${hex(16)}`, { root: root.path })
    expect(one.out).toContain('of process 12 (\\u{1b}[2J\\u{202e})\n')
    const all = await run('translate 12 --all', { root: root.path })
    for (const text of [out, one.out, all.out]) {
      expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
    }
  })

  it('says of the zero page that nobody counts who maps it', async () => {
    using root = machine()
      .frames('kpagecount', {})
      .frames('kpageflags', { 1281: flagBits.zero | flagBits.reserved })
    const { out } = await run(`owners 0x${hex(0x501)}`, { root: root.path })
    expect(out.split('\n').slice(1)).toEqual([
      'is        the zero page, which all processes share',
      'flags     zero_page, reserved',
      'iomem     System RAM',
      'who shares it is not looked up: the kernel does not count mappings of this page',
      '',
    ])
  })

  it('prints any number of owners', () => {
    const mapping = {
      ...{ start: 0n, end: 1n, readable: true, writable: true, executable: false, shared: true },
      ...{ offset: 0n, device: '00:01', inode: 1n, path: '/x' },
    }
    const owners = Array.from({ length: 200_000 }, (_, pid) => ({
      ...{ pid, process: 'x', virtual: 0n, mapping, by: 'pagemap' as const },
    }))
    const lines = frameLines({ address: 0, frame: 0, state: 'free', owners })
    expect(lines.at(-1)).toBe('199999  x        0x000000000000  rw-s /x')
  })

  it('is a document', async () => {
    using root = machine()
    const { out } = await run(`owners 0x${hex(0x502)} --json`, { root: root.path })
    expect(JSON.parse(out)).toMatchObject({
      ...{ command: 'owners', pageSize, skipped: [] },
      results: [
        {
          ...{ address: 0x502 * pageSize, frame: 0x502, state: 'anonymous memory of processes' },
          ...{ flags: ['anon'], mapCount: 1, resources: ['System RAM'] },
          owners: [{ pid: 10, process: 'victim', virtual: Number(`0x${hex(18)}`) }],
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
    ['owners 0x1000:3', '0x1000:3 names bits: leave them out, owners are those of whole pages'],
    ['owners file:/etc/passwd', 'file:/etc/passwd has no known physical address: a file has none'],
    [
      'owners 0x0..+1G',
      `0x0..+1G is ${2 ** 30 / pageSize} pages: at most 65536 can be asked for at a time`,
    ],
    ['owners 0x1000 --endian big', '--endian does not apply to owners: leave it out'],
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
