/** What the compilers make of native/transfer.c: instructions that hypervisors and devices depend on. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

function missing(...programs: string[]): string | undefined {
  const absent = programs.find(
    (one) => spawnSync(one, ['--version'], { stdio: 'ignore' }).status !== 0,
  )
  return absent && `${absent} is not installed`
}

/** The instructions of each function, in lower case, with one space between their parts. */
function functionsOf(cpu: string, prefix: string): Map<string, string[]> {
  const make = spawnSync('make', ['-C', 'native', 'objects', `CPU=${cpu}`], { cwd: root })
  expect(make.stderr.toString()).toBe('')
  const object = `${root}build/test/linux-${cpu}/transfer.o`
  const dump = spawnSync(`${prefix}objdump`, ['-d', '--no-show-raw-insn', object], {
    encoding: 'utf8',
  })
  const found = new Map<string, string[]>()
  let current: string[] = []
  for (const line of dump.stdout.split('\n')) {
    const name = /^[0-9a-f]+ <([^>]+)>:$/.exec(line)?.[1]
    if (name !== undefined) {
      current = []
      found.set(name, current)
    }
    const code = /^\s+[0-9a-f]+:\s+(.*)$/.exec(line)?.[1]
    if (code !== undefined) current.push(code.replace(/\s+/g, ' ').trim())
  }
  return found
}

/** What loads and stores blocks, waits, and makes single accesses. */
const ACCESSING =
  /^(load_stretch|store_stretch|pm_(load|store|fill)(_block|_cells|_words)?|pm_wait)\b/

describe.each([
  ['arm', 'arm-linux-gnueabihf-', 3],
  ['arm64', 'aarch64-linux-gnu-', 4],
] as const)('accesses on %s', (cpu, prefix, widths) => {
  const reason = missing('make', `${prefix}gcc`, `${prefix}objdump`)

  it.skipIf(reason)(
    `have a plain base register, which a hypervisor can decode${reason ? ` [skipped: ${reason}]` : ''}`,
    () => {
      const functions = [...functionsOf(cpu, prefix)].filter(([name]) => ACCESSING.test(name))
      expect(functions.map(([name]) => name)).toEqual(
        expect.arrayContaining(['pm_load_block', 'pm_store_block', 'pm_fill_block', 'pm_wait']),
      )
      // ldr r0, [r1], #4 and ldr r0, [r1, #4]! write their base back. What loads stores into ordinary
      // memory, and what stores loads from it: there any form does. So it does for a load that gives
      // the base of the next, from the list of addresses.
      const writingBack = functions.flatMap(([name, lines]) => {
        const access = /store|fill/.test(name) ? /^str/ : /^ldr/
        const bases = new Set(
          lines.map((line) => /^ldr\S* \w+, \[(\w+)(?:, #0)?\]$/.exec(line)?.[1]),
        )
        const isAddress = (line: string) => bases.has(/^ldr\S* (\w+),/.exec(line)?.[1] ?? '')
        return lines.filter(
          (line) =>
            access.test(line) &&
            /(\]!|\], )/.test(line) &&
            !/\[sp/.test(line) &&
            !(/_(cells|words)/.test(name) && isAddress(line)),
        )
      })
      expect(writingBack).toEqual([])
      const code = functions.flatMap(([, lines]) => lines)
      const plain = code.filter((line) => /^(ldr|ldrb|ldrh)(\.w)? \w+, \[\w+(, #0)?\]/.test(line))
      expect(plain.length).toBeGreaterThanOrEqual(widths)
    },
  )
})

describe('barriers on riscv64', () => {
  const prefix = 'riscv64-linux-gnu-'
  const reason = missing('make', `${prefix}gcc`, `${prefix}objdump`)

  it.skipIf(reason)(`order accesses to RAM, too${reason ? ` [skipped: ${reason}]` : ''}`, () => {
    const functions = functionsOf('riscv64', prefix)
    const fences = (lines: string[] = []) => lines.filter((line) => line.startsWith('fence'))
    expect(fences(functions.get('pm_load'))).toContain('fence ir,iorw')
    expect(fences(functions.get('pm_store'))).toContain('fence iorw,ow')
    const all = new Set([...functions.values()].flatMap(fences))
    expect([...all].sort()).toEqual(['fence iorw,ow', 'fence ir,iorw'])
  })
})
