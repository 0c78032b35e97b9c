import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const SSHD = '/usr/sbin/sshd'

/** Why there can be no SSH server here; `undefined` where there can. */
export const noSshServer = whyNoServer()

function whyNoServer(): string | undefined {
  if (!existsSync(SSHD)) return `there is no ${SSHD}`
  if (process.getuid?.() !== 0) return 'it needs root'
  const mounts = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/run']).status === 0
  return mounts ? undefined : 'it cannot mount'
}

/**
 * OpenSSH's server on a free port of the loopback, with keys of its own, which runs `command` whatever
 * it is asked. The hosts of the client: `board`; `stranger`, whose key is not known; `changed`, whose key
 * is another; `kept`, whose connection the configuration keeps already; `refused`, which does not know
 * the user; and `closed`, where nobody listens. They lead to the port that `before` makes of the
 * server's own, where it is given.
 */
export class SshServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'physmem-ssh-'))
  /** A folder with an `ssh` that knows these hosts. */
  readonly bin = `${this.folder}/bin`
  port = 0
  #server: ChildProcess | undefined

  async start(command: string, before?: (port: number) => Promise<number>): Promise<void> {
    const own = await freePort()
    this.port = (await before?.(own)) ?? own
    const closed = await freePort()
    for (const name of ['host', 'other-host', 'user', 'other-user']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.#at(name)])
    }
    const publicKey = (name: string) => execFileSync('cat', [`${this.#at(name)}.pub`]).toString()
    const known = (name: string) => `[127.0.0.1]:${this.port} ${publicKey(name)}`
    this.#put('authorized', publicKey('user'))
    this.#put('known', known('host'))
    this.#put('changed', known('other-host'))
    this.#put('none', '')
    const server = {
      ...{
        ListenAddress: '127.0.0.1',
        Port: own,
        HostKey: this.#at('host'),
        PidFile: 'none',
      },
      ...{ AuthorizedKeysFile: this.#at('authorized'), StrictModes: 'no', UsePAM: 'no' },
      ...{ PasswordAuthentication: 'no', KbdInteractiveAuthentication: 'no' },
      ForceCommand: command,
    }
    this.#put('server', linesOf(server))
    const client = (name: string, knows: string, user: string, port = this.port) =>
      linesOf({
        ...{ Host: name, HostName: '127.0.0.1', Port: port, User: 'root', BatchMode: 'yes' },
        ...{ IdentityFile: this.#at(user), IdentitiesOnly: 'yes', IdentityAgent: 'none' },
        ...{ UserKnownHostsFile: this.#at(knows), GlobalKnownHostsFile: '/dev/null' },
        ...{ StrictHostKeyChecking: 'yes', LogLevel: 'ERROR' },
      })
    this.#put(
      'client',
      client('board', 'known', 'user') +
        client('stranger', 'none', 'user') +
        client('changed', 'changed', 'user') +
        client('refused', 'known', 'other-user') +
        client('closed', 'known', 'user', closed) +
        client('kept', 'known', 'user') +
        `ControlMaster auto\nControlPath ${this.#at('own-%C')}\nControlPersist 60\n`,
    )
    mkdirSync(this.bin)
    const ssh = `#!/bin/sh\nexec /usr/bin/ssh -F ${this.#at('client')} "$@"\n`
    writeFileSync(`${this.bin}/ssh`, ssh, { mode: 0o755 })
    // It wants an empty folder in /run, which is a file system of its own for it.
    const line = `mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec ${SSHD} -D -E "$2" -f "$1"`
    const words = ['-m', 'sh', '-c', line, 'sh', this.#at('server'), this.#at('log')]
    this.#server = spawn('unshare', words, { stdio: 'ignore' })
    await answering(own)
  }

  /** How often somebody has logged in. */
  connections(): number {
    return readFileSync(this.#at('log'), 'utf8').match(/Accepted publickey/g)?.length ?? 0
  }

  async stop(): Promise<void> {
    if (this.#server?.exitCode === null) {
      const ended = new Promise((resolve) => this.#server?.once('exit', resolve))
      this.#server.kill()
      await ended
    }
    rmSync(this.folder, { recursive: true, force: true })
  }

  #at(name: string): string {
    return `${this.folder}/${name}`
  }

  #put(name: string, text: string): void {
    writeFileSync(this.#at(name), text)
  }
}

function linesOf(options: Record<string, string | number>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('')
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0
      server.close(() => resolve(port))
    })
  })
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('data', () => resolve(true)).once('error', () => resolve(false))
      socket.once('data', () => socket.destroy())
    })
    if (answers) return
    await setTimeout(25)
  }
  throw new Error('the SSH server does not answer')
}
