import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BuiltCli } from '../testing/built.ts'
import { READS, REFUSALS, REFUSED_BY_BUSYBOX, TAKEN_BY_BUSYBOX } from '../testing/devmem-lines.ts'
import { TestFolder, testBytes } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

describe('devmem', () => {
  it.each(READS)('reads %s', async (args, out, access) => {
    const memory = await recordedSim()
    expect(await run(`devmem ${args}`, { memory })).toEqual({ code: 0, out, err: '' })
    expect(accessesOf(memory)).toEqual([expect.stringContaining(`${access} `)])
  })

  it('writes without a word and without a load', async () => {
    const memory = await recordedSim()
    expect(await run('devmem 0x10000008 32 0xCAFE', { memory })).toEqual({
      code: 0,
      out: '',
      err: '',
    })
    expect(accessesOf(memory)).toEqual(['w32 0x10000008=0xcafe'])
  })

  it('lists no options in its help that it refuses', async () => {
    const { out } = await run('devmem --help')
    expect(out).toContain('--target')
    for (const name of ['--width', '--endian', '--json', '--quiet']) expect(out).not.toContain(name)
  })

  it('takes any place', async () => {
    expect(await run('--target sim: devmem 0xfed00000+0x0 w')).toMatchObject({ code: 0 })
  })

  it.each([
    ...REFUSALS,
    [
      '0x1000003c',
      '32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error',
    ],
  ])('exits with 1, as that of busybox does: %s', async (args, message) => {
    expect(await run(`--target sim: devmem ${args}`)).toEqual({
      code: 1,
      out: '',
      err: `physmem: ${message?.replace('physmem devmem 0x', 'physmem --target sim: devmem 0x')}\n`,
    })
  })
})

/** Both on a file that stands where /dev/mem should, in a mount namespace of their own. */
function inNamespace(memory: string, script: string) {
  const text = `mount -t tmpfs none /dev && cp ${memory} /dev/mem || exit 99\n${script}\ncp /dev/mem ${memory}`
  return spawnSync('unshare', ['-m', 'sh', '-c', text], { encoding: 'utf8' })
}

const canCompare =
  spawnSync('busybox', ['devmem']).status === 1 &&
  spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /dev']).status === 0

describe.skipIf(!canCompare)('devmem beside the one of busybox', () => {
  const cli = new BuiltCli()
  const folder = new TestFolder()

  it.each(TAKEN_BY_BUSYBOX)('%s', (args) => {
    const ask = (command: string, name: string) => {
      const memory = folder.file(name, testBytes(64))
      const { status, stdout } = inNamespace(memory, `${command} ${args}; echo exit $?`)
      return { status, stdout, bytes: readFileSync(memory).toString('hex') }
    }
    const theirs = ask('busybox devmem', 'theirs.bin')
    const ours = ask(`${process.execPath} ${cli.main} devmem`, 'ours.bin')
    expect(ours).toEqual(theirs)
    expect(ours.stdout).toContain('exit 0')
  })

  it.each(REFUSED_BY_BUSYBOX)('refuses with the same code: %s', (args) => {
    const memory = folder.file('memory.bin', testBytes(64))
    const ask = (command: string) =>
      inNamespace(memory, `${command} ${args} >/dev/null 2>&1; echo exit $?`).stdout
    expect(ask(`${process.execPath} ${cli.main} devmem`)).toBe('exit 1\n')
    expect(ask('busybox devmem')).toBe('exit 1\n')
  })
})

/** The table of docs/devmem.md: every line of ours is taken, and made. */
describe('what other tools write', () => {
  const page = readFileSync(new URL('../../../docs/devmem.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\|[^|]*\| `([^`]*)` *\| `physmem ([^`]*)` *\|$/gm)].map(
    ([, theirs = '', ours = '']): [string, string] => [theirs, ours],
  )
  const lines = rows.map(([, ours]) => ours)
  const folder = new TestFolder()
  folder.file('rom.bin', testBytes(64))
  const kinds = [...new Set(lines.map((line) => line.split(' ')[0]))].sort()

  it('is all there is in the table', () => {
    const all = page.split('## From other tools')[1]?.match(/^\| .*\| `physmem /gm) ?? []
    expect(lines).toHaveLength(all.length)
    expect(kinds).toEqual(['compare', 'copy', 'dump', 'read', 'write'])
  })

  it.each(rows.filter(([theirs]) => !theirs.startsWith('devmem ')))(
    'is answered with what stands beside it: %s',
    async (theirs, ours) => {
      process.chdir(folder.path)
      const words = theirs.replace('…', '/sys/bus/pci/devices')
      expect((await run(words)).err).toContain(` is not a command, did you mean physmem ${ours}?`)
    },
  )

  it.each(lines)('physmem %s', async (line) => {
    process.chdir(folder.path)
    // What answers on the board stands for what does elsewhere.
    const ours = line
      .replace(/(?:i2c:|pci:\S*config)[^ =]*/, '0x40000000')
      .replace(/(?:pci|msr):[^ =]*/, '0x10000004')
    const memory = await recordedSim()
    const ran = await run(ours, line.includes('file:') ? {} : { memory })
    expect(ran).toMatchObject({ code: 0, err: '' })
    expect(ran.out === '').toBe(line.startsWith('write') && !/:\d/.test(ours))
    if (line.includes('file:')) return
    const [first = ''] = accessesOf(memory)
    const width = /--width (\d+)/.exec(line)?.[1] ?? '32'
    expect(first).toContain(`${line.startsWith('write') && ran.out === '' ? 'w' : 'r'}${width} `)
  })
})
