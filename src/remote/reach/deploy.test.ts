import { execFileSync, spawnSync } from 'node:child_process'
import { lstatSync, readFileSync, symlinkSync, truncateSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RefusedError } from '../../base/errors.ts'
import { noAgent } from '../testing/agent.ts'
import { startChild } from './child-channel.ts'
import { deploy } from './deploy.ts'
import {
  because,
  board,
  filesOf,
  noBusybox,
  OwnAgent,
  privateOf,
  processesOf,
  programs,
  reached,
  reaches,
  refusal,
  refused,
  skipped,
} from './testing/boards.ts'

describe.skipIf(noAgent)(`an agent that is brought${skipped}`, () => {
  const shells: [string, string[], string | undefined][] = [
    ['sh', ['sh'], undefined],
    ['bash', ['bash'], spawnSync('bash', ['-c', ':']).error && 'there is no bash'],
    [
      'bash of POSIX',
      ['bash', '--posix'],
      spawnSync('bash', ['-c', ':']).error && 'there is no bash',
    ],
    ["busybox's sh", ['busybox', 'sh'], noBusybox],
  ]
  for (const [name, shell, why] of shells) {
    it.skipIf(why)(`is sent once, and used again, by ${name}${because(why)}`, async () => {
      const runtime = board()
      const agent = new OwnAgent()
      expect(await reaches(runtime, shell, { agent })).toBe(process.arch)
      expect(filesOf(runtime)).toEqual([agent.name])
      expect(lstatSync(privateOf(runtime)).mode & 0o7777).toBe(0o700)
      const file = `${privateOf(runtime)}/${agent.name}`
      const { mtimeMs, ino, mode } = lstatSync(file)
      expect(mode & 0o7777).toBe(0o700)
      expect(readFileSync(file)).toEqual(agent.bytes)
      expect(await reaches(runtime, shell, { agent })).toBe(process.arch)
      expect(lstatSync(file)).toMatchObject({ mtimeMs, ino })
      expect(filesOf(runtime)).toEqual([agent.name])
      expect(processesOf(runtime)).toEqual([])
    })
  }

  it('arrives without sha256sum and head', async () => {
    const runtime = board()
    const none = 'exit 127'
    const env = programs({ sha256sum: none, busybox: none, toybox: none, head: none })
    const agent = new OwnAgent()
    expect(await reaches(runtime, ['sh'], { agent, env })).toBe(process.arch)
    expect(filesOf(runtime)).toEqual([agent.name])
  })

  /** A folder with nothing but these programs. */
  const only = (...names: string[]): Record<string, string> => {
    const path = board()
    for (const name of names) {
      const found = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
      symlinkSync(found, `${path}/${name}`)
    }
    return { PATH: path }
  }

  it('needs few programs', async () => {
    const env = only('uname', 'id', 'ls', 'mkdir', 'chmod', 'mv', 'rm', 'dd', 'wc')
    expect(await reaches(board(), ['/bin/sh'], { env })).toBe(process.arch)
  })

  it.each<[string[], string, string]>([
    [[], 'uname, id and ls', 'them'],
    [['id', 'ls'], 'uname', 'it'],
    [['uname', 'id', 'ls', 'mkdir', 'mv', 'rm', 'head', 'wc'], 'chmod', 'it'],
    [['uname', 'id', 'ls', 'chmod', 'rm', 'head', 'wc'], 'mkdir and mv', 'them'],
    [['uname', 'id', 'ls', 'chmod', 'mkdir', 'mv', 'rm'], 'head and wc', 'them'],
  ])('says which of them the shell does not find: %j', async (found, missing, them) => {
    expect(await refusal(board(), ['/bin/sh'], { env: only(...found) })).toEqual(
      refused(
        `board: its shell finds no ${missing}, which bringing the agent needs`,
        `install ${them} there (busybox has ${them}), or let PATH of that shell lead to ${them}`,
      ),
    )
  })

  it('is sent again where the file is damaged', async () => {
    const runtime = board()
    const agent = new OwnAgent()
    await reaches(runtime, ['sh'], { agent })
    const file = `${privateOf(runtime)}/${agent.name}`
    truncateSync(file, 1000)
    expect(await reaches(runtime, ['sh'], { agent })).toBe(process.arch)
    expect(readFileSync(file)).toEqual(agent.bytes)
    expect(filesOf(runtime)).toEqual([agent.name])
  })

  it('starts behind a banner', async () => {
    const script = 'echo "Welcome to physmem-agent: needs nothing"; echo physmem-agent; exec sh'
    expect(await reaches(board(), ['sh', '-c', script])).toBe(process.arch)
  })

  it('ends when its input ends', async () => {
    const runtime = board()
    const session = await reached(runtime, ['sh'])
    expect(processesOf(runtime)).toHaveLength(1)
    await session.close()
    expect(processesOf(runtime)).toEqual([])
  })
})

describe.skipIf(noAgent)(`what has no agent${skipped}`, () => {
  it('is a CPU for which there is none', async () => {
    const big = { env: programs({ uname: 'echo armv7b' }) }
    expect(await refusal(board(), ['sh'], big)).toMatchObject({
      message: expect.stringMatching(/^board: its CPU is armv7b, for which there is no agent: /),
    })
    const env = programs({ uname: "printf 'mips\\033[1m64\\n'" })
    expect(await refusal(board(), ['sh'], { env })).toEqual(
      refused(
        `board: its CPU is mips\\u{1b}[1m64, for which there is no agent: there are those for ${process.arch}`,
        'run physmem or the devmem of busybox there, or use a debug port of it (gdb:)',
      ),
    )
  })

  it.each<[string[], string]>([
    [['true'], 'env ended with exit code 0'],
    [['false'], 'env ended with exit code 1'],
    [
      ['sh', '-c', 'echo one; echo no >&2; echo "entry:\x1b[1m" >&2; exit 3'],
      'env ended with exit code 3: no · entry:\\u{1b}[1m; it said: one',
    ],
    [['/nonesuch'], 'env ended with exit code 127: env: /nonesuch: No such file or directory'],
    [['cat'], 'its shell does not answer within 0.3 s; it repeats what it is sent'],
    [
      ['sh', '-c', 'echo; echo "login: \x1b[1m"; exec sleep 60'],
      'its shell does not answer within 0.3 s; it said: login: \\u{1b}[1m',
    ],
    [['yes'], 'too much came that is no answer of a shell; it began with: y'],
    [
      ['cat', '/dev/zero'],
      `too much came that is no answer of a shell; it began with: ${'\\u{0}'.repeat(12)}...`,
    ],
    [['sh', '-c', 'exec sleep 60'], 'its shell does not answer within 0.3 s'],
    [['sh', '-c', 'kill -9 $$'], 'env was ended by SIGKILL'],
    [['printf', 'physmem-agent: hm what\n'], 'its shell answers something else: hm what'],
  ])('is no shell: %j', async (shell, why) => {
    const runtime = board()
    expect(await refusal(runtime, shell, { limitMs: 300 })).toEqual(refused(`board: ${why}`))
    expect(processesOf(runtime)).toEqual([])
  })

  it('leaves no timer behind, which would keep a program from its end', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout')
    const channel = await startChild('board', ['cat'])
    const before = timers()
    await channel.close()
    // Those of the tests before may end meanwhile.
    expect(timers().length).toBeLessThanOrEqual(before.length)
    expect(await channel.ended).toBe('cat ended with exit code 0')
  })

  it('is every CPU, where this installation has none', async () => {
    const none = () => {
      throw new RefusedError('EPLATFORM', 'not built')
    }
    const channel = await startChild('board', ['sh'])
    await expect(deploy(channel, none)).rejects.toMatchObject({
      message: 'board: this physmem has no agent for any CPU',
      data: { cure: 'use a package that has them, or build them in a clone' },
    })
    await channel.close()
  })

  it('is a program that there is not', async () => {
    await expect(startChild('board', ['/none/such', 'sh'])).rejects.toMatchObject({
      ...{ code: 'ECONNECTION', message: 'board: there is no program /none/such' },
    })
  })
})
