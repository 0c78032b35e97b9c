/** The demo as `npm run demo` starts it, with machines and without. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { repositoryRoot } from '../../supply/repository.ts'

interface Run {
  readonly output: string
  readonly errors: string
  readonly exitCode: number | null
}

function demo(environment: NodeJS.ProcessEnv = {}): Promise<Run> {
  const root = repositoryRoot()
  const child = spawn(
    process.execPath,
    [join(root, 'scripts/run.mjs'), 'lab/by-hand/demo/demo.ts'],
    {
      env: { ...process.env, FORCE_COLOR: undefined, ...environment },
    },
  )
  let [output, errors] = ['', '']
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString()
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => {
      resolve({ output, errors, exitCode })
    })
  })
}

/** Each of the texts comes, after the one before it. */
function expectInOrder(output: string, texts: readonly (string | RegExp)[]): void {
  let rest = output
  for (const text of texts) {
    const found = typeof text === 'string' ? text : (text.exec(rest)?.[0] ?? String(text))
    expect(rest).toContain(found)
    rest = rest.slice(rest.indexOf(found) + found.length)
  }
}

const escapeCharacter = String.fromCharCode(27)

describe('the demo', () => {
  const reason = labUnavailable('x86_64', '6.1') ?? labUnavailable('aarch64', '6.1')

  it.skipIf(reason)(labTitle('tells its story on two real kernels', reason), async () => {
    const { output, errors, exitCode } = await demo()
    expect({ errors, exitCode }).toEqual({ errors: '', exitCode: 0 })
    expectInOrder(output, [
      /^x86-64 {2}Debian's kernel 6\.1\.\S+, up in [\d.]+ s$/m,
      /^arm64 {3}Debian's kernel 6\.1\.\S+, up in [\d.]+ s$/m,
      'x86-64 # physmem read pci:0000:00:04.0/bar0\n   pci:0000:00:04.0/bar0  0x010000ed\n',
      '✓ QEMU itself reads 0xedcba987 there',
      /physmem wait pci:0000:00:04\.0\/bar0\+0x20:0=0 --timeout 1s\n.* 0x0 .* after /,
      'pci:0000:00:04.0/bar0+0x8  3628800\n',
      /physmem read 0xfed000f0 --width 64\n {3}0xfed000f0 {2}0x[0-9a-f]{16}\n {3}✓ QEMU saw /,
      / 0xfed000f0 {2}0x[0-9a-f]{8} -> 0x[0-9a-f]{8}\n/,
      'arm64 # physmem write 0x09000000=0x48 0x09000000=0x65 ',
      '✓ The other end of the line received "Hello!\\r\\n"',
      '✓ QEMU recorded 8 stores and 0 loads',
      /physmem translate \d+ 0x7f[0-9a-f]+\n.*\n {3}physical {2}0x[0-9a-f]+\n/,
      '|PHYSMEM_WAS_HERE|\n',
      ' by /proc/kcore: ',
      '✓ QEMU, from outside, sees "PHYSMEM_WAS_HERE" there\n',
      /physmem write 0x[0-9a-f]+=0 --width 8\n/,
      'it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)\n',
      / {2}cure: install the headers of kernel \S+, then build and load the module: physmem kmod build && physmem kmod load; or reserve the range at boot \(memmap=\)/,
      'exit code 1\n',
      /physmem doctor 0x[0-9a-f]+ --width 8\n/,
      /read {5}works, by \/proc\/kcore\n/,
      /seen in +\/proc\/iomem: [0-9a-f]+-[0-9a-f]+ : System RAM\n/,
      'That was all, in ',
    ])
    expect(output).not.toContain(escapeCharacter)
    expect(output).not.toContain('✗')
  })

  it('says why there are no machines, and tells the story on the simulated board', async () => {
    const { output, errors, exitCode } = await demo({ PATH: '/nowhere' })
    expect({ errors, exitCode }).toEqual({ errors: '', exitCode: 0 })
    expectInOrder(output, [
      'There is no virtual machine: qemu-system-x86_64 is not installed.\n',
      'sim # physmem --target sim: read 0x10000000\n   0x10000000  0x50484d31\n',
      '✓ The board itself has 0x123456a8 there',
      /physmem --target sim: wait 0x10000020:7=0 --timeout 1s\n.* 0x0 .* after /,
      '0x1000000c:1  0x1 ',
      / 0xfed000f0 {2}0x[0-9a-f]{8} -> 0x[0-9a-f]{8}\n/,
      '✓ The board sent "Hello!\\r\\n"',
      'answers every access with a bus error\n     done: read 1 of 2 elements\n   exit code 1\n',
      'That was all, in ',
    ])
    expect(output).not.toContain(escapeCharacter)
  })
})
