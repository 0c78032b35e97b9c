import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'

const folder = new TestFolder()
let root: FakeRoot
beforeAll(() => {
  root = FakeRoot.recorded('x86_64-6.12')
})
afterAll(() => root[Symbol.dispose]())

const doctor = (line: string) => run(`doctor ${line}`, { root: root.path })

describe('physmem doctor', () => {
  it('says what works, and below what does not why, what shows it and the cure', async () => {
    const { code, out, err } = await doctor('')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const lines = out.split('\n')
    expect(lines[0]).toMatch(/^Linux 6\.12\.\S+ on \w+; root, with all capabilities that count$/)
    expect(lines).toContain('lockdown: none')
    const at = lines.findIndex((line) => /^. {2}open \/dev\/mem +absent$/.test(line))
    expect(lines.slice(at + 1, at + 4)).toEqual([
      '     why      there is no such node, though the kernel has the device: a container hides it',
      expect.stringMatching(/^ {5}seen in {2}\/.*/),
      '     cure     run it outside of the container, or make the node: mknod -m 600 /dev/mem c 1 1',
    ])
    expect(
      lines.some((line) => /^✓ {2}addresses in \/proc\/iomem +works: \d+ resources$/.test(line)),
    ).toBe(true)
    expect(
      lines.some((line) => /RAM through \/dev\/mem.* absent, as: open \/dev\/mem$/.test(line)),
    ).toBe(true)
  })

  it('has marks for consoles that know no other characters', async () => {
    const { out } = await run('doctor', { root: root.path, unicode: false })
    expect(out).toMatch(/^ok {2}addresses in/m)
    expect(out).toMatch(/^-- {2}open \/dev\/mem/m)
    expect(out).toMatch(/^[\n\x20-\x7e]*$/)
  })

  it('has colours', async () => {
    const { out } = await run('doctor', { root: root.path, colors: true })
    expect(out).toContain('\x1b[32m✓\x1b[0m')
  })

  it('is for scripts and for programs, too', async () => {
    const quiet = await doctor('--quiet')
    expect(quiet.out).toMatch(/^devmem\.open absent\n/)
    const { out, code } = await doctor('--json')
    const { command, host, findings } = JSON.parse(out)
    expect([command, code, host.lockdown.level]).toEqual(['doctor', 0, 'none'])
    expect(
      findings.map(({ id, verdict }: { id: string; verdict: string }) => `${id} ${verdict}`),
    ).toEqual(quiet.out.trim().split('\n'))
  })

  it('writes a report', async () => {
    const file = folder.file('report.txt')
    const { code, err } = await doctor(`--report ${file}`)
    expect({ code, err }).toEqual({
      code: 0,
      err: `physmem: the report is in ${file}: read it before you pass it on\n`,
    })
    expect(readFileSync(file, 'utf8')).toMatch(/^physmem doctor\n/)
    const { out } = await doctor('--report -')
    expect(out).toMatch(/^physmem doctor\n/)
  })

  it.each([
    ['0 --self-test', '--self-test is for the whole machine: leave the place out'],
    ['0 --report x', '--report is for the whole machine: leave the place out'],
    ['--report - --json', '--json and --report - both write to standard output'],
    [
      '--target sim: --self-test',
      '--self-test is for this machine, but the target is a simulated board',
    ],
  ])('refuses %s', async (line, message) => {
    const { code, err } = await doctor(line)
    expect([code, err]).toEqual([2, `physmem: ${message}\n`])
  })

  it('says that a report cannot be written', async () => {
    const { code, err } = await doctor('--report /nowhere/x')
    expect([code, err]).toEqual([
      2,
      'physmem: /nowhere/x cannot be written: its folder does not exist\n',
    ])
  })
})

describe('physmem doctor PLACE', () => {
  it('says what is there, and in the very words of read why it cannot be read', async () => {
    const { code, out } = await doctor('0xfed00010')
    expect(code).toBe(1)
    const lines = out.split('\n')
    expect(lines[0]).toBe('0xfed00010')
    expect(lines[1]).toMatch(/^ {5}here {5}.*HPET 0 \+ 0x10 \(0xfed00000 to 0xfed003ff/)
    const read = await run('read 0xfed00010', { root: root.path })
    const sentence = read.err.split('\n')[0]?.replace('physmem: ', '')
    expect(out).toContain(`     why      ${sentence}\n`)
    expect(read.code).toBe(code)
    const json = JSON.parse((await doctor('0xfed00010 --json')).out)
    expect(json).toMatchObject({ place: '0xfed00010', address: 0xfed0_0010 })
    expect(json.read).toMatchObject({ verdict: 'refused', error: { message: sentence } })
    expect((await doctor('0xfed00010 -q')).out).toBe('read refused\nwrite refused\n')
  })

  it('says which width fits, where that is less than was asked for', async () => {
    const file = folder.file('odd.bin', new Uint8Array(16))
    const { code, out } = await doctor(`file:${file}+2`)
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining(`✓  read     works, by ${file}, with --width 16\n`),
    })
    expect((await doctor(`file:${file}+4`)).out).toContain(`read     works, by ${file}\n`)
  })

  it('works where the place does', async () => {
    const file = folder.file('a.bin', new Uint8Array(16))
    const { code, out } = await doctor(`file:${file}`)
    expect(code).toBe(0)
    expect(out).toBe(
      [
        `file:${file}`,
        '     here     a file, which has no physical address',
        `✓  read     works, by ${file}`,
        `✓  write    works, by ${file}`,
        '',
      ].join('\n'),
    )
  })

  it.each(['nonsense', 'iomem:nothing', 'pci:0000:00:1e.0/bar0'])(
    'refuses %s as read does',
    async (place) => {
      const { code, err } = await doctor(place)
      const read = await run(`read ${place}`, { root: root.path })
      expect([code, err]).toEqual([2, read.err])
    },
  )
})
