import { readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { AGENT_CPUS } from '../../engine/agent-file.ts'
import { Agent, agentUnavailable, AGENT_CPUS as BUILT } from '../testing/agent.ts'
import { TestFolder } from '../testing/files.ts'
import { printed, run } from '../testing/run.ts'

const folder = new TestFolder()

describe('agent', () => {
  const own = BUILT.find(({ name }) => name === process.arch)
  const reason = own ? agentUnavailable(own) : `there is no agent for ${process.arch}`

  it.skipIf(reason)(
    `writes the program of this CPU to a file that can be run${reason ? ` [skipped: ${reason}]` : ''}`,
    async () => {
      if (!own) return
      const agent = new Agent(own)
      const path = folder.file('physmem-agent')
      const bytes = readFileSync(agent.path)
      expect(await run(['agent', '-o', path])).toEqual(
        printed(`the agent for ${own.name}, ${bytes.length} bytes, is ${path}`),
      )
      expect(readFileSync(path)).toEqual(bytes)
      const { mode } = statSync(path)
      expect(mode & 0o111).toBe((mode & 0o444) >> 2)
      expect(await run(['agent', '--quiet', '-o', path])).toEqual(printed())
      const { out } = await run(['agent', '--cpu', own.name])
      expect(out).toBe(bytes.toString())
    },
  )

  it('names the CPUs that it is built for', () => {
    expect(BUILT.map(({ name }) => name)).toEqual([...AGENT_CPUS])
  })

  it('spoils no terminal', async () => {
    expect(await run('agent', { terminal: true })).toMatchObject({
      code: 2,
      err: 'physmem: a program would garble the terminal: write it to a file with -o\n',
    })
  })

  it.each([
    ['arm63', 'arm64'],
    ['aarch64', 'arm64'],
    ['AMD64', 'x64'],
    ['armv7l', 'arm'],
    ['riscv', 'riscv64'],
  ])('refuses other CPUs, and other names of these: %s', async (name, meant) => {
    expect(await run(`agent --cpu ${name}`)).toMatchObject({
      code: 2,
      err: `physmem: "${name}" is not a CPU: expected x64, arm64, arm or riscv64, did you mean ${meant}?\n`,
    })
  })
})
