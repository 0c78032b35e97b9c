import { errnoName } from '../base/errno.ts'
import type { Fetch, Told, Wanted } from '../linux/fetched-files.ts'
import type { FileKind, FileStatus, FolderEntry } from '../linux/files.ts'
import { Malformed, packed, Reader, textOf } from './bytes.ts'
import { closeNode, openNode, readNode } from './nodes.ts'
import { FRAME_MOST, KINDS, LOOK, OPEN, STATUS_BYTES } from './protocol.ts'
import type { Answer, Session } from './session.ts'

/** Look-ups of one frame: many, and few enough that most answers have room for all. */
const LOOKS = 128

/** Bytes of a file that stand in an answer beside others. */
const SMALL = 16 * 1024

/** Of a file of any length: no fact is longer (a device tree, the symbols of a kernel). */
const MOST_BYTES = 64 * 1024 * 1024

const WHAT = {
  text: LOOK.bytes,
  bytes: LOOK.bytes,
  list: LOOK.entries,
  entries: LOOK.entries,
  link: LOOK.link,
  status: LOOK.status,
  linkStatus: LOOK.linkStatus,
  real: LOOK.real,
} as const

/** One look-up as it was answered. */
interface Raw {
  errno: string | undefined
  data: Uint8Array
}

/** Fetches facts of the agent's machine: all look-ups are sent at once. */
export function fetchFrom(session: Session): Fetch {
  return async (wanted) => {
    const groups: Wanted[][] = []
    for (let at = 0; at < wanted.length; at += LOOKS) groups.push(wanted.slice(at, at + LOOKS))
    const told = await Promise.all(groups.map((group) => lookUp(session, group)))
    return told.flat()
  }
}

async function lookUp(session: Session, wanted: readonly Wanted[]): Promise<Told[]> {
  const told: Told[] = []
  while (told.length < wanted.length) {
    const rest = wanted.slice(told.length)
    const raws = await session.ask('look', request(rest), (answer) => takeRaws(answer, rest.length))
    const values = raws.map((raw, at) => interpreted(session, rest[at] as Wanted, raw))
    told.push(...(await Promise.all(values)))
  }
  return told
}

function request(wanted: readonly Wanted[]): Uint8Array {
  return packed(
    { u32: wanted.length },
    ...wanted.flatMap(({ verb, path, most = MOST_BYTES }) => {
      const text = textOf(path)
      return [{ u32: WHAT[verb] }, { u32: Math.min(most, SMALL) }, { u32: text.length }, text]
    }),
  )
}

function takeRaws({ errno, rest }: Answer, asked: number): Raw[] {
  if (errno !== undefined) throw new Malformed(`the look-up failed with ${errno}`)
  const answered = rest.u32()
  if (answered === 0 || answered > asked) throw new Malformed('no look-up was answered')
  return Array.from({ length: answered }, () => takeRaw(rest))
}

function takeRaw(reader: Reader): Raw {
  const errno = reader.i32()
  const data = reader.bytes(reader.u32()).slice()
  return { errno: errno === 0 ? undefined : errnoName(errno), data }
}

async function interpreted(session: Session, wanted: Wanted, { errno, data }: Raw): Promise<Told> {
  const { verb, path, most = MOST_BYTES } = wanted
  if (errno !== undefined) {
    return { value: verb === 'list' || verb === 'entries' ? [] : undefined, errno }
  }
  switch (verb) {
    case 'text':
    case 'bytes': {
      const whole = data.length === Math.min(most, SMALL) && data.length < most
      const bytes = whole ? await readWhole(session, path, most, data) : data
      return told(verb === 'text' ? new TextDecoder().decode(bytes) : bytes)
    }
    case 'list':
      return told(entriesOf(data).map(({ name }) => name))
    case 'entries':
      return told(entriesOf(data))
    case 'link':
    case 'real':
      return told(new TextDecoder().decode(data))
    case 'status':
    case 'linkStatus':
      return told(statusOf(data))
  }
}

const told = (value: unknown): Told => ({ value, errno: undefined })

/** A file that is longer than what an answer has room for. What came of it stands where no more comes. */
async function readWhole(
  session: Session,
  path: string,
  most: number,
  start: Uint8Array,
): Promise<Uint8Array> {
  const opened = await openNode(session, path, OPEN.cached)
  if ('errno' in opened) return start
  const parts: Uint8Array[] = []
  let length = 0
  try {
    while (length < most) {
      const part = await readNode(
        session,
        opened.node,
        length,
        Math.min(most - length, FRAME_MOST / 2),
      )
      if (!(part instanceof Uint8Array) || part.length === 0) break
      parts.push(part)
      length += part.length
    }
  } finally {
    await closeNode(session, opened.node)
  }
  return length === 0 ? start : packed(...parts)
}

/** Sorted, as Node gives them; the kernel has its own order. */
function entriesOf(data: Uint8Array): FolderEntry[] {
  const reader = new Reader(data)
  const entries: FolderEntry[] = []
  while (reader.left > 0) {
    const kind = kindOf(reader.u32())
    entries.push({ kind, name: new TextDecoder().decode(reader.bytes(reader.u32())) })
  }
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1))
}

function kindOf(number: number): FileKind {
  const kind = KINDS[number]
  if (kind === undefined) throw new Malformed('a kind of file that there is not')
  return kind
}

/** struct pm_node_status. */
export function takeStatus(reader: Reader): FileStatus {
  const kind = kindOf(reader.u32())
  const [mode, uid, gid] = [reader.u32(), reader.u32(), reader.u32()]
  const [dev, ino] = [Number(reader.u64()), Number(reader.u64())]
  const rdev = `${reader.u32()}:${reader.u32()}`
  return { kind, mode, uid, gid, dev, ino, rdev, size: Number(reader.u64()) }
}

function statusOf(data: Uint8Array): FileStatus {
  if (data.length !== STATUS_BYTES) throw new Malformed('no status of a file')
  return takeStatus(new Reader(data))
}
