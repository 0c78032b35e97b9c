import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { askFetching, FetchedFiles, type Verb, type Wanted } from '../linux/fetched-files.ts'
import { FolderFiles } from '../linux/folder-files.ts'
import { packed } from './bytes.ts'
import { fetchFrom } from './look.ts'
import { ASK, FRAME_MOST } from './protocol.ts'
import { Session } from './session.ts'
import { noAgent, startAgent } from './testing/agent.ts'
import { frame, greeting, MadeChannel } from './testing/made-channel.ts'

const VERBS: readonly Verb[] = [
  ...(['text', 'bytes', 'list', 'entries', 'link', 'status', 'linkStatus', 'real'] as const),
]
const folder = new TestFolder()
const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''

/** What files of a machine tell of these paths, and why not. */
function tell(files: FolderFiles | FetchedFiles, paths: readonly string[], verbs = VERBS) {
  return paths.flatMap((path) =>
    verbs.map((verb) => {
      const value = verb === 'bytes' ? files.bytes(path) : files[verb](path)
      return { path, verb, value: short(value), errno: value === undefined && files.errno(path) }
    }),
  )
}

/** Of much, a sum that tells whether it is the same. */
function short(value: unknown): unknown {
  if (value instanceof Uint8Array) return hash('sha1', value)
  const text = JSON.stringify(value)
  return text?.length > 1000 ? hash('sha1', text) : value
}

describe.skipIf(noAgent)(`facts by an agent${skipped}`, () => {
  let session: Session
  let requests = 0
  beforeAll(async () => {
    const channel = await startAgent()
    const write = channel.write.bind(channel)
    channel.write = (bytes) => {
      requests += 1
      write(bytes)
    }
    session = await Session.start(channel)
  })
  afterAll(() => session?.close())

  const ask = <T>(question: (files: FetchedFiles) => T): Promise<T> => {
    const files = new FetchedFiles()
    return askFetching(files, async () => question(files), fetchFrom(session))
  }
  it('has single words of files', async () => {
    const path = folder.file('words.bin', Buffer.from('0123456789'))
    const word = (at: number, file = path) =>
      ask((files) => {
        const found = files.word(file, at)
        return found ? Buffer.from(found).toString() : files.errno(file)
      })
    expect([await word(0), await word(4), await word(8)]).toEqual(['0123', '4567', 'EIO'])
    expect([await word(2), await word(400)]).toEqual(['EINVAL', 'EIO'])
    expect([await word(0, '/dev/zero'), await word(0, `${path}x`)]).toEqual(['ENODEV', 'ENOENT'])
  })

  const same = async (paths: readonly string[], verbs = VERBS) => {
    expect(await ask((files) => tell(files, paths, verbs))).toEqual(
      tell(new FolderFiles(), paths, verbs),
    )
  }

  it('are those of the files themselves', async () => {
    const at = (name: string) => `${folder.path}/${name}`
    const bytes = (length: number) => Buffer.alloc(length).map((_, index) => (index * 7) & 0x7f)
    for (const length of [0, 1, 16_383, 16_384, 16_385, 131_072, 131_073, 300_000]) {
      folder.file(`file${length}`, bytes(length))
    }
    folder.file('mark', '\ufeffa mark of the order of bytes')
    folder.file('odd', Buffer.from('ab\xff\xc3(\0\xe2\x82', 'latin1'))
    folder.file('name with \n and ü')
    mkdirSync(at('empty'))
    mkdirSync(at('many'))
    for (let index = 0; index < 3000; index++) writeFileSync(at(`many/entry-${index}`), '')
    mkdirSync(at('strange'))
    for (const name of ['ü', 'line\nbreak', '-x', '\ufeffmark', ' ']) {
      writeFileSync(at(`strange/${name}`), '')
    }
    writeFileSync(Buffer.concat([Buffer.from(at('strange/')), Buffer.from([0xff, 0xc3, 0x28])]), '')
    symlinkSync('file1', at('link'))
    symlinkSync('many', at('to-folder'))
    symlinkSync('nowhere', at('dangling'))
    symlinkSync('loop', at('loop'))
    const names = readdirSync(folder.path)
    expect(names.length).toBeGreaterThan(14)
    await same(names.map(at))
    await same([...names.map(at)].reverse())
    await same(['strange', 'many', 'none', 'none/deeper', 'file1/deeper', ''].map(at))
  })

  it('are those of the kernel', async () => {
    await same(
      [
        ...['/proc/cpuinfo', '/proc/version', '/proc/cmdline', '/proc/iomem', '/proc/filesystems'],
        ...[
          '/proc/device-tree',
          '/sys/devices',
          '/sys/bus/pci/devices',
          '/sys/class',
          '/sys/firmware',
        ],
      ],
      ['text', 'bytes', 'list', 'link', 'real'],
    )
    await same(['/dev/null', '/dev/mem', '/dev', '/'], ['status', 'linkStatus', 'real', 'link'])
  })

  it('are of as many bytes as are asked for', async () => {
    const path = folder.file('start', Buffer.alloc(200_000, 'abcdefg'))
    const lengths = [0, 1, 16_383, 16_384, 16_385, 65_536, 199_999, 200_000, 200_001]
    const starts = (files: FolderFiles | FetchedFiles) =>
      lengths.map((most) => short(files.bytes(path, most)))
    expect(await ask(starts)).toEqual(starts(new FolderFiles()))
  })

  it('are absent where the kernel takes no such path', async () => {
    const question = (files: FetchedFiles) =>
      [`/${'x'.repeat(4095)}`, `/${'x'.repeat(300)}`, '/a\0b', 'relative', ''].map((path) => [
        files.text(path),
        files.errno(path),
      ])
    expect(await ask(question)).toEqual([
      [undefined, 'ENAMETOOLONG'],
      [undefined, 'ENAMETOOLONG'],
      [undefined, 'ENOENT'],
      [undefined, 'ENOENT'],
      [undefined, 'ENOENT'],
    ])
    expect(await ask((files) => files.status('/')?.kind)).toBe('folder')
  })

  it('come in one trip, of few frames', async () => {
    const paths = Array.from({ length: 300 }, (_, at) => folder.file(`one-${at}`, `${at}`))
    requests = 0
    expect(await ask((files) => paths.map((path) => files.text(path)))).toEqual(
      paths.map((_, at) => `${at}`),
    )
    expect(requests).toBe(3)
  })

  it('come of long paths, of which fewer go in a frame', async () => {
    const deep = `${folder.path}/${Array.from({ length: 15 }, () => 'd'.repeat(200)).join('/')}`
    mkdirSync(deep, { recursive: true })
    const paths = Array.from({ length: 100 }, (_, at) => `${deep}/${at}`)
    for (const path of paths) writeFileSync(path, path.slice(-2))
    requests = 0
    expect(await ask((files) => paths.map((path) => files.text(path)))).toEqual(
      paths.map((path) => path.slice(-2)),
    )
    expect(requests).toBe(3)
  })
})

describe('facts by a hostile agent', () => {
  const wanted = VERBS.map((verb): Wanted => ({ verb, path: '/x' }))

  /** What such answers to look-ups, to opened files and to reads of them give. */
  async function fetched(answers: (kind: number) => Uint8Array, which = wanted) {
    const channel = new MadeChannel(({ kind, id }, to) => to.say(frame(kind, id, answers(kind))))
    channel.say(greeting)
    const session = await Session.start(channel, { limitMs: 1000 })
    return await fetchFrom(session)(which).finally(() => session.close())
  }
  const refused = (why: string) =>
    expect.objectContaining({
      code: 'ECONNECTION',
      message: `board: the connection is lost: what came is no answer of an agent (${why})`,
    })
  const answer = (data: Uint8Array, { answered = 1, length = data.length } = {}) =>
    packed({ u32: 0 }, { u32: answered }, { u32: 0 }, { u32: length }, data)

  it.each<[string, Verb, Uint8Array, string]>([
    ['no answers', 'text', packed({ u32: 0 }, { u32: 0 }), 'no look-up was answered'],
    ['too many', 'text', answer(new Uint8Array(), { answered: 2 }), 'no look-up was answered'],
    ['an errno for all', 'text', packed({ u32: 74 }), 'the look-up failed with EBADMSG'],
    [
      ...(['a length of 4 GiB', 'text'] as const),
      answer(new Uint8Array(4), { length: 0xffff_ffff }),
      '4294967295 bytes expected, and 4 left',
    ],
    ['a long file', 'text', answer(new Uint8Array(16_385)), 'more of a file than was asked for'],
    [
      'a kind',
      'entries',
      answer(packed({ u32: 9 }, { u32: 0 })),
      'a kind of file that there is not',
    ],
    ['half an entry', 'list', answer(packed({ u32: 1 })), '4 bytes expected, and 0 left'],
    [
      'a long name',
      'list',
      answer(packed({ u32: 1 }, { u32: 99 })),
      '99 bytes expected, and 0 left',
    ],
    ['half a status', 'status', answer(new Uint8Array(40)), 'no status of a file'],
    [
      'a status of no kind',
      'linkStatus',
      answer(new Uint8Array(48)),
      'a kind of file that there is not',
    ],
  ])('are refused: %s', async (_, verb, bytes, why) => {
    await expect(fetched(() => bytes, [{ verb, path: '/x' }])).rejects.toEqual(refused(why))
  })

  it('end with a file that gives more than was read of it', async () => {
    const text: Wanted[] = [{ verb: 'text', path: '/x' }]
    const answers = (kind: number) => {
      if (kind === ASK.look) return answer(new Uint8Array(16_384))
      if (kind === ASK.open) return packed({ u32: 0 }, { u32: 0 }, { u32: 1 }, new Uint8Array(44))
      const bytes = new Uint8Array(FRAME_MOST / 2 + 1)
      return kind === ASK.read
        ? packed({ u32: 0 }, { u32: bytes.length }, bytes)
        : packed({ u32: 0 })
    }
    await expect(fetched(answers, text)).rejects.toEqual(refused('more than was asked for'))
  })

  it('of any bytes are refused, or facts', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .array(fc.nat(60), { maxLength: 60 })
        .map((words) => packed(...words.map((u32) => ({ u32 })))),
      fc.uint8Array({ maxLength: 100 }).map((data) => answer(data)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 1 }), async (all) => {
        let at = 0
        const next = () => all[at++ % all.length] as Uint8Array
        const outcome = await fetched(next).catch(({ code }) => code)
        if (outcome !== 'ECONNECTION') expect(outcome).toHaveLength(wanted.length)
      }),
    )
  })
})
