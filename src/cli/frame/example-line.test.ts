/** A line that lacks an argument is answered with the same line and the argument. */
import { describe, expect, it } from 'vitest'
import { registry } from '../registry.ts'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'

const folder = new TestFolder()
const file = folder.file('ram.bin', '12345678')

const said = (name: string, message: string) => ({
  ...{ code: 2, out: '' },
  err: `physmem: ${name} needs ${message}\n  hint: see physmem ${name} --help\n`,
})

describe('a line that lacks an argument gets', () => {
  it.each([
    [
      'fill 0x40000000..+16 -t sim:',
      'a VALUE, such as physmem --target sim: fill 0x40000000..+16 0',
    ],
    [
      '-tsim: fill 0x40000000..+16 --width 8',
      'a VALUE, such as physmem --target sim: fill 0x40000000..+16 0 --width 8',
    ],
    [
      '--width=16 fill -t sim: --dry-run 0x40000000..+16',
      'a VALUE, such as physmem --target sim: --width=16 fill --dry-run 0x40000000..+16 0',
    ],
    // Without a target it is for this machine, and of the range that was given.
    ['fill 0x40000000..+16', 'a VALUE, such as physmem fill 0x40000000..+16 0'],
    ['fill 0x40000000..+2', 'a VALUE: the value of each element'],
    ['fill zzz', 'a VALUE: the value of each element'],
    [
      'load 0x40000000 -t sim: --verify',
      'a FILE, or - for standard input, such as physmem --target sim: load 0x40000000 ram.bin --verify',
    ],
    ['copy 0x40000000..+16 -t sim:', 'a second PLACE: where the first byte goes'],
    [
      'compare 0x40000000..+16 -t sim:',
      'a second PLACE or a FILE, such as physmem --target sim: compare 0x40000000..+16 ram.bin',
    ],
    [
      'search 0x40000000..+16 -t sim:',
      'a PATTERN, such as physmem --target sim: search 0x40000000..+16 text:GRUB',
    ],
    ['cache clean', 'a RANGE: A..B, A..+LENGTH or A..'],
    ['bind 00:04.0', 'a DRIVER, such as physmem bind 00:04.0 uio_pci_generic'],
    [
      'fill 0x40000000..+16 --target ssh://root@a --sudo',
      'a VALUE, such as physmem --target ssh://root@a --sudo fill 0x40000000..+16 0',
    ],
  ])('its own words, and the rest: %s', async (line, message) => {
    const name = /\b(fill|load|copy|compare|search|cache|bind)\b/.exec(line)?.[0] ?? ''
    expect(await run(line)).toEqual(said(name, message))
  })

  it('no other place than that of a file that it has', async () => {
    expect(await run(['load', file])).toEqual(said('load', `a PLACE before "${file}"`))
  })

  it.each([
    ['read', 'a PLACE, such as physmem --target sim: read 0xfed00000'],
    ['write', 'an ASSIGNMENT, such as physmem --target sim: write 0x09000000=0x41 --width 8'],
    ['fill', 'a RANGE, such as physmem --target sim: fill 0x40000000..+1M 0'],
    ['dump', 'a RANGE or a PLACE, such as physmem --target sim: dump 0x09000000..+4k'],
    ['snapshot', 'a NAME, such as physmem --target sim: snapshot uart0 gpio -o before.json'],
    [
      'restore',
      'a FILE, or - for standard input, such as physmem --target sim: restore before.json --dry-run',
    ],
    [
      'diff',
      'a FILE, or - for standard input, such as physmem --target sim: diff before.json after.json',
    ],
    ['translate', 'a PID: number of a process, or kernel'],
    ['completion', 'a SHELL: bash, zsh or fish'],
  ])('with none at all, what its page has, on its target: %s', async (name, message) => {
    expect(await run(`-t sim: ${name}`)).toEqual(said(name, message))
  })

  it.each([
    ['read', 'a PLACE, such as physmem read 0xfed00000'],
    [
      'write',
      'an ASSIGNMENT: PLACE=VALUE, PLACE:BITS=VALUE, which changes only these bits, or NAME[:FIELD]=VALUE',
    ],
    ['fill', 'a RANGE: A..B, A..+LENGTH or A..'],
    [
      'copy',
      'a RANGE or a PLACE: what is copied, as A..B, A..+LENGTH, A.., or a place that has an end',
    ],
    ['load', 'a PLACE: where the first byte goes'],
    ['snapshot', 'a NAME: names of blocks or registers, or patterns'],
    ['restore', 'a FILE: a snapshot, or - for standard input'],
    ['batch', 'a FILE: a file of commands, one per line; - for standard input'],
    ['translate', 'a PID, such as physmem translate 1234 0x7ffc12345678'],
    ['completion', 'a SHELL, such as physmem completion bash'],
  ])('with none at all, nothing that would store on this machine: %s', async (name, message) => {
    expect(await run(name)).toEqual(said(name, message))
  })

  it('none that stores on one of several targets', async () => {
    expect(await run('-t sim: -t exec:a fill')).toEqual(
      said('fill', 'a RANGE: A..B, A..+LENGTH or A..'),
    )
  })
})

it.each(registry.filter(({ hidden }) => !hidden))(
  'no line of $name without arguments is answered with one for another target',
  async ({ name, load }) => {
    const { mayStore = false } = (await load()).default
    for (const target of ['sim:', 'ssh://root@a', 'gdb://a:1']) {
      const { err } = await run(`-t ${target} ${name}`)
      const [, line] = /such as (physmem .*)\n/.exec(err) ?? []
      if (line === undefined) continue
      expect(line).toMatch(
        new RegExp(`^physmem --target ${target} ${name} (?!.* (?:-t|--target) )`),
      )
      if (mayStore && target !== 'sim:') expect(line).toContain(' --dry-run')
    }
  },
)
