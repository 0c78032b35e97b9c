import { createServer, type Server, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../../cli/testing/files.ts'
import { connectionError } from '../errors.ts'
import { greeting } from '../testing/made-channel.ts'
import { commandOf, reach } from './index.ts'

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

describe('a socket', () => {
  const name = 'unix:board'
  const at = (path: string) => reach(name, { by: 'unix', path })

  async function serving(path: string, serve: (socket: Socket) => void): Promise<Server> {
    const server = createServer(serve)
    await new Promise<void>((resolve) => server.listen(path, resolve))
    return server
  }

  it('says why it leads nowhere', async () => {
    const refused = (why: string) => ({ code: 'ECONNECTION', message: `${name}: ${why}` })
    await expect(at(folder.file('none'))).rejects.toMatchObject(
      refused('there is no such socket (ENOENT)'),
    )
    const file = folder.file('file', '')
    await expect(at(file)).rejects.toMatchObject(refused('nobody listens there (ECONNREFUSED)'))
    await expect(at(`${file}/deeper`)).rejects.toMatchObject(
      refused('a part of its path is not a directory (ENOTDIR)'),
    )
    await expect(at(`/${'x'.repeat(200)}`)).rejects.toMatchObject(
      refused('the path of a socket has at most 107 bytes'),
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
    })
    server.close()
  })
})
