import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { packed } from './bytes.ts'
import { closeNode, openNode } from './nodes.ts'
import { Session } from './session.ts'
import { noAgent, startAgent } from './testing/agent.ts'
import { frame, greeting, MadeChannel } from './testing/made-channel.ts'
import { copyWords, readWords, scanPages, type WordRange } from './word-ranges.ts'

const folder = new TestFolder()
const bytesOf = (words: Uint32Array) => new Uint8Array(words.buffer)
const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''

describe.skipIf(noAgent)(`words by an agent${skipped}`, () => {
  let session: Session
  beforeAll(async () => {
    session = await Session.start(await startAgent())
  })
  afterAll(() => session?.close())

  /** The words from `first` to `end` of a file, by the agent. */
  async function fetched(path: string, first: number, end: number) {
    const opened = await openNode(session, path, 0)
    if ('errno' in opened) throw new Error(opened.errno)
    const range = await readWords(session, opened.node, first, end, 2n ** 64n - 1n)
    await closeNode(session, opened.node)
    if ('errno' in range) throw new Error(range.errno)
    return range
  }

  const contents = fc.array(
    fc.oneof(
      fc.integer({ min: 1, max: 9000 }).map((zeros) => new Array<number>(2 * zeros).fill(0)),
      fc.array(fc.nat(3), { maxLength: 40 }),
      fc.integer({ min: 1, max: 20_000 }).map((words) => new Array<number>(2 * words).fill(7)),
    ),
    { maxLength: 8 },
  )

  it('are those of the file', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.nat(3000), fc.nat(60_000), async (parts, first, count) => {
        const all = Uint32Array.from(parts.flat())
        const path = folder.file('words', new Uint8Array(all.buffer))
        const words = Math.floor(all.length / 2)
        const range = await fetched(path, first, first + count)
        const known = Math.max(0, Math.min(words - first, count))
        expect(range.end - first).toBe(known)
        expect(range.ended).toBe(known < count)
        const copied = new Uint32Array(2 * count)
        expect(copyWords(range, first, copied)).toBe(known)
        const wanted = new Uint32Array(2 * count)
        wanted.set(all.subarray(2 * first, 2 * (first + known)))
        expect(Buffer.compare(bytesOf(copied), bytesOf(wanted))).toBe(0)
      }),
      { numRuns: 40 },
    )
  })

  it('are left out where they have no bit of the mask', async () => {
    const path = folder.file(
      'masked',
      new Uint8Array(Uint32Array.of(1, 0, 2, 8, 4, 9, 3, 0).buffer),
    )
    const opened = (await openNode(session, path, 0)) as { node: number }
    const range = await readWords(session, opened.node, 0, 4, (1n << 32n) | 2n)
    const words = new Uint32Array(8)
    expect(copyWords(range as WordRange, 0, words)).toBe(4)
    expect([...words]).toEqual([0, 0, 2, 8, 4, 9, 3, 0])
    await closeNode(session, opened.node)
  })

  it('are not there where nothing can be read', async () => {
    const opened = (await openNode(session, folder.path, 0)) as { node: number }
    expect(await readWords(session, opened.node, 0, 5, 1n)).toEqual({ errno: 'EISDIR' })
    const where = { start: 0n, end: 4096n, categories: 64n }
    expect(await scanPages(session, opened.node, where)).toEqual({ errno: 'ENOTTY' })
  })
})

describe('words by a hostile agent', () => {
  async function answered(bytes: Uint8Array) {
    const channel = new MadeChannel(({ kind, id }, to) => to.say(frame(kind, id, bytes)))
    channel.say(greeting)
    const session = await Session.start(channel, { limitMs: 1000 })
    return await readWords(session, 0, 10, 20, 1n).finally(() => session.close())
  }
  const head = (ended: number, walked: bigint) =>
    packed({ u32: 0 }, { u32: ended }, { u64: walked })
  const lost = (why: string) => ({
    code: 'ECONNECTION',
    message: `board: the connection is lost: what came is no answer of an agent (${why})`,
  })

  it.each<[string, Uint8Array, string]>([
    ['more than was asked for', head(0, 11n), 'words that were not asked for'],
    ['nothing', head(0, 0n), 'words that were not asked for'],
    ['neither an end nor none', head(2, 10n), 'words that were not asked for'],
    [
      'words behind the last',
      packed(head(0, 10n), { u32: 9 }, { u32: 2 }, new Uint8Array(16)),
      'words behind the last',
    ],
    ['an empty run', packed(head(0, 10n), { u32: 1 }, { u32: 0 }), 'words behind the last'],
    [
      'half a run',
      packed(head(0, 10n), { u32: 0 }, { u32: 2 }, new Uint8Array(8)),
      '16 bytes expected, and 8 left',
    ],
  ])('are refused: %s', async (_, bytes, why) => {
    await expect(answered(bytes)).rejects.toMatchObject(lost(why))
  })

  it('of any bytes are refused, or a range', async () => {
    const words = fc.array(fc.oneof(fc.nat(12), fc.nat()), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(words, async (numbers) => {
        const bytes = packed({ u32: 0 }, ...numbers.map((u32) => ({ u32 })))
        const outcome = await answered(bytes).catch(({ code }) => code)
        if (outcome !== 'ECONNECTION') expect(outcome).toMatchObject({ first: 10 })
      }),
    )
  })
})
