/** That a forked command (lab/machine/physmem.ts) is what a command is that was started. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Arch, Series } from '../supply/arch.ts'
import { labTitle, labUnavailable } from './available.ts'
import { type Machine, startMachine } from './machine.ts'
import { inGuest, type Outcome } from './physmem.ts'
import { plainWords } from './words.ts'

const machines: readonly [Arch, Series][] = [
  ['x86_64', '6.12'],
  ['aarch64', '6.1'],
]

/** A forked process has no start to wait for, but the machine may be slow. */
const patience = { timeout: 30_000 }

describe.each(machines)('the fork server, %s %s', (arch, series) => {
  const reason = labUnavailable(arch, series)
  describe.skipIf(reason)(labTitle('gives', reason), () => {
    let machine: Machine

    beforeAll(async () => {
      machine = await startMachine({ arch, series })
    })
    afterAll(() => machine?.stop())

    const forked = async (commandLine: string): Promise<Outcome> => {
      const { stdout, stderr, exitCode } = await machine.run(plainWords(commandLine) ?? [])
      return { stdout, stderr, exitCode }
    }

    it.each([
      ['--version', 0],
      ['read --help', 0],
      ['list', 0],
      ['read file:/init --json', 0],
      ['read file:/init+0x1000000 file:/init', 2],
      ['write file:/init', 2],
      ['read pid:1:0', 1],
      ['wait file:/init=0 --timeout 10ms', 3],
      ["read -q 'iomem:System RAM' --no-such", 2],
    ])('what a started process gives: %s', async (line, exitCode) => {
      const started = await inGuest(machine, `physmem ${line}`)
      const comparable = ({ stdout, ...rest }: Outcome): Outcome => ({
        stdout: stdout.replace(/"elapsed\w*": [\d.]+/g, ''),
        ...rest,
      })
      expect(comparable(await forked(line))).toEqual(comparable(started))
      expect(started.exitCode).toBe(exitCode)
    })

    it('a process of its own, which knows nothing of those before', async () => {
      await inGuest(machine, 'echo 1234 > /tmp/word')
      expect(await forked('read -q file:/tmp/word')).toMatchObject({ stdout: '0x34333231\n' })
      await inGuest(machine, 'rm /tmp/word; echo 5678 > /tmp/word')
      expect(await forked('read -q file:/tmp/word')).toMatchObject({ stdout: '0x38373635\n' })
      const waiting = forked('wait file:/tmp/word=0 --timeout 60s')
      // A child of process 1, at the head of a session: the server is one, and so is the command.
      const processes = async () => {
        const { stdout } = await inGuest(machine, 'cat /proc/[0-9]*/stat')
        return [...stdout.matchAll(/^(\d+) \(node\) \S 1 \1 \1 /gm)].map(([, pid]) => pid)
      }
      await expect.poll(processes, patience).toHaveLength(2)
      await inGuest(machine, `kill -TERM ${(await processes()).at(-1)}`)
      expect((await waiting).exitCode).not.toBe(0)
    })

    it('many at once', async () => {
      const all = await Promise.all(Array.from({ length: 6 }, () => forked('read -q file:/init')))
      expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1)
    })

    it('an end to what takes too long', async () => {
      const slow = machine.run(['wait', 'file:/init=0', '--timeout', '60s'], { timeoutMs: 500 })
      await expect(slow).rejects.toThrow('not done after 500 ms: physmem wait file:/init=0')
      await expect
        .poll(async () => (await inGuest(machine, 'pidof node | wc -w')).stdout)
        .toBe('1\n')
    })

    it('a failure when the server is gone, and then another server', async () => {
      await inGuest(machine, 'killall -9 node')
      expect(await forked('--version')).toEqual({
        stdout: '',
        stderr: 'lab runner: no process could be had of the fork server\n',
        exitCode: 126,
      })
      expect(await forked('--version')).toMatchObject({ stderr: '', exitCode: 0 })
    })
  })
})
