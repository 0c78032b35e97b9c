import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, openSync, readFileSync, writeFileSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { afterEach, describe, expect, it } from 'vitest'
import { TestFolder } from '../../cli/testing/files.ts'
import { ownAgentFile } from '../../engine/agent-file.ts'
import { Program } from '../../memory/program.ts'
import { packed, textOf } from '../bytes.ts'
import { Session } from '../session.ts'
import { noAgent, openRemoteFile } from '../testing/agent.ts'
import { onLine, packetsIn } from '../testing/line-packet.ts'
import { ended, NoisyLine } from '../testing/noisy-line.ts'
import { reach } from './index.ts'
import { openSerial } from './serial-channel.ts'

const folder = new TestFolder()
const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''
const name = 'serial:board'
const baud = 115_200

const BEGIN = 1
const END = 5
const FROM_AGENT = 0x80

let open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.reverse()) await one.close()
  open = []
})

const kept = <T extends { close(): Promise<void> }>(one: T): T => {
  open.push(one)
  return one
}

const newLine = async () => kept(await NoisyLine.open())
const reachAt = (path: string) => reach(name, { by: 'serial', path, baud })

async function start(line: NoisyLine, limitMs = 30_000, silenceMs = 15_000): Promise<Session> {
  const channel = await openSerial(name, { path: line.ends[0], baud }, silenceMs)
  return kept(await Session.start(channel, { limitMs }))
}

const refused = (why: string, cure?: string) =>
  expect.objectContaining({
    code: 'ECONNECTION',
    message: `${name}: ${why}`,
    data: expect.objectContaining(cure === undefined ? {} : { cure }),
  })

/** The end of the line where an agent would be. */
function farEnd(line: NoisyLine): ReadStream {
  const stream = new ReadStream(openSync(line.ends[1], constants.O_RDWR | constants.O_NOCTTY))
  kept({
    close: async () => {
      stream.destroy()
    },
  })
  return stream
}

/** The processes that an agent has started. */
const childrenOf = ({ pid }: ChildProcess): string =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe.skipIf(noAgent)(`a serial line that is not opened${skipped}`, () => {
  it('says why, and what helps', async () => {
    const find = 'find its name in /dev/serial/by-id, /dev/ttyUSB*, /dev/ttyACM* or /dev/ttyS*'
    await expect(reachAt(folder.file('none'))).rejects.toEqual(
      refused('there is no such device (ENOENT)', find),
    )
    const file = folder.file('file', '')
    await expect(reachAt(file)).rejects.toEqual(refused('it is no serial line (ENOTTY)', find))
    await expect(reachAt(`${file}/deeper`)).rejects.toEqual(
      refused('a part of its path is not a directory (ENOTDIR)', find),
    )
    await expect(reachAt(folder.path)).rejects.toEqual(refused('it is a directory (EISDIR)', find))
  })

  it('is one that another physmem uses', async () => {
    const line = await newLine()
    await line.serve()
    await start(line)
    await expect(reachAt(line.ends[0])).rejects.toEqual(
      refused(
        'another program uses it (EBUSY)',
        'end that program, such as a terminal program, or a getty on the line',
      ),
    )
  })
})

describe.skipIf(noAgent)(`a serial line without an agent${skipped}`, () => {
  const cure = `let the agent of this physmem serve at the other end, in place of a getty or a shell: physmem-agent serve --serial DEVICE,${baud}; it is written here by: physmem agent --cpu CPU -o physmem-agent`

  it('says what came in place of its words', async () => {
    const line = await newLine()
    writeFileSync(line.ends[1], 'U-Boot 2024.01\r\n=> \xff\x1b[1mhm')
    await expect(start(line, 1000)).rejects.toEqual(
      refused('no agent answers within 1 s; it said: => ...[1mhm'),
    )
  })

  it('says at once that somebody is asked to log in', async () => {
    const line = await newLine()
    writeFileSync(line.ends[1], 'Linux 6.1 ttyS1\r\n\r\nboard login: ')
    await expect(reachAt(line.ends[0])).rejects.toEqual(
      refused('no agent answers: somebody is asked to log in there; it said: board login:', cure),
    )
  })

  it('is told from an echo, before the time for an answer has passed', async () => {
    const line = await newLine()
    const far = farEnd(line)
    far.on('data', (bytes: Uint8Array) => far.write(bytes))
    await expect(reachAt(line.ends[0])).rejects.toEqual(
      refused(
        'no agent answers: what is sent comes back, as from a getty, a shell or a loopback',
        cure,
      ),
    )
  })

  it('types no control character to whoever is there, and takes no echo for an answer', async () => {
    const line = await newLine()
    const far = farEnd(line)
    const typed: Uint8Array[] = []
    far.on('data', (bytes: Uint8Array) => {
      typed.push(bytes)
      far.write(bytes)
    })
    await expect(start(line, 1000)).rejects.toMatchObject({ code: 'ECONNECTION' })
    const packets = packetsIn(packed(...typed))
    expect(packets.length).toBeGreaterThan(1)
    expect(new Set(packets.map(({ kind }) => kind))).toEqual(new Set([BEGIN]))
    expect(typed.flatMap((bytes) => [...bytes]).filter((byte) => byte < 0x20)).toEqual([])
  })

  it.each([
    [2, 'its agent is of another version, and exchanges other packets'],
    [3, 'the agent ended there'],
  ])('has one that ends the session with %i', async (end, why) => {
    const line = await newLine()
    const far = farEnd(line)
    far.on('data', (bytes: Uint8Array) => {
      for (const { session } of packetsIn(bytes)) {
        far.write(onLine({ kind: END | FROM_AGENT, session, data: Uint8Array.of(end) }))
      }
    })
    await expect(reachAt(line.ends[0])).rejects.toEqual(refused(`no agent answers: ${why}`, cure))
  })
})

/**
 * These ends are kept open by the line, so that what excludes others (TIOCEXCL) outlives a program that
 * was killed; it binds all but root.
 */
const onlyRoot =
  process.getuid?.() === 0 ? undefined : 'an end that is kept open excludes all but root'
const titleOf = (title: string) => (onlyRoot ? `${title} [skipped: ${onlyRoot}]` : title)

describe.skipIf(noAgent)(`an agent at a serial line${skipped}`, () => {
  const ask = (session: Session) => session.ask('close', packed({ u32: 77 }), ({ errno }) => errno)
  const lost = (why: string) => refused(`the connection is lost: ${why}`)

  it('serves one session after the other, and keeps nothing of those that ended', async () => {
    const line = await newLine()
    const agent = await line.serve()
    for (let count = 0; count < 3; count++) {
      const session = await start(line)
      const path = folder.file('kept.bin', Buffer.alloc(4096))
      await openRemoteFile(session, path, { length: 4096 })
      expect(await ask(session)).toBe('EBADF')
      expect(childrenOf(agent)).toMatch(/^\d+$/)
      await session.close()
      expect(childrenOf(agent)).toBe('')
    }
  })

  it.skipIf(onlyRoot)(
    titleOf('begins anew for a client that comes behind one that is gone'),
    async () => {
      const line = await newLine()
      const agent = await line.serve()
      const gone = spawn(ownAgentFile(), ['join', line.ends[0]], {
        stdio: ['pipe', 'ignore', 'inherit'],
      })
      await until(() => childrenOf(agent) !== '')
      const before = childrenOf(agent)
      await ended(gone, () => gone.kill('SIGKILL'))
      expect(await ask(await start(line))).toBe('EBADF')
      expect(childrenOf(agent)).toMatch(/^\d+$/)
      expect(childrenOf(agent)).not.toBe(before)
    },
  )

  it.skipIf(onlyRoot)(titleOf('says that it was started anew'), async () => {
    const line = await newLine()
    const agent = await line.serve()
    const session = await start(line, 30_000, 1500)
    await ended(agent, () => agent.kill('SIGKILL'))
    await line.serve()
    await expect(ask(session)).rejects.toEqual(lost('the agent was started anew there'))
  })

  it('ends what runs when the cable is pulled, and so does the client', async () => {
    const line = await newLine()
    const agent = await line.serve()
    const session = await start(line, 30_000, 1000)
    const path = folder.file('cut.bin', Buffer.alloc(4096))
    const memory = await openRemoteFile(session, path, { length: 4096 })
    const running = memory.run(
      new Program([
        { op: 'write', address: 0, width: 8, value: 7 },
        { op: 'wait', address: 8, width: 8, mask: 1, equals: 1, timeoutMs: 60_000 },
      ]),
    )
    await until(() => readFileSync(path)[0] === 7)
    line.cut()
    await expect(running).rejects.toMatchObject({
      code: 'ECONNECTION',
      message: `${name}: the connection is lost: nothing came over the line for 1 s; 0 steps of 2 known to be done; whether any of steps 0 to 1 was done is not known`,
    })
    await until(() => childrenOf(agent) === '')
  })

  it('stays while a long program runs, longer than the silence that ends a session', async () => {
    const line = await newLine()
    await line.serve()
    const session = await start(line, 30_000, 1000)
    const path = folder.file('long.bin', Buffer.alloc(4096))
    await using memory = await openRemoteFile(session, path, { length: 4096 })
    await memory.run(new Program([{ op: 'delay', us: 1_500_000 }]))
    expect(await memory.read8(0)).toBe(0)
  })

  it('ends with its line, and so does the client', async () => {
    const line = await NoisyLine.open()
    const agent = await line.serve()
    const session = await start(line)
    const exit = once(agent, 'exit')
    await line.unplug()
    await expect(ask(session)).rejects.toEqual(lost('the device is gone'))
    expect(await exit).toEqual([1, null])
  })

  it.skipIf(onlyRoot)(titleOf('leaves the settings of the terminals as they were'), async () => {
    const line = await newLine()
    const settings = () =>
      line.ends.map((end) => execFileSync('stty', ['-F', end, '-g']).toString())
    execFileSync('stty', ['-F', line.ends[0], 'sane', '9600', '-hupcl'])
    const before = settings()
    const agent = await line.serve()
    const session = await start(line)
    expect(settings()).not.toEqual(before)
    await session.close()
    await ended(agent, () => agent.kill('SIGTERM'))
    expect(agent.signalCode).toBe('SIGTERM')
    expect(settings()).toEqual(before)
  })
})

describe.skipIf(noAgent)(`the words of an agent for serial lines${skipped}`, () => {
  const run = async (...words: string[]) => {
    const child = spawn(ownAgentFile(), words, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stderr.on('data', (bytes) => {
      said += bytes
    })
    const [code] = await once(child, 'close')
    return { code, said }
  }

  const rate = 'expected a baud rate from 300 to 20000000'
  it.each([
    ['', 'expected DEVICE or DEVICE,BAUD'],
    [',9600', 'expected DEVICE or DEVICE,BAUD'],
    ['/dev/x,', rate],
    ['/dev/x,299', rate],
    ['/dev/x,20000001', rate],
    ['/dev/x,0x9600', rate],
    ['/dev/x,99999999999', rate],
    ['/dev/x,09600', rate],
  ])('are refused where they are wrong: %j', async (text, why) => {
    const said = `physmem-agent: ${JSON.stringify(text)} is not a serial line: ${why}\n`
    expect(await run('serve', '--serial', text)).toEqual({ code: 2, said })
  })

  it('name a device that can be used', async () => {
    const file = folder.file('plain', textOf('no line'))
    const find = 'find its name in /dev/ttyS*, /dev/ttyAMA*, /dev/ttyUSB* or /dev/ttyACM*'
    for (const path of [file, folder.file('none'), `${file}/deeper`, folder.path]) {
      // The client says the same of its end.
      const error = await reachAt(path).catch(({ message }) => message)
      expect(await run('serve', '--serial', `${path},9600`)).toEqual({
        code: 1,
        said: `physmem-agent: ${path} at 9600 baud cannot be used: ${error.replace(`${name}: `, '')}\n  cure: ${find}\n`,
      })
    }
    expect(await run('serve', 'here')).toEqual({
      code: 2,
      said: 'physmem-agent: serve takes nothing but --serial DEVICE[,BAUD]\n  hint: see physmem-agent --help\n',
    })
  })
})
