import { existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../../cli/testing/files.ts'
import { ownAgentFile } from '../../engine/agent-file.ts'
import { connectionError } from '../errors.ts'
import { greeting } from '../testing/made-channel.ts'
import { commandOf } from './command.ts'
import { reach } from './index.ts'

const folder = new TestFolder()

it('a target that ends with a colon has no second one in messages', () => {
  expect(connectionError('sudo:', 'it ended').message).toBe('sudo: it ended')
  expect(connectionError('ssh://board', 'it ended').message).toBe('ssh://board: it ended')
})

describe('the command of a target', () => {
  it.each([
    [
      { by: 'ssh', host: 'board' } as const,
      'ssh -T -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -- board sh',
    ],
    [
      { by: 'ssh', user: 'root', host: 'fe80::1%eth0', port: 2222 } as const,
      'ssh -T -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -p 2222 -l root -- fe80::1%eth0 sh',
    ],
    [{ by: 'sudo' } as const, 'sudo -- sh'],
    [{ by: 'exec', command: ['docker', 'exec', '-i', 'box'] } as const, 'docker exec -i box sh'],
  ])('is a program with its words: %j', (how, line) => {
    expect(commandOf(how).join(' ')).toBe(line)
  })

  it('has sudo in it, which asks for no password', () => {
    const ssh = commandOf({ by: 'ssh', host: 'board' }, { sudo: true }).join(' ')
    expect(ssh).toMatch(/ -- board sudo -n -- sh$/)
    const exec = commandOf({ by: 'exec', command: ['env', 'A=1'] }, { sudo: true }).join(' ')
    expect(exec).toBe('env A=1 sudo -n -- sh')
  })

  it('is ended where a signal ends the attempt', async () => {
    const stop = new AbortController()
    const how = { by: 'exec', command: ['sh', '-c', 'exec sleep 60'] } as const
    const reached = reach('exec:x', how, { signal: stop.signal })
    setTimeout(() => stop.abort(), 100)
    await expect(reached).rejects.toMatchObject({
      code: 'EABORT',
      message: 'exec:x: stopped before an agent answered',
      cause: { message: 'exec:x: sh was ended by SIGTERM' },
    })
  })

  it('is told before it is run', async () => {
    const told: (readonly string[])[] = []
    const how = { by: 'exec', command: ['/none/such', 'a b'] } as const
    await expect(reach('exec:x', how, { tell: (argv) => told.push(argv) })).rejects.toMatchObject({
      code: 'ECONNECTION',
      message: 'exec:x: there is no program /none/such',
    })
    expect(told).toEqual([['/none/such', 'a b', 'sh']])
  })
})

/** What somebody is told where this way leads nowhere. */
async function told(how: Parameters<typeof reach>[1], sudo = false) {
  return await reach('there', how, { sudo }).then(
    () => 'reached',
    ({ message, data }) => [message, data.cure],
  )
}

describe('a program that leads to no agent', () => {
  const exec = (...command: string[]) => ({ by: 'exec', command }) as const
  const sh = (script: string) => exec('sh', '-c', script)
  const ok = (line: string) => `let this print ok first: echo echo ok | ${line}`
  const first =
    'begin exec: with a program of this machine that can be run: its name in PATH, or its path'
  const plain = folder.file('plain', 'no program')
  it.each([
    [exec('/none/such'), 'there is no program /none/such', first],
    [exec(plain), `there is no program ${plain} that this user may run (EACCES)`, first],
    [exec(folder.path), expect.stringContaining('(EACCES)'), first],
    [exec('true'), 'true ended with exit code 0', ok('true sh')],
    [exec('echo', 'a b'), 'echo ended with exit code 0; it said: a b sh', ok("echo 'a b' sh")],
    [
      sh('echo "no such box" >&2; exit 1'),
      'sh ended with exit code 1: no such box',
      ok(`sh -c 'echo "no such box" >&2; exit 1' sh`),
    ],
    [sh('exit 126'), 'sh ended with exit code 126', ok("sh -c 'exit 126' sh")],
    [exec('yes'), expect.stringMatching(/too much came .*; it began with: sh$/), ok('yes sh')],
  ])('says why, and how to look: %j', async (how, why, cure) => {
    const [message, helps] = await told(how)
    expect(message.replace('there: ', '')).toEqual(why)
    expect(helps).toBe(cure)
  })

  it('is ended where it talks on, and leaves nothing behind', async () => {
    const pid = folder.file('pid')
    await told(sh(`echo $$ > ${pid}; exec yes`))
    expect(existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}`)).toBe(false)
  })

  it('is an agent that serves already, which is told at once', async () => {
    expect(await told(sh(`${ownAgentFile()} serve`))).toEqual([
      'there: an agent serves there, and no shell',
      'name a program that runs a shell there (sh is given behind it), without the agent: that is brought',
    ])
  })

  it('is an agent for another CPU than uname says', async () => {
    const [cpu, machine] = process.arch === 'x64' ? ['arm64', 'aarch64'] : ['x64', 'x86_64']
    const bin = folder.file('uname-bin')
    mkdirSync(bin)
    writeFileSync(`${bin}/uname`, `#!/bin/sh\necho ${machine}\n`, { mode: 0o755 })
    const runtime = folder.file('uname-run')
    mkdirSync(runtime)
    const words = [`PATH=${bin}:${process.env.PATH}`, `XDG_RUNTIME_DIR=${runtime}`]
    for (let time = 0; time < 2; time++) {
      const [message, cure] = await told(exec('env', ...words))
      expect(message.replace(/: sh: .*/, '')).toBe(
        `there: the agent for ${cpu} (uname -m there says ${machine}) does not answer: env ended with exit code 126`,
      )
      expect(message).toMatch(/: sh: .*Exec format error/)
      expect(cure).toBe(
        'find out whether one for another CPU runs there (each is written here by: physmem agent --cpu CPU -o physmem-agent), and let uname -m say that CPU; or run physmem or the devmem of busybox there, or use a debug port of it (gdb:)',
      )
    }
  })

  const withoutPassword =
    ' (sudo must ask for no password there: NOPASSWD in its rules, or log in as root)'
  it('is sudo, here or there', async () => {
    const path = process.env.PATH
    const bin = folder.file('bin')
    const root =
      'let this succeed first: sudo true (without a terminal it must ask for no password: NOPASSWD in its rules); or run as root'
    mkdirSync(bin)
    try {
      process.env.PATH = bin
      expect(await told({ by: 'sudo' })).toEqual([
        'there: there is no program sudo',
        'install sudo, or run as root',
      ])
      process.env.PATH = `${bin}:${path}`
      for (const why of [
        'sudo: a terminal is required to read the password · sudo: a password is required',
        'me is not in the sudoers file.',
      ]) {
        const lines = why.split(' · ').map((line) => `echo '${line}' >&2`)
        writeFileSync(`${bin}/sudo`, `#!/bin/sh\n${lines.join('\n')}\nexit 1\n`, { mode: 0o755 })
        expect(await told({ by: 'sudo' })).toEqual([
          `there: sudo ended with exit code 1: ${why}`,
          root,
        ])
      }
    } finally {
      process.env.PATH = path
    }
    const none = sh('echo "sh: 1: sudo: not found" >&2; exit 127')
    expect(await told(none, true)).toEqual([
      'there: sh ended with exit code 127: sh: 1: sudo: not found',
      `${ok(`sh -c 'echo "sh: 1: sudo: not found" >&2; exit 127' sudo -n -- sh`)}${withoutPassword}`,
    ])
  })

  it('is ssh that is not there, or that let us in', async () => {
    const path = process.env.PATH
    const bin = folder.file('ssh-bin')
    const how = { by: 'ssh', host: 'board', user: 'me', port: 22 } as const
    mkdirSync(bin)
    try {
      process.env.PATH = bin
      expect(await told(how)).toEqual([
        'there: there is no program ssh',
        'install the ssh client of OpenSSH',
      ])
      process.env.PATH = `${bin}:${path}`
      const ssh = (script: string) =>
        writeFileSync(`${bin}/ssh`, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
      ssh('echo "Permission denied (publickey,password)." >&2; exit 255')
      expect(await told(how)).toEqual([
        'there: ssh ended with exit code 255: Permission denied (publickey,password).',
        'let this succeed first: ssh -p 22 -l me board true',
      ])
      ssh('echo "This account is currently not available."; exit 1')
      expect(await told(how)).toEqual([
        'there: ssh ended with exit code 1; it said: This account is currently not available.',
        ok('ssh -p 22 -l me board sh'),
      ])
    } finally {
      process.env.PATH = path
    }
  })
})

describe('a socket', () => {
  const name = 'unix:board'
  const noAgentThere =
    'let the agent of this physmem serve at the other end (physmem-agent serve), which is written here by: physmem agent --cpu CPU -o physmem-agent'
  const at = (path: string) => reach(name, { by: 'unix', path })

  async function serving(path: string, serve: (socket: Socket) => void): Promise<Server> {
    const server = createServer(serve)
    await new Promise<void>((resolve) => server.listen(path, resolve))
    return server
  }

  it('says why it leads nowhere', async () => {
    const refused = (why: string, cure: string) => ({
      ...{ code: 'ECONNECTION', message: `${name}: ${why}`, data: { cure } },
    })
    const served = (path: string) =>
      `start what serves there first: for a virtual machine, QEMU with -chardev socket,id=agent,path=${path},server=on,wait=off`
    const none = folder.file('none')
    await expect(at(none)).rejects.toMatchObject(
      refused('there is no such socket (ENOENT)', served(none)),
    )
    const file = folder.file('file', '')
    await expect(at(file)).rejects.toMatchObject(
      refused(
        'it is no socket (ECONNREFUSED)',
        'give the path of a socket on which a program listens',
      ),
    )
    const left = folder.file('left')
    await new Promise<void>((resolve) => {
      const gone = createServer().listen(left, () => {
        linkSync(left, `${left}-kept`)
        gone.close(() => resolve())
      })
    })
    await expect(at(`${left}-kept`)).rejects.toMatchObject(
      refused('nobody listens there (ECONNREFUSED)', served(`${left}-kept`)),
    )
    await expect(at(`${file}/deeper`)).rejects.toMatchObject(
      refused(
        'a part of its path is not a directory (ENOTDIR)',
        'give the path of a socket on which a program listens',
      ),
    )
    await expect(at(`/${'x'.repeat(200)}`)).rejects.toMatchObject(
      refused(
        'the path of a socket has at most 107 bytes',
        'give a shorter path, such as that of a link to it',
      ),
    )
  })

  it('leads to an agent, and says when it is closed', async () => {
    const path = folder.file('good')
    const server = await serving(path, (socket) => socket.end(greeting))
    const session = await at(path)
    expect(session.hello.cpu).toBe('x64')
    const asked = session.ask('close', new Uint8Array(), () => {})
    await expect(asked).rejects.toMatchObject({
      code: 'ECONNECTION',
      message: `${name}: the connection is lost: the other side closed it`,
    })
    await session.close()
    server.close()
  })

  it('leads to none', async () => {
    const path = folder.file('bad')
    const server = await serving(path, (socket) => socket.end('220 mail\r\n'))
    await expect(at(path)).rejects.toMatchObject({
      code: 'ECONNECTION',
      message: `${name}: no agent answers: the other side closed it; it said: 220 mail`,
      data: { cure: noAgentThere },
    })
    server.close()
  })

  it.each([
    ['{"QMP": {"version": {}}}\r\n', 'QEMU’s monitor is there', 'qmp'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'an SSH server is there', 'ssh'],
    [undefined, 'it repeats what it is sent', undefined],
  ])('leads to one who is known, which is told at once: %j', async (says, why, kind) => {
    const path = folder.file(`known-${kind}`)
    const server = await serving(path, (socket) => {
      socket.on('error', () => {})
      if (says === undefined) socket.pipe(socket)
      else socket.write(says)
    })
    const cures: Record<string, string> = {
      qmp: `name it as what it is: --target qmp:${path}`,
      ssh: 'name the host of it: --target ssh://HOST',
    }
    await expect(at(path)).rejects.toMatchObject({
      message: `${name}: no agent answers: ${why}`,
      data: { cure: cures[kind ?? ''] ?? noAgentThere },
    })
    server.close()
  })

  it('leads to somebody who talks without end, which is told at once', async () => {
    const path = folder.file('chat')
    const sockets = new Set<Socket>()
    const server = await serving(path, (socket) => {
      sockets.add(socket.on('error', () => {}))
      socket.write('hello \x1b[1mthere\n'.repeat(20_000))
    })
    await expect(at(path)).rejects.toMatchObject({
      message: `${name}: no agent answers: too much came that is none of its words; it began with: hello \\u{1b}[1mthere`,
      data: { cure: noAgentThere },
    })
    for (const socket of sockets) socket.destroy()
    server.close()
  })
})
