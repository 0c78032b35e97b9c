/** What a shell sees of a command that a signal ended. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { BuiltCli, Child } from '../testing/built.ts'
import { TestFolder } from '../testing/files.ts'

const cli = new BuiltCli()
const folder = new TestFolder()

/** Says on stderr when it listens for signals, and then waits. */
const wait = '-t sim: wait 0x40000001=1 --unaligned --timeout 5s'

describe('a command that a signal ended', () => {
  it.each([
    ['INT', 130, 'Ctrl-C'],
    ['TERM', 143, 'SIGTERM'],
    ['HUP', 129, 'SIGHUP'],
  ])('dies of SIG%s, which a shell shows as %i', async (signal, code, name) => {
    const errors = folder.file(signal, '')
    const script =
      `${process.execPath} ${cli.main} ${wait} 2> ${errors} & ` +
      `until [ -s ${errors} ]; do sleep 0.01; done; kill -${signal} $!; wait $! 2> /dev/null; echo $?`
    expect((await cli.shell(script)).out).toBe(`${code}\n`)
    expect(readFileSync(errors, 'utf8').split('\n')[1]).toBe(`physmem: stopped (${name})`)
  })

  it('ends the loop of a shell', async () => {
    const script = `for n in 1 2 3; do echo $n; ${process.execPath} ${cli.main} ${wait}; done`
    const env = { ...process.env, XDG_CACHE_HOME: cli.cache }
    // A group of processes of its own, as a terminal signals it.
    const loop = new Child(spawn('bash', ['-c', script], { detached: true, env }))
    while (loop.err === '') await setTimeout(5)
    process.kill(-(loop.process.pid ?? Number.NaN), 'SIGINT')
    expect((await loop.ended).out).toBe('1\n')
    expect(loop.process.signalCode).toBe('SIGINT')
  })
})
