import { describe, expect, it } from 'vitest'
import { loadAddon } from '../../engine/addon.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { entries, FakeMachine, flagBits } from '../../translate/testing/fake-process.ts'
import { run } from '../testing/run.ts'

const { pageSize } = loadAddon()
const hex = (page: number) => (page * pageSize).toString(16).padStart(8, '0')
const at = (page: number) => `0x${(page * pageSize).toString(16).padStart(12, '0')}`
const physical = (page: number) => `0x${(page * pageSize).toString(16).padStart(8, '0')}`

function machine(): FakeMachine {
  const root = new FakeMachine().reader()
  return root
    .process(
      1234,
      [
        `${hex(16)}-${hex(32)} rw-p 00000000 00:00 0  [heap]`,
        `${hex(40)}-${hex(44)} r--p 00002000 08:01 77 /lib/x`,
        `${hex(64)}-${hex(66)} rw-s 20000000 ${root.device('/dev/mem')}`,
      ],
      {
        16: entries.present(0x500),
        17: entries.present(0x501),
        18: entries.swap(1, 5),
        19: entries.present(3),
        20: entries.present(3),
        41: entries.present(0x700),
      },
    )
    .frames('kpageflags', {
      1280: flagBits.anon | flagBits.lru,
      3: flagBits.zero | flagBits.reserved,
      1792: flagBits.lru,
    })
    .frames('kpagecount', { 1280: 1n, 1792: 4n })
}

describe('physmem translate', () => {
  it('says what is known of an address', async () => {
    using root = machine()
    const { code, out, err } = await run(`translate 1234 ${at(16)} ${at(41)}`, { root: root.path })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toBe(
      [
        `virtual   ${at(16)} of process 1234 (victim)`,
        `physical  ${physical(0x500)}`,
        'frame     0x500',
        `page      ${pageSize / 1024} KiB`,
        'flags     lru, anon',
        'mapped    once: by this process alone',
        `mapping   ${at(16)}..${at(32)} rw-p [heap]`,
        '',
        `virtual   ${at(41)} of process 1234 (victim)`,
        `physical  ${physical(0x700)}`,
        'frame     0x700',
        `page      ${pageSize / 1024} KiB`,
        'flags     lru',
        'mapped    4 times',
        `mapping   ${at(40)}..${at(44)} r--p /lib/x`,
        `offset    0x${(0x2000 + pageSize).toString(16)} in the file`,
        '',
      ].join('\n'),
    )
  })

  it('prints the physical address only', async () => {
    using root = machine()
    const line = `translate 1234 ${at(16)} ${at(64)} -q`
    expect(await run(line, { root: root.path })).toEqual({
      code: 0,
      out: `${physical(0x500)}\n0x20000000\n`,
      err: '',
    })
  })

  it('says that a page is the one of zeros', async () => {
    using root = machine()
    const { out } = await run(`translate 1234 ${at(19)}`, { root: root.path })
    expect(out).toContain(
      'note: this is the shared zero page; the process gets another one when it writes\n',
    )
  })

  it('is a document', async () => {
    using root = machine()
    const { out } = await run(`translate 1234 ${at(64)} --json`, { root: root.path })
    const [device, inode] = root.device('/dev/mem').split(' ')
    expect(JSON.parse(out)).toEqual({
      command: 'translate',
      results: [
        {
          ...{ pid: 1234, process: 'victim', virtual: Number(at(64)) },
          ...{ address: 0x2000_0000, frame: 0x2000_0000 / pageSize },
          ...{ pageSize, pageKind: 'device', by: 'mapping', source: '/dev/mem' },
          ...{ flags: [], zeroPage: false, moved: 0, fileOffset: 0x2000_0000 },
          mapping: {
            ...{ start: Number(at(64)), end: Number(at(66)) },
            ...{ readable: true, writable: true, executable: false, shared: true },
            ...{ path: '/dev/mem', offset: 0x2000_0000, device, inode: Number(inode) },
          },
        },
      ],
    })
  })

  it('prints what it found before an address that has none', async () => {
    using root = machine()
    const { code, out, err } = await run(`translate 1234 ${at(16)} ${at(18)} -q`, {
      root: root.path,
    })
    expect({ code, out, err }).toEqual({
      code: 1,
      out: `${physical(0x500)}\n`,
      err: [
        `physmem: ${at(18)} of process 1234 has no physical address: its page is in swap: area 1, page 0x5 of it`,
        '  cure: let the process use it, or read a byte of it from /proc/1234/mem\n',
      ].join('\n'),
    })
  })

  const noPid = 'is not the number of a process'
  const noVirtual = 'is not a virtual address of a process'
  it.each([
    // As the kernel's log, /proc/kallsyms and debuggers print them.
    ['ffffffff81000000', `${noPid}: did you mean physmem translate kernel 0xffffffff81000000?`],
    ['0xffffffff81000000', `${noPid}: did you mean physmem translate kernel 0xffffffff81000000?`],
    [
      'ffffffff81000000 --all',
      `${noPid}: did you mean physmem translate kernel 0xffffffff81000000?`,
    ],
    [
      '1234 ffffffff81000000',
      `${noVirtual}: did you mean physmem translate kernel 0xffffffff81000000?`,
    ],
    [
      'kernel ffffffff81000000',
      'is not a virtual address or symbol of the kernel: did you mean 0xffffffff81000000?',
    ],
    // As places are written.
    ['kernel:jiffies', `${noPid}: did you mean physmem translate kernel jiffies?`],
    [
      'kernel:ffffffff81000000',
      `${noPid}: did you mean physmem translate kernel 0xffffffff81000000?`,
    ],
    ['pid:1234:0x1000', `${noPid}: did you mean physmem translate 1234 0x1000?`],
    ['1234 pid:1234:0x1000', `${noVirtual}: did you mean physmem translate 1234 0x1000?`],
    [
      'kernel kernel:jiffies',
      'is not a virtual address or symbol of the kernel: did you mean jiffies?',
    ],
  ])('translate %s: says what was meant', async (words, message) => {
    using root = machine()
    const wrong = words.split(' ').findLast((word) => !word.startsWith('--'))
    expect(await run(`translate ${words}`, { root: root.path })).toEqual({
      code: 2,
      out: '',
      err: `physmem: "${wrong}" ${message}\n`,
    })
  })

  it.each(['1234', '99'])('tells of an address of the kernel first: process %s', async (pid) => {
    using root = machine()
    expect(await run(`translate ${pid} 0xffffffff81000000`, { root: root.path })).toEqual({
      code: 1,
      out: '',
      err:
        `physmem: 0xffffffff81000000 of process ${pid} has no physical address: it belongs to the kernel, not to the process\n` +
        '  cure: physmem translate kernel 0xffffffff81000000\n',
    })
  })

  const size = (pages: number) => `${(pages * pageSize) / 1024} KiB`.padStart(10)

  it('lists everything', async () => {
    using root = machine()
    const { code, out, err } = await run('translate 1234 --all', { root: root.path })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const total = `${(22 * pageSize) / 1024} KiB in 3 mappings: ${(5 * pageSize) / 1024} KiB in RAM`
    const zeros = `${(2 * pageSize) / 1024} KiB of it the zero page`
    const rest = `${pageSize / 1024} KiB in swap, ${(2 * pageSize) / 1024} KiB of devices`
    expect(out).toBe(
      [
        `${at(16)}..${at(32)} rw-p [heap]`,
        `  ${at(16)}  ${physical(0x500)}      ${size(2)}`,
        `  ${at(18)}  in swap         ${size(1)}`,
        `  ${at(19)}  ${physical(3)}      ${size(2)}  the zero page`,
        `${at(40)}..${at(44)} r--p /lib/x`,
        `  ${at(41)}  ${physical(0x700)}      ${size(1)}`,
        `${at(64)}..${at(66)} rw-s /dev/mem`,
        `  ${at(64)}  0x20000000      ${size(2)}  by /dev/mem`,
        `${total}, ${zeros}, ${rest}, 4 runs of contiguous frames`,
        '',
      ].join('\n'),
    )
  })

  it('lists everything for scripts', async () => {
    using root = machine()
    const { out } = await run('translate 1234 --all --quiet', { root: root.path })
    const length = (pages: number) => `0x${(pages * pageSize).toString(16)}`
    expect(out).toBe(
      [
        `${at(16)} ${physical(0x500)} ${length(2)}`,
        `${at(19)} ${physical(3)} ${length(2)} same`,
        `${at(41)} ${physical(0x700)} ${length(1)}`,
        `${at(64)} 0x20000000 ${length(2)}`,
        '',
      ].join('\n'),
    )
  })

  it('lists everything as a document', async () => {
    using root = machine()
    const { out } = await run('translate 1234 --all --json', { root: root.path })
    const { mappings, totals, ...head } = JSON.parse(out)
    expect(head).toEqual({ command: 'translate', pid: 1234, process: 'victim' })
    expect(
      mappings.map(({ path, runs }: { path: string; runs: object[] }) => [path, runs.length]),
    ).toEqual([
      ['[heap]', 3],
      ['/lib/x', 1],
      ['/dev/mem', 1],
    ])
    expect(totals).toMatchObject({ mappings: 3, runs: 4, swapped: pageSize, failures: {} })
  })

  it('says in the document, too, that a process is hidden', async () => {
    using root = machine()
    root.reader({ admin: false }).process(1234, [`${hex(16)}-${hex(17)} rw-p 00000000 00:00 0 `], {
      16: entries.hiddenPresent,
    })
    const { code, out, err } = await run('translate 1234 --all --json', { root: root.path })
    expect(code).toBe(1)
    expect(err).toContain('it lacks the capability CAP_SYS_ADMIN')
    expect(JSON.parse(out).error).toMatchObject({ code: 'EHIDDEN' })
    expect(JSON.parse(out)).not.toHaveProperty('totals')
    const text = await run('translate 1234 --all', { root: root.path })
    expect(text.out).not.toContain('in RAM')
  })

  it('finds the kernel', async () => {
    using root = FakeRoot.recorded('x86_64-6.12')
    const { code, out } = await run('translate kernel jiffies', { root: root.path })
    expect(code).toBe(0)
    expect(out).toMatch(
      /^virtual {3}0xffffffff[0-9a-f]{8} of the kernel \(jiffies\)\nphysical {2}0x[0-9a-f]{8}\n$/,
    )
    const quiet = await run('translate kernel jiffies -q', { root: root.path })
    expect(out).toContain(quiet.out)
  })

  it.each([
    ['translate 1234', 'expected virtual addresses, or --all'],
    ['translate kernel', 'expected symbols or virtual addresses of the kernel'],
    ['translate kernel --all', '--all is for processes: the kernel maps all RAM'],
    ['translate 1234 0x1000 --all', '--all takes no address: give one or the other'],
    ['translate 0 0x1000', '"0" is not the number of a process: they start at 1'],
    [
      'translate 1234 7ffe',
      '"7ffe" is not a virtual address: unexpected "ffe" after 7, did you mean 0x7ffe?',
    ],
    ['translate 1234 0x1000 --width 8', '--width does not apply to translate: leave it out'],
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
