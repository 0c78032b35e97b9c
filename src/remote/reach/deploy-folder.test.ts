import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { noAgent } from '../testing/agent.ts'
import {
  because,
  board,
  filesOf,
  noRoot,
  OwnAgent,
  privateOf,
  processesOf,
  programs,
  reached,
  reaches,
  refusal,
  refused,
  skipped,
  uid,
} from './testing/boards.ts'

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
