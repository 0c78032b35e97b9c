import { describe, expect, it } from 'vitest'
import { StandardInput } from '../frame/batch/standard-input.ts'
import { registry } from '../registry.ts'
import { printed, run } from '../testing/run.ts'
import { ScriptFolder } from '../testing/scripts.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

const folder = new ScriptFolder()
const { script } = folder

describe('the lines of a batch', () => {
  it.each([
    ['read 0x0; read 0x4', 'one line is one command: write the next on a line of its own'],
    ['read 0x0 &', 'one line is one command: write the next on a line of its own'],
    ['read 0x0 | less', 'pipe what physmem prints, in the shell that starts it'],
    ['wait 0x0>4', "name the file: dump RANGE -o FILE; quote a condition: wait '0x10>4'"],
    ['load 0x0 <f', "name the file: load PLACE FILE; quote a condition: wait '0x10<4'"],
    ['read "$A"', 'write what it stands for, or have a shell write the lines for physmem batch -'],
  ])('says what to write in the place of %s', async (line, instead) => {
    const { code, err } = await run(['batch', script(line)])
    expect(code).toBe(2)
    const sign = /[;&|<>$]/.exec(line)?.[0]
    expect(err).toContain(
      `no shell acts on ${sign} here: quote it to mean the character\n  hint: ${instead}\n`,
    )
  })

  it('does nothing for a file without commands', async () => {
    expect(await run(['batch', script('', '# nothing')])).toEqual(printed())
  })

  it.each([
    ['/nowhere.txt', 2, '/nowhere.txt cannot be read: there is no such file'],
    [folder.path, 2, `${folder.path} cannot be read: it is a directory`],
  ])('says why %s cannot be read', async (path, code, message) => {
    expect(await run(['batch', path])).toEqual({ code, out: '', err: `physmem: ${message}\n` })
  })

  it('holds what accesses memory and comes to an end', async () => {
    const commands = await Promise.all(
      registry.map(async ({ name, load }) => ({ name, ...(await load()).default })),
    )
    const held = commands.filter(({ inBatches }) => inBatches === true).map(({ name }) => name)
    expect(held.join(' ')).toBe('read write wait dump load fill copy compare search cache devmem')
  })

  it.each([
    ['batch', 'a batch cannot contain another', 'write its lines in the place of this one'],
    [
      ...['watch', 'it shows what changes until Ctrl-C'],
      'read reads a value once, and wait waits until it is one',
    ],
    ['record', 'it may go on until Ctrl-C'],
    ['diff', 'it reads or writes many registers at one time'],
    ['map', 'it looks at the machine, and accesses no memory'],
    ['kmod', 'it changes which driver a device has, or which module the kernel has'],
    ['codegen', 'it makes a file of a description, and accesses no memory'],
    ['lint', 'it reads a file, and accesses no memory'],
    ['__man', 'it is for the build'],
  ])('refuses %s', async (...[name, reason, instead = `run it by itself: physmem ${name}`]) => {
    const file = script(name)
    expect(await run(['batch', file])).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${file}:1: ${name} cannot be used in a batch: ${reason}\n  hint: ${instead}\nphysmem: ${file}: a line is wrong: nothing was run\n`,
    })
  })

  it.each([
    ['read 0x0', 'read 0x0g'],
    ['write 0x0=1', 'write 0x0=g'],
    ['wait 0x0=0', 'wait 0x0=g'],
    ['dump 0x0..+4', 'dump 0x0..+g'],
    ['load 0x0 /nowhere', 'load 0x0g /nowhere'],
    ['fill 0x0..+4 0', 'fill 0x0..+4 g'],
    ['copy 0x0..+4 0x40000000', 'copy 0x0..+4 0x4000000g'],
    ['compare 0x0..+4 0x40000000', 'compare 0x0..+4 0x4000000g'],
    ['search 0x0..+4 00', 'search 0x0..+4 g'],
    ['cache clean 0x0..+4', 'cache cleen 0x0..+4'],
    ['cache invalidate file:/nowhere..+4', 'cache invalidate file:/nowhere..+g'],
    ['devmem 0x0', 'devmem 0x0 7'],
  ])('parses all of %s before it acts', async (right, wrong) => {
    const memory = await recordedSim()
    const nothing = await run(['batch', script(right, 'reed')], { memory })
    expect(nothing.err).toMatch('a line is wrong: nothing was run')
    expect((await run(['batch', script(wrong, right)], { memory })).err).toMatch(
      'a line is wrong: nothing was run',
    )
    expect(accessesOf(memory)).toEqual([])
  })

  it('gives documents for devmem, too, which has no --json by itself', async () => {
    const file = script('devmem 0x10000000', 'devmem 0x10000008 8 0x41', 'devmem 0x1000003c')
    const { code, out } = await run(['-t', 'sim:', '--json', 'batch', file, '--keep-going'])
    const documents = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const place = '0x10000000'
    expect(code).toBe(1)
    expect(documents).toMatchObject([
      {
        ...{ command: 'devmem', line: 1 },
        results: [{ place, address: 0x1000_0000, width: 32, value: 0x5048_4d31 }],
      },
      { command: 'devmem', line: 2, error: { code: 'EFAULT_BUS' } },
      { command: 'devmem', line: 3, error: { code: 'EFAULT_BUS' } },
    ])
  })

  it.each([
    ...['read X', 'write X=1', 'wait X=1', 'dump X..+4', 'load X /nowhere', 'fill X..+4 0'],
    ...['copy 0x0..+4 X', 'copy X..+4 0x0', 'compare 0x0..+4 X', 'compare X..+4 0x0'],
    ...['search X..+4 00', 'cache clean X..+4', 'devmem X', 'devmem X 32 1'],
  ])('finds a place that the target cannot have before it acts: %s', async (line) => {
    const place = 'pci:9999:00:00.0/bar0'
    const file = script('write 0x10000008=1', line.replace('X', place), 'read 0x10000008')
    expect(await run(['-t', 'sim:', 'batch', file])).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${file}:2: ${place} is not on a simulated board: it has plain addresses only\nphysmem: ${file}: a line is wrong: nothing was run\n`,
    })
  })

  it('finds before it acts that two lines read standard input, or one the commands come through', async () => {
    const file = script('load 0x40000000 -', 'load 0x40000100 -')
    expect(await run(['-t', 'sim:', 'batch', file])).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${file}:2: standard input can be read once, and line 1 reads it\n  hint: read a file instead\nphysmem: ${file}: a line is wrong: nothing was run\n`,
    })
    const input = new StandardInput()
    input.take('the commands come through it')
    expect(() => input.take('line 1 reads it')).toThrow(
      'standard input can be read once, and the commands come through it',
    )
  })

  it('finds a target that there is not before it acts', async () => {
    const file = script('read 0x10000000 -t sim:', 'read 0x0 --target sum:')
    expect(await run(['batch', file])).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${file}:2: "sum:" is not a target: expected local, sim: (a simulated board), sim:FILE, ssh://HOST, sudo:, unix:SOCKET, serial:DEVICE[,BAUD], exec:COMMAND, gdb://HOST:PORT, gdb:SOCKET, qmp://HOST:PORT, qmp:SOCKET or, in commands, @GROUP of a board file, did you mean sim:?\nphysmem: ${file}: a line is wrong: nothing was run\n`,
    })
  })
})
