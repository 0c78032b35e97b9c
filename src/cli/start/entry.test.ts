/** The end of the command: when its answer is printed, nothing holds it up. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder, testBytes } from '../testing/files.ts'

const cli = new BuiltCli()
const files = new TestFolder()
const memory = files.file('memory.bin', testBytes(64))

/** Runs the command after a piece of a program, in a Node without flags. */
function runBehind(program: string, args: readonly string[]) {
  const script = files.file('behind.cjs', `${program}\nrequire(${JSON.stringify(cli.main)})\n`)
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', XDG_CACHE_HOME: cli.cache },
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  return { code: status, signal, out: stdout, err: stderr }
}

const lines = [
  [['read', '-q', `file:${memory}+8`], 0, '0x4e474039\n'],
  [['wait', '-q', `file:${memory}:0=0`, '--timeout', '1ms'], 3, ''],
  [['--version'], 0, undefined],
  [['list', '-q', 'no such place'], 3, ''],
] as const

describe('the end of a command', () => {
  it.each(lines)('%j: is not held up by what keeps the event loop alive', (args, code, out) => {
    const ran = runBehind('setInterval(() => {}, 1 << 30)', args)
    expect(ran).toMatchObject({ code, signal: null, ...(out === undefined ? {} : { out }) })
  })

  it.each(lines)('%j: is not held up by an end of Node that never comes', (args, code, out) => {
    const ran = runBehind('process.reallyExit = () => { for (;;); }', args)
    expect(ran).toMatchObject({ code, signal: null, ...(out === undefined ? {} : { out }) })
  })

  it('is that of Node under flags of its own', () => {
    const env = { ...process.env, NODE_OPTIONS: '', XDG_CACHE_HOME: cli.cache }
    const words = ['--trace-exit', cli.main, 'read', '-q', `file:${memory}+8`]
    const { status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8', env })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '0x4e474039\n' })
  })
})
