import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeRoot } from '../src/linux/testing/fake-root.ts'
import { root, runProgram } from './testing/run.ts'

const tried = new Set<string>()

async function run(name: string, ...args: string[]): Promise<string[]> {
  tried.add(`${name}.ts`)
  const source = readFileSync(join(root, 'examples', `${name}.ts`), 'utf8')
  return (await runProgram(name, source, args)).trimEnd().split('\n')
}

describe('examples', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'physmem-examples-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('read-register', async () => {
    expect(await run('read-register')).toEqual(['sim: 0x10000000: 0x50484d31'])
    const file = join(folder, 'words.bin')
    writeFileSync(file, Uint8Array.of(0, 0, 0, 0, 4, 3, 2, 1))
    expect(await run('read-register', `file:${file}`, '4')).toEqual([`${file} 4: 0x01020304`])
    // The physical memory of this machine, of which nothing is accessed.
    await expect(run('read-register', '', '1')).rejects.toMatchObject({
      stderr: expect.stringContaining('EALIGN'),
    })
  })

  it.skipIf(existsSync('/dev/physmem'))('caching, which says what is missing', async () => {
    await expect(run('caching')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^caching: .*\(\w+\)\n {2}cure: .*\n$/),
    })
  })

  it('this-machine', async () => {
    using machine = FakeRoot.recorded('x86_64-6.12')
    expect(await run('this-machine', machine.path)).toEqual([
      'System RAM 0x1000..0x9fc00 node 0',
      'System RAM 0x100000..0x7ffe0000 node 0',
      'System RAM 0x100000000..0x140000000 node 1',
      'pci:0000:00:04.0/bar0 0xfe800000 +0x100000 uio_edu',
      'pci:0000:00:05.0/bar0 0xfe960000 +0x100 no driver',
      'pci:0000:00:05.0/bar2 0xfea00000 +0x100000 no driver',
      'pci:0000:00:06.0/bar0 0xfe940000 +0x20000 e1000',
      'pci:0000:00:1e.0/bar1 0xfe961000 +0x1000 virtio-pci',
      'pci:0000:00:1e.0/bar4 0xfeb00000 +0x4000 virtio-pci',
      'pci:0000:00:1f.2/bar5 0xfe962000 +0x1000 no driver',
      'CONFIG_STRICT_DEVMEM=y',
    ])
    await expect(run('this-machine', 'sim:')).rejects.toMatchObject({
      code: 2,
      stderr: 'this-machine: sim: is not a folder with a copy of /proc\n',
    })
  })

  it('bring-up', () => {
    tried.add('bring-up.ts')
    // With the tsx of this project, as any other does it.
    const line = ['dist/cli/main.js', 'run', '-t', 'sim:', 'examples/bring-up.ts']
    const run = (...args: string[]) =>
      execFileSync(process.execPath, [...line, ...args], { cwd: root, encoding: 'utf8' })
    expect(run()).toBe('sim: is up, in mode Fast\n')
    expect(run('Turbo')).toBe('sim: is up, in mode Turbo\n')
  })

  it('program', async () => {
    expect(await run('program')).toEqual([
      'updated 0x1234 to 0x1256',
      'read 0x1256',
      'bytes a5a5a5a50000',
      'step 1: 32-bit read at 0x1000003c (sim:) failed: demo.BROKEN answers every access with a bus error',
      'done before: 1 step, which read 0x1256',
      'not written: 0x1256',
    ])
  })

  it('wait-and-update', async () => {
    expect(await run('wait-and-update')).toEqual([
      'control was 0x0, is 0xb0',
      'control is 0x30',
      'interrupts 0x1',
      'ETIMEOUT: wait at 0x10000010 (sim:) timed out after 20 ms: (0x0 & 0x1) is not 0x1',
      'EABORT',
    ])
  })

  it('fifo', async () => {
    expect(await run('fifo')).toEqual(['4 elements', '0x11', '0x22', '0x33', '1 element'])
  })

  it.runIf(process.platform === 'linux')('user-space-driver', async () => {
    const file = join(folder, 'gpio.bin')
    const printfOf = (name: string) =>
      /printf '.*/.exec(readFileSync(join(root, name), 'utf8'))?.[0] ?? 'false'
    const line = printfOf('docs/user-space-driver.md')
    expect(printfOf('examples/user-space-driver.ts')).toBe(line)
    execFileSync('sh', ['-c', line], { cwd: folder })
    expect(await run('user-space-driver', `file:${file}`)).toEqual([
      'line 6 is low',
      'line 7 is high',
    ])
    const after = readFileSync(file)
    expect([0, 4, 8].map((at) => after.readUInt32LE(at))).toEqual([0x08, 0x29, 0x80])
  })

  it('user-space-driver writes nothing to what is not a GPIO block, and to nothing that was not named', async () => {
    const file = join(folder, 'other.bin')
    writeFileSync(file, new Uint8Array(16).fill(0x11))
    await expect(run('user-space-driver', `file:${file}`)).rejects.toMatchObject({
      stderr: expect.stringContaining(
        `no GPIO block at file:${file}: it identifies itself as 0x11111111`,
      ),
    })
    expect(readFileSync(file).every((byte) => byte === 0x11)).toBe(true)
    await expect(run('user-space-driver')).rejects.toMatchObject({
      code: 2,
      stderr: 'usage: user-space-driver PLACE\n',
    })
  })

  it('name no device of their own that they write to', () => {
    for (const name of readdirSync(join(root, 'examples')).filter((name) => /\.ts$/.test(name))) {
      const source = readFileSync(join(root, 'examples', name), 'utf8')
      const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      expect({
        name,
        named: name.includes('.test.') ? [] : (code.match(/\b0000:|'uio:|'pci:.*bar[0-6]/g) ?? []),
      }).toEqual({ name, named: [] })
    }
  })

  it('own-memory', async () => {
    const lines = await run('own-memory')
    expect(lines).toEqual([
      'skipped: refuses a width that this memory or CPU lacks before anything is touched: it has all widths',
      expect.stringMatching(/^\d+ of \d+ cases of the contract are kept$/),
    ])
  })

  it('handle-errors', async () => {
    const wrong = 'the request is wrong, nothing was touched:'
    expect(await run('handle-errors')).toEqual([
      `${wrong} EALIGN: 0x10000002 is not a multiple of 4: a 32-bit access would not be one access`,
      `${wrong} EVALUE: the value 0x100 does not fit in 8 bits`,
      `${wrong} ERANGE: BAR 9 does not exist: the largest is 5`,
      `${wrong} ENOPLACE: /nowhere cannot be opened for writing: there is no such file`,
      'the read failed: EFAULT_BUS: 32-bit read at 0x1000003c (sim:) failed: demo.BROKEN answers every access with a bus error',
      'it did not come true: ETIMEOUT: wait at 0x10000000 (sim:) timed out after 5 ms: 0x50484d31 is not 0x0',
      'the read failed: EFAULT_BUS: 32-bit read at 0x40100000 (sim:) failed: nothing answered (bus error); 2 of 4 elements were read',
      'the system refuses: ECLOSED: sim: is closed',
    ])
  })

  it.each([
    [[], 'usage: edu-driver PCI-ADDRESS [ROUNDS] [BITS]'],
    [['ffff:ff:1f.7'], 'there is no PCI device ffff:ff:1f.7'],
    [['0000:00:04.0', 'abc'], 'ROUNDS is "abc": expected a whole number, 1 to 1000000000'],
    [['0000:00:04.0', '0'], 'ROUNDS is "0": expected a whole number, 1 to 1000000000'],
    [['0000:00:04.0', '1', '2x'], 'BITS is "2x": expected a whole number, 1 to 52'],
  ])('edu-driver %j is refused', async (args, message) => {
    await expect(run('edu-driver', ...args)).rejects.toMatchObject({
      code: 2,
      stderr: `edu-driver: ${message}\n`,
    })
  })

  it('are all run', () => {
    const programs = readdirSync(join(root, 'examples')).filter((name) =>
      /^[a-z-]+\.ts$/.test(name),
    )
    tried.add('caching.ts') // with the kernel module: lab/tests/experiments/memory.test.ts
    tried.add('edu-driver.ts') // on a machine with such a card: lab/tests/driver/edu-driver.test.ts
    expect([...tried].sort()).toEqual(programs.sort())
  })
})
