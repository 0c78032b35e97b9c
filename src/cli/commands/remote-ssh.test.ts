import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FolderBoard, noBoard } from '../testing/board.ts'
import { printed, run } from '../testing/run.ts'
import { noSshServer, SshServer } from '../testing/ssh-server.ts'

const why = noSshServer ?? noBoard

describe.skipIf(why)(`a board over SSH${why ? ` [skipped: ${why}]` : ''}`, () => {
  const path = process.env.PATH
  let board: FolderBoard
  let server: SshServer
  beforeAll(async () => {
    board = new FolderBoard()
    server = new SshServer()
    await server.start(`exec chroot ${board.path} sh`)
    process.env.PATH = `${server.bin}:${path}`
  })
  afterAll(async () => {
    process.env.PATH = path
    await server?.stop()
    board?.remove()
  })

  const nothingLeft = async () => {
    // The server ends what ran when it notices that the client is gone.
    for (let tries = 0; tries < 100 && board.processes().length > 0; tries++) await setTimeout(20)
    expect(board.processes()).toEqual([])
  }
  const refused = (host: string, why: string, first = '') => ({
    ...{ code: 1, out: '' },
    err: `physmem: ssh://${host}: ssh ended with exit code 255: ${why}\n  cure: ${first}let this succeed first: ssh ${host} true\n`,
  })

  it('is read, and the agent is brought once', async () => {
    expect(await run('read 0x100 -t ssh://board')).toEqual(printed('0x00000100  0x03020100'))
    const folder = board.at('tmp/physmem-0')
    const [agent = ''] = readdirSync(folder)
    const { mtimeMs, ino } = statSync(`${folder}/${agent}`)
    expect(await run('read iomem:demo+0x104 -q -t ssh://board')).toEqual(printed('0x07060504'))
    expect(readdirSync(folder)).toEqual([agent])
    expect(statSync(`${folder}/${agent}`)).toMatchObject({ mtimeMs, ino })
    await nothingLeft()
  })

  it('says what is run', async () => {
    expect((await run(`read 0x100 -v -t ssh://root@board:${server.port}`)).err).toBe(
      `physmem: runs ssh -T -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -p ${server.port} -l root -- board sh\nphysmem: 0x00000100 by /dev/mem\n`,
    )
  })

  it('stays connected when a terminal sends Ctrl-C to what holds a driver', async () => {
    const device = 'sys/bus/pci/devices/0000:00:06.0'
    mkdirSync(board.at(device), { recursive: true })
    mkdirSync(board.at('sys/bus/pci/drivers/vfio-pci'), { recursive: true })
    for (const name of ['vfio-pci/bind', 'vfio-pci/unbind']) {
      writeFileSync(board.at(`sys/bus/pci/drivers/${name}`), '')
    }
    writeFileSync(board.at(`${device}/driver_override`), '(null)\n')
    const program =
      'sent=9; for pid in $(cat /proc/$PPID/task/*/children); do grep -qsx ssh /proc/$pid/comm && kill -INT $pid && kill -HUP $pid && sent=0; done; sleep 0.1; exit $sent'
    const words = ['bind', '0:6.0', 'vfio-pci', '-t', 'ssh://board', '--', 'sh', '-c', program]
    expect(await run(words)).toEqual({
      ...{ code: 0, out: '0000:00:06.0 is bound to vfio-pci; no driver before\n' },
      err: 'physmem: 0000:00:06.0 has no driver again\n',
    })
    await nothingLeft()
  })

  it('is one of several, of which another is switched off', async () => {
    const { code, out, err } = await run('read 0x100 -q -t ssh://closed -t ssh://board')
    expect({ code, out }).toEqual({ code: 1, out: 'ssh://board:  0x03020100\n' })
    const lines = err.trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(line).toMatch(/^ssh:\/\/closed: /)
    await nothingLeft()
  })

  it('that sudo does not let in says what to try', async () => {
    const { code, err } = await run('read 0x100 -v --sudo -t ssh://refused')
    expect(code).toBe(1)
    expect(err).toContain(' -- refused sudo -n -- sh\n')
    expect(err).toContain(
      '  cure: let this succeed first: ssh refused sudo -n true (sudo must ask for no password there: NOPASSWD in its rules, or log in as root)\n',
    )
  })

  it('keeps its connection for the commands that want it', async () => {
    const env = process.env.XDG_RUNTIME_DIR
    const folder = `${server.folder}/physmem-0-ssh`
    const before = server.connections()
    try {
      process.env.XDG_RUNTIME_DIR = server.folder
      const line = 'read 0x100 -q -t ssh://board --keep-connection 1m'
      expect(await run(line)).toEqual(printed('0x03020100'))
      expect(server.connections()).toBe(before + 1)
      expect(await run(line)).toEqual(printed('0x03020100'))
      expect(server.connections()).toBe(before + 1)
      await nothingLeft()
      expect(statSync(folder).mode & 0o777).toBe(0o700)
      const [socket = ''] = readdirSync(folder)
      expect(statSync(`${folder}/${socket}`).isSocket()).toBe(true)
      expect(await run('read 0x100 -q -t ssh://board')).toEqual(printed('0x03020100'))
      expect(server.connections()).toBe(before + 2)
      spawnSync('ssh', ['-O', 'exit', '-o', `ControlPath=${folder}/%C`, 'board'])

      chmodSync(folder, 0o755)
      expect(await run(line)).toEqual({
        ...{ code: 1, out: '' },
        err: `physmem: ssh://board: ${folder} is not a folder of this user alone: it must have mode 0700, and be no link\n  cure: remove ${folder}\n`,
      })
      rmSync(folder, { recursive: true })
      symlinkSync(server.bin, folder)
      expect((await run(line)).err).toContain(`${folder} is not a folder of this user alone`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
      process.env.XDG_RUNTIME_DIR = env
      if (env === undefined) delete process.env.XDG_RUNTIME_DIR
    }
  })

  it('leaves alone what the configuration of the user keeps', async () => {
    const { err } = await run('read 0x100 -q -v -t ssh://kept --keep-connection 1m')
    expect(err).toContain(
      'physmem: runs ssh -T -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -- kept sh\n',
    )
    spawnSync('ssh', ['-O', 'exit', 'kept'])
  })

  it('whose key is not known is not reached', async () => {
    expect(await run('read 0x100 -t ssh://stranger')).toEqual(
      refused(
        'stranger',
        `No ED25519 host key is known for [127.0.0.1]:${server.port} and you have requested strict checking. · Host key verification failed.`,
      ),
    )
  })

  it('whose key is another is not reached', async () => {
    expect(await run('read 0x100 -t ssh://changed')).toEqual(
      refused(
        'changed',
        `Host key for [127.0.0.1]:${server.port} has changed and you have requested strict checking. · Host key verification failed.`,
        `where its key may be another, as after a new installation: ssh-keygen -f ${server.folder}/changed -R '[127.0.0.1]:${server.port}'; `,
      ),
    )
  })

  it('that does not let the user in is not reached', async () => {
    expect(await run('read 0x100 -t ssh://refused')).toEqual(
      refused('refused', 'root@127.0.0.1: Permission denied (publickey).'),
    )
  })

  it('that is switched off is not reached', async () => {
    const { code, err } = await run('read 0x100 -t ssh://closed')
    expect(code).toBe(1)
    expect(err).toMatch(
      /^physmem: ssh:\/\/closed: ssh ended with exit code 255: ssh: connect to host 127\.0\.0\.1 port \d+: Connection refused\n {2}cure: let this succeed first: ssh closed true\n$/,
    )
  })

  it('that is lost in the middle may have done what ran', async () => {
    const waiting = run('wait 0x500=1 --timeout 1m -t ssh://board')
    while (board.processes().length === 0) await setTimeout(5)
    await setTimeout(200)
    const [pid = 0] = board.processes()
    // The server's process of this connection.
    const parent = spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)])
      .stdout.toString()
      .trim()
    process.kill(Number(parent), 'SIGKILL')
    const { code, out, err } = await waiting
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /^physmem: ssh:\/\/board: the connection is lost: ssh ended with exit code 255: .*; it is not known whether it was done \(which matters only where reading has an effect\)\n {2}cure: see that the machine runs and that its connection holds: nothing is tried again by itself\n$/,
    )
    await nothingLeft()
  })

  it('is left when Ctrl-C is pressed', async () => {
    const stop = new AbortController()
    const waiting = run('wait 0x500=1 --timeout 1m -t ssh://board', { signal: stop.signal })
    while (board.processes().length === 0) await setTimeout(5)
    await setTimeout(200)
    stop.abort()
    expect(await waiting).toEqual({ code: 1, out: '', err: 'physmem: stopped (Ctrl-C)\n' })
    await nothingLeft()
  })
})
