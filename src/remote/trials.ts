import { errnoName } from '../base/errno.ts'
import type { Outcome } from '../engine/outcome.ts'
import type { Mode } from '../engine/source.ts'
import { STATUSES } from '../engine/status.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import { Malformed, packed } from './bytes.ts'
import { closeNode, makeMemory, openNode, readNode } from './nodes.ts'
import { agentPorts } from './ports.ts'
import { MEMORY, OPEN } from './protocol.ts'
import type { Session } from './session.ts'
import { takeEnd, takePrepared } from './told.ts'

/** What one pread() is asked for. */
const MOST = 64 * 1024

/** What a doctor tries of an agent's machine. Each opens what it needs, closes it again, and gives an errno. */
export interface Trials {
  open(path: string, mode: Mode): Promise<string | undefined>
  /** Maps a page at an offset of a file, without an access. */
  map(path: string, offset: number, mode: Mode): Promise<string | undefined>
  /** What a mapping of a file shows, within a page: by loads of 32 bits. */
  load(path: string, offset: number, length: number): Promise<Uint8Array | string>
  /** What pread() gives, as far as there is something. */
  read(path: string, position: bigint, length: number): Promise<Uint8Array | string>
  /** Asks for one I/O port, and does not use it. */
  allowPort(port: number): Promise<string | undefined>
  /** Opens a node of a memory device that is made for that and removed at once; `unknown` where none can be made. */
  freshNode(minor: number): Promise<string | undefined>
}

export function trialsOf(session: Session): Trials {
  const withNode = async <T>(path: string, mode: Mode, work: (node: number) => Promise<T>) => {
    const opened = await openNode(session, path, mode === 'write' ? OPEN.write : 0)
    if ('errno' in opened) return opened.errno
    try {
      return await work(opened.node)
    } finally {
      // What is mapped of it goes with it.
      await closeNode(session, opened.node)
    }
  }
  const withPage = <T>(
    path: string,
    offset: number,
    mode: Mode,
    work: (memory: number) => Promise<T>,
  ) =>
    withNode(path, mode, async (node) => {
      const flags = mode === 'write' ? MEMORY.writable : 0
      const length = session.hello.pageSize
      const made = await makeMemory(session, { node, flags, base: offset, length })
      return 'errno' in made ? made.errno : await work(made.memory)
    })
  return {
    open: (path, mode) => withNode(path, mode, async () => undefined),
    map: (path, offset, mode) =>
      withPage(path, offset, mode, async (memory) => {
        const { encoded, steps } = wordsOf(4)
        const request = packed({ u32: memory }, { u32: 0 }, encoded)
        return errnoOf(
          await session.ask('prepare', request, (answer) => takePrepared(answer, steps)),
        )
      }),
    load: (path, offset, length) =>
      withPage(path, offset, 'read', async (memory) => {
        const program = wordsOf(length)
        const flags = 0
        const request = packed({ u32: memory }, { u32: flags }, program.encoded)
        const end = await session.ask('run', request, (answer) => takeEnd(answer, program, flags))
        return errnoOf(end.outcome) ?? end.results.bytes(0)
      }),
    read: (path, position, length) =>
      withNode(path, 'read', (node) => readAll(session, node, position, length)),
    allowPort: async (port) => await agentPorts(session).allow(port, 1),
    freshNode: (minor) =>
      session.ask('freshNode', packed({ u32: minor }), ({ errno, rest }) => {
        if (errno !== undefined) throw new Malformed(`no node can be tried (${errno})`)
        const made = rest.u32()
        const refused = rest.u32()
        if (made === 0) return 'unknown'
        return refused === 0 ? undefined : errnoName(refused)
      }),
  }
}

function wordsOf(length: number): Program {
  const step: Step = { op: 'readBlock', address: 0, width: 32, count: length / 4 }
  return new Program([step])
}

/** A bus error in an access ends as EFAULT. */
function errnoOf({ status, errno }: Outcome): string | undefined {
  switch (STATUSES[status]) {
    case 'ok':
      return undefined
    case 'map-failed':
      return errnoName(errno)
    case 'no-memory':
      return 'ENOMEM'
    default:
      return 'EFAULT'
  }
}

async function readAll(
  session: Session,
  node: number,
  position: bigint,
  length: number,
): Promise<Uint8Array | string> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const asked = Math.min(MOST, length - done)
    const part = await readNode(session, node, position + BigInt(done), asked)
    if (!(part instanceof Uint8Array)) return part.errno
    if (part.length === 0) break
    bytes.set(part, done)
    done += part.length
  }
  return bytes.subarray(0, done)
}
