import { errnoName } from '../base/errno.ts'
import type { Fetch, Told, Verb, Wanted } from '../linux/fetched-files.ts'
import type { FileKind, FileStatus, FolderEntry } from '../linux/files.ts'
import { Malformed, packed, Reader, textOf } from './bytes.ts'
import { GatheredBytes } from './gathered-bytes.ts'
import { closeNode, openNode, readNode } from './nodes.ts'
import { FRAME_MOST, LOOK, OPEN, STATUS_BYTES } from './protocol.ts'
import type { Answer, Session } from './session.ts'
import { kindOf, takeStatus } from './status.ts'

/** Look-ups of one frame: many, and few enough that most answers have room for all. */
const LOOKS = 128

/** Of a request, before its look-ups, and before each path. */
const COUNT_BYTES = 4
const HEAD_BYTES = 12

const WORD_BYTES = 4

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

/** The longest path of the kernel, with the zero behind it. */
const PATH_BYTES = 4096

/** What was answered: a fact, or the start of a file that is longer than what an answer has room for. */
type Found = Told | { start: Uint8Array }

/** Fetches facts of the agent's machine: all look-ups are sent at once. */
export function fetchFrom(session: Session): Fetch {
  return async (wanted) => {
    const sent = wanted.filter(({ path }) => unlookable(path) === undefined)
    const asked = await Promise.all(groupsOf(sent).map((group) => lookUp(session, group)))
    const answers = asked.flat().values()
    return wanted.map(({ verb, path }) => {
      const errno = unlookable(path)
      return errno === undefined ? (answers.next().value as Told) : absent(verb, errno)
    })
  }
}

/** What the kernel says of a path that it does not even look at. */
function unlookable(path: string): string | undefined {
  if (!path.startsWith('/') || path.includes('\0')) return 'ENOENT'
  return textOf(path).length < PATH_BYTES ? undefined : 'ENAMETOOLONG'
}

/** As many as go in one frame. */
function groupsOf(wanted: readonly Wanted[]): Wanted[][] {
  const groups: Wanted[][] = []
  let room = 0
  for (const one of wanted) {
    const need = HEAD_BYTES + textOf(one.path).length
    const last = groups.at(-1)
    if (last !== undefined && last.length < LOOKS && need <= room) last.push(one)
    else {
      groups.push([one])
      room = FRAME_MOST - COUNT_BYTES
    }
    room -= need
  }
  return groups
}

async function lookUp(session: Session, wanted: readonly Wanted[]): Promise<Told[]> {
  const told: Told[] = []
  while (told.length < wanted.length) {
    const rest = wanted.slice(told.length)
    const found = await session.ask('look', request(rest), (answer) => takeAll(answer, rest))
    const whole = found.map((one, at) => completed(session, rest[at] as Wanted, one))
    told.push(...(await Promise.all(whole)))
  }
  return told
}

function request(wanted: readonly Wanted[]): Uint8Array {
  return packed(
    { u32: wanted.length },
    ...wanted.flatMap(({ verb, path, most = MOST_BYTES, wordAt }) => {
      const text = textOf(path)
      const what =
        wordAt === undefined
          ? [{ u32: WHAT[verb] }, { u32: Math.min(most, SMALL) }]
          : [{ u32: LOOK.word }, { u32: wordAt }]
      return [...what, { u32: text.length }, text]
    }),
  )
}

function takeAll({ errno, rest }: Answer, asked: readonly Wanted[]): Found[] {
  if (errno !== undefined) throw new Malformed(`the look-up failed with ${errno}`)
  const answered = rest.u32()
  if (answered === 0 || answered > asked.length) throw new Malformed('no look-up was answered')
  return asked.slice(0, answered).map((wanted) => takeFound(rest, wanted))
}

function takeFound(reader: Reader, { verb, most = MOST_BYTES, wordAt }: Wanted): Found {
  const errno = reader.i32()
  const data = reader.bytes(reader.u32())
  if (errno !== 0) return absent(verb, errnoName(errno))
  if (wordAt !== undefined) {
    if (data.length !== WORD_BYTES) throw new Malformed('another part of a file than was asked for')
    return told(data.slice())
  }
  switch (verb) {
    case 'text':
    case 'bytes': {
      const asked = Math.min(most, SMALL)
      if (data.length > asked) throw new Malformed('more of a file than was asked for')
      const start = data.slice()
      return data.length === asked && asked < most ? { start } : content(verb, start)
    }
    case 'list': {
      const names = entriesOf(data).map(({ name }) => name)
      return told(names.sort())
    }
    case 'entries':
      return told(entriesOf(data))
    case 'link':
    case 'real':
      return told(decoded(data))
    case 'status':
    case 'linkStatus':
      return told(statusOf(data))
  }
}

async function completed(
  session: Session,
  { verb, path, most = MOST_BYTES }: Wanted,
  found: Found,
): Promise<Told> {
  if (!('start' in found)) return found
  return content(verb, await readWhole(session, path, most, found.start))
}

function content(verb: Verb, bytes: Uint8Array): Told {
  return told(verb === 'text' ? decoded(bytes) : bytes)
}

function absent(verb: Verb, errno: string): Told {
  return { value: verb === 'list' || verb === 'entries' ? [] : undefined, errno }
}

/** As Node decodes the text of files and names, which keeps a mark of the order of bytes. */
function decoded(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
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
  const gathered = new GatheredBytes()
  try {
    while (gathered.length < most) {
      const part = await readNode(
        session,
        opened.node,
        gathered.length,
        Math.min(most - gathered.length, FRAME_MOST / 2),
      )
      if (!(part instanceof Uint8Array) || part.length === 0) break
      gathered.add(part)
    }
  } finally {
    await closeNode(session, opened.node)
  }
  return gathered.length === 0 ? start : gathered.takeAll()
}

/** In the order of the bytes of their names, as Node has them. */
function entriesOf(data: Uint8Array): FolderEntry[] {
  const reader = new Reader(data)
  const entries: { kind: FileKind; name: Uint8Array }[] = []
  while (reader.left > 0) {
    const kind = kindOf(reader.u32())
    entries.push({ kind, name: reader.bytes(reader.u32()) })
  }
  entries.sort((one, other) => Buffer.compare(one.name, other.name))
  return entries.map(({ name, kind }) => ({ name: decoded(name), kind }))
}

function statusOf(data: Uint8Array): FileStatus {
  if (data.length !== STATUS_BYTES) throw new Malformed('no status of a file')
  return takeStatus(new Reader(data))
}
