import { execFileSync, spawnSync } from 'node:child_process'
import { hash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { RefusedError } from '../../base/errors.ts'
import { TestFolder } from '../../cli/testing/files.ts'
import { type AgentCpu, readAgent } from '../../engine/agent-file.ts'
import { Session } from '../session.ts'
import { noAgent } from '../testing/agent.ts'
import { startChild } from './child-channel.ts'
import { deploy } from './deploy.ts'

const folder = new TestFolder()
const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''
const uid = process.getuid?.() ?? 0
const noRoot = uid === 0 ? undefined : 'it needs root'
const noBusybox = spawnSync('busybox').error && 'there is no busybox'
const because = (why: string | undefined) => (why ? ` [skipped: ${why}]` : '')

/** An agent whose content, and so whose name, nobody else has. */
class OwnAgent {
  readonly bytes = Buffer.concat([readAgent(process.arch as AgentCpu), randomBytes(16)])
  readonly name = `agent-${hash('sha256', this.bytes)}`

  readonly read = (cpu: AgentCpu): Uint8Array => {
    if (cpu === process.arch) return this.bytes
    throw new RefusedError('EPLATFORM', 'not built')
  }
}

interface Started {
  env?: Record<string, string>
  agent?: OwnAgent
  limitMs?: number
}

let boards = 0

/** A folder for one board, which it takes for the user's own. */
function board(): string {
  const path = folder.file(`board${boards++}`)
  mkdirSync(path)
  return path
}

const privateOf = (runtime: string) => `${runtime}/physmem-${uid}`
const filesOf = (runtime: string) => readdirSync(privateOf(runtime))

/** Reaches an agent through a shell, of which this is the user's folder. */
async function reached(
  runtime: string,
  shell: readonly string[],
  { env = {}, agent = new OwnAgent(), limitMs = 10_000 }: Started = {},
): Promise<Session> {
  const words = Object.entries({ XDG_RUNTIME_DIR: runtime, ...env }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const channel = await startChild('board', ['env', ...words, ...shell])
  try {
    const deployed = await deploy(channel, agent.read, { limitMs })
    return await Session.start(deployed.channel)
  } catch (error) {
    await channel.close()
    throw error
  }
}

/** Whether it was reached, and ended then. */
async function reaches(...all: Parameters<typeof reached>): Promise<string> {
  const session = await reached(...all)
  const { cpu } = session.hello
  await session.close()
  return cpu
}

async function refusal(...all: Parameters<typeof reached>) {
  return await reaches(...all).catch(({ code, message, data }) => ({
    code,
    // The quotes of env are those of its locale.
    message: String(message).replace(/['‘’]/g, ''),
    cure: data.cure,
  }))
}

const refused = (message: string, cure?: string) => ({ code: 'ECONNECTION', message, cure })

/** The processes that have this in their environment. */
function processesOf(runtime: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        readFileSync(`/proc/${name}/environ`, 'latin1').includes(`=${runtime}\0`)
      )
    } catch {
      return false
    }
  })
}

/** A folder of programs that are found before the others. */
function programs(scripts: Record<string, string>): Record<string, string> {
  const path = board()
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(`${path}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  return { PATH: `${path}:${process.env.PATH}` }
}

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

describe.skipIf(noAgent)(`the folder of an agent${skipped}`, () => {
  const names: string[] = []
  const own = () => {
    const agent = new OwnAgent()
    names.push(agent.name)
    return agent
  }
  afterAll(() => {
    for (const place of ['/run', '/dev/shm', '/tmp', '/var/tmp', process.env.HOME]) {
      for (const name of names) rmSync(`${place}/physmem-${uid}/${name}`, { force: true })
    }
  })

  const unused: [string, string | undefined, (path: string) => void][] = [
    ['others may read', undefined, (path) => chmodSync(path, 0o755)],
    ['a group may write', undefined, (path) => chmodSync(path, 0o720)],
    ['belongs to somebody else', noRoot, (path) => chownSync(path, 4711, 4711)],
    [
      'is a link',
      undefined,
      (path) => {
        rmSync(path, { recursive: true })
        mkdirSync(`${path}-elsewhere`, { mode: 0o700 })
        symlinkSync(`${path}-elsewhere`, path)
      },
    ],
    [
      'is a file',
      undefined,
      (path) => {
        rmSync(path, { recursive: true })
        writeFileSync(path, '')
      },
    ],
  ]
  for (const [what, why, spoil] of unused) {
    it.skipIf(why)(`is not used where it ${what}${because(why)}`, async () => {
      const runtime = board()
      const agent = own()
      mkdirSync(privateOf(runtime), { mode: 0o700 })
      // Even where an agent lies there, it is not started.
      writeFileSync(`${privateOf(runtime)}/${agent.name}`, agent.bytes, { mode: 0o700 })
      spoil(privateOf(runtime))
      const session = await reached(runtime, ['sh'], { agent })
      const [pid] = processesOf(runtime)
      expect(execFileSync('readlink', [`/proc/${pid}/exe`]).toString()).not.toContain(runtime)
      await session.close()
    })
  }

  it('is none where none can be made, and says what was tried', async () => {
    const runtime = board()
    const env = { ...programs({ id: 'echo 4711', mkdir: 'exit 1' }), HOME: '/home/of me' }
    expect(await refusal(runtime, ['sh', '-c', 'cd /; exec sh'], { env })).toEqual(
      refused(
        `board: there is no folder for the agent in which its programs can run; tried: ${runtime} /run /dev/shm /tmp /var/tmp /home/of me /`,
        'mount one of them without noexec, or give the user a folder there in which programs may run',
      ),
    )
    expect(processesOf(runtime)).toEqual([])
  })

  /** Calls it with a file system of RAM; `undefined` where none may be mounted. */
  const mounted = (options: string): string => {
    const runtime = board()
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', runtime])
    mounts.push(runtime)
    return runtime
  }
  const mounts: string[] = []
  afterAll(() => {
    for (const path of mounts) execFileSync('umount', [path])
  })
  const noMount = whyNoMount()

  it.skipIf(noMount)(`is not where programs cannot run${because(noMount)}`, async () => {
    const runtime = mounted('noexec,mode=700')
    const agent = own()
    expect(await reaches(runtime, ['sh'], { agent })).toBe(process.arch)
    expect(filesOf(runtime)).toEqual([])
  })

  it.skipIf(noMount)(
    `has room for it, or the next one has, or it says where there is none${because(noMount)}`,
    async () => {
      const runtime = mounted('size=16k,mode=700')
      const agent = own()
      expect(await reaches(runtime, ['sh'], { agent })).toBe(process.arch)
      expect(filesOf(runtime)).toEqual([])
      // No other folder is the user's.
      const ls = `case $2 in ${runtime}/*) exec /bin/ls "$@" ;; *) exit 1 ;; esac`
      expect(await refusal(runtime, ['sh'], { env: programs({ ls }) })).toMatchObject({
        message: expect.stringContaining(
          `board: there is no room for the agent in ${runtime}; tried: ${runtime} /run `,
        ),
        cure: expect.stringMatching(/^free \d+ KiB there$/),
      })
      expect(filesOf(runtime)).toEqual([])
      expect(processesOf(runtime)).toEqual([])
    },
  )

  it('takes no rest of an agent that did not arrive for commands of the shell', async () => {
    const runtime = board()
    const done = `${runtime}/done`
    const agent = own()
    const bytes = Buffer.from(`${'x'.repeat(100)}\ntouch ${done}\n`)
    const cut = { ...agent, read: () => bytes }
    const env = programs({ head: `[ "$3" ] && exit 0; dd bs=1 count=101 2>/dev/null` })
    expect(await refusal(runtime, ['sh'], { env, agent: cut as OwnAgent })).toMatchObject({
      message: `board: the agent did not arrive whole in ${privateOf(runtime)}`,
    })
    expect(existsSync(done)).toBe(false)
  })
})

function whyNoMount(): string | undefined {
  if (noRoot) return noRoot
  const path = board()
  if (spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', path]).status !== 0) return 'it cannot mount'
  execFileSync('umount', [path])
  return undefined
}

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
