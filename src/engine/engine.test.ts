/** Runs native/test/engine_test.c: here, and for the other CPUs under user-mode emulation. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Cpu {
  name: string
  emulator: string
  compiler: string
  argument?: string
  note?: string
}

const CPUS: Cpu[] = [
  { name: 'x64', emulator: 'qemu-x86_64-static', compiler: 'x86_64-linux-gnu-gcc' },
  {
    name: 'arm64',
    emulator: 'qemu-aarch64-static',
    compiler: 'aarch64-linux-gnu-gcc',
    // User-mode emulation passes over dc cvac and dc civac.
    argument: 'no-cache',
    note: ', without faults of cache lines',
  },
  {
    name: 'arm',
    emulator: 'qemu-arm-static',
    compiler: 'arm-linux-gnueabihf-gcc',
    // QEMU 7.2 reports SIGBUS addresses of 32-bit Arm one page too high.
    argument: 'no-bus',
    note: ', without bus errors',
  },
  { name: 'riscv64', emulator: 'qemu-riscv64-static', compiler: 'riscv64-linux-gnu-gcc' },
]

function missing(program: string): string | undefined {
  const found = spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
  return found ? undefined : `${program} is not installed`
}

function cannotRun(cpu: Cpu): string | undefined {
  if (cpu.name === process.arch) return missing('cc')
  return missing(cpu.emulator) ?? missing(cpu.compiler)
}

describe('the engine', () => {
  for (const cpu of CPUS) {
    const reason = cannotRun(cpu)
    const title = `passes its own test on ${cpu.name}${cpu.note ?? ''}`
    it.skipIf(reason)(reason ? `${title} [skipped: ${reason}]` : title, () => {
      const make = spawnSync('make', ['-C', 'native', 'engine-test', `CPU=${cpu.name}`], {
        cwd: root,
        encoding: 'utf8',
      })
      expect(make.stderr).toBe('')
      const program = `${root}build/test/linux-${cpu.name}/engine_test`
      const words = cpu.name === process.arch ? [program, 'not-emulated'] : [cpu.emulator, program]
      if (cpu.argument && cpu.name !== process.arch) words.push(cpu.argument)
      const [command = '', ...rest] = words
      const run = spawnSync(command, rest, { encoding: 'utf8', timeout: 15_000 })
      expect(run.stdout).toMatch(/^ok \d+ checks\n$/)
      expect(run.status).toBe(0)
    })
  }
})
