import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Malformed, packed } from './bytes.ts'
import { FRAME_MOST, MARK } from './protocol.ts'
import { type Answer, MORE, Session } from './session.ts'
import { lost } from './testing/lost.ts'
import { frame, greeting, MadeChannel, split } from './testing/made-channel.ts'

const limitMs = 50
const nothing = new Uint8Array(0)

async function started(channel: MadeChannel): Promise<Session> {
  channel.say(greeting)
  return await Session.start(channel, { limitMs })
}

describe('a session', () => {
  const word = (answer: Answer) => answer.rest.u32()

  it('takes answers in the order of the questions, wherever they are split', async () => {
    const answers = [1, 2, 3].map((id) => frame('look', id, packed({ u32: 0 }, { u32: id * 11 })))
    const bytes = packed(...answers)
    for (let end = 0; end <= bytes.length; end++) {
      const channel = new MadeChannel()
      const session = await started(channel)
      const asked = [1, 2, 3].map(() => session.ask('look', nothing, word))
      channel.say(...split(bytes, end))
      expect(await Promise.all(asked)).toEqual([11, 22, 33])
    }
  })

  it('tells the errno of an answer, of any number', async () => {
    const channel = new MadeChannel(({ id }, to) => {
      to.say(frame('close', id, packed({ u32: [13, 0xffff_ffff, 77777][id - 1] ?? 0 })))
    })
    const session = await started(channel)
    const ask = () => session.ask('close', nothing, ({ errno }) => errno)
    expect([await ask(), await ask(), await ask()]).toEqual(['EACCES', 'errno -1', 'errno 77777'])
  })

  it('takes several answers to one question', async () => {
    const channel = new MadeChannel()
    const session = await started(channel)
    const taken: number[] = []
    const asked = session.ask('stream', nothing, ({ rest }) => {
      taken.push(rest.u32())
      return taken.length < 3 ? MORE : taken
    })
    for (const u32 of [5, 6, 7]) channel.say(frame('stream', 1, packed({ u32: 0 }, { u32 })))
    expect(await asked).toEqual([5, 6, 7])
  })

  it.each([
    [
      'a frame of 4 GiB',
      frame('look', 1, nothing, { length: 0xffff_ffff }),
      'a frame of 4294967295 bytes',
    ],
    ['no frame', frame('look', 1, nothing, { zero: 3 }), 'this begins no frame'],
    ['another id', frame('look', 9), 'an answer to nothing'],
    ['another kind', frame('run', 1), 'an answer to nothing'],
    ['an unknown kind', frame(4711, 1), 'an answer to nothing'],
    ['nothing in it', frame('look', 1, nothing), '4 bytes expected, and 0 left'],
    [
      'less than is asked',
      frame('look', 1, Uint8Array.of(0, 0, 0, 0, 1)),
      '4 bytes expected, and 1 left',
    ],
    ['more than is asked', frame('look', 1, new Uint8Array(11)), '3 bytes too many'],
  ])('ends with an answer that is none: %s', async (_, bytes, why) => {
    const channel = new MadeChannel()
    const session = await started(channel)
    const asked = [1, 2].map(() => session.ask('look', nothing, word).catch((error) => error))
    channel.say(bytes)
    const error = lost(`what came is no answer of an agent (${why})`)
    expect(await Promise.all(asked)).toEqual([error, error])
    expect(channel.closed).toBe(1)
    await expect(session.ask('look', nothing, word)).rejects.toEqual(error)
  })

  it('ends with an answer to nothing', async () => {
    const channel = new MadeChannel()
    const session = await started(channel)
    channel.say(frame('look', 1))
    await expect(session.ask('look', nothing, word)).rejects.toEqual(
      lost('what came is no answer of an agent (an answer to nothing)'),
    )
  })

  it('ends with an answer that who asked refuses', async () => {
    const channel = new MadeChannel()
    const session = await started(channel)
    const asked = session.ask('look', nothing, () => {
      throw new Malformed('three legs')
    })
    channel.say(frame('look', 1))
    await expect(asked).rejects.toEqual(lost('what came is no answer of an agent (three legs)'))
  })

  it('says why it ended in the middle of an answer', async () => {
    const channel = new MadeChannel()
    const session = await started(channel)
    const asked = session.ask('look', nothing, word)
    channel.say(frame('look', 1).subarray(0, 18))
    channel.end('ssh ended with exit code 255: Connection reset by peer')
    await expect(asked).rejects.toEqual(
      lost('ssh ended with exit code 255: Connection reset by peer'),
    )
  })

  it('ends where no answer comes in time, which begins anew with each answer', async () => {
    const channel = new MadeChannel()
    const session = await started(channel)
    const first = session.ask('look', nothing, word)
    const second = session.ask('look', nothing, word, { moreMs: 20 })
    setTimeout(() => channel.say(frame('look', 1, packed({ u32: 0 }, { u32: 4 }))), 30)
    expect(await first).toBe(4)
    const answeredAt = performance.now()
    await expect(second).rejects.toEqual(lost('no answer within 0.07 s'))
    expect(performance.now() - answeredAt).toBeGreaterThan(60)
    expect(channel.closed).toBe(1)
  })

  it('gives what is stopped no more than the usual time', async () => {
    const channel = new MadeChannel()
    const session = await started(channel)
    const stop = new AbortController()
    const asked = session.ask('run', nothing, word, { moreMs: 60_000, signal: stop.signal })
    stop.abort()
    await expect(asked).rejects.toEqual(lost('no answer within 0.05 s'))
  })

  it('gives what is stopped the usual time for all of its answers', async () => {
    const channel = new MadeChannel()
    const session = await started(channel)
    const stop = new AbortController()
    const asked = session.ask('stream', nothing, () => MORE, { signal: stop.signal })
    stop.abort()
    const often = setInterval(() => channel.say(frame('stream', 1)), limitMs / 5)
    await expect(asked).rejects.toEqual(lost('no answer within 0.05 s'))
    clearInterval(often)
  })

  it('waits for nothing where nothing is asked', async () => {
    const channel = new MadeChannel()
    const session = await started(channel)
    await new Promise((resolve) => setTimeout(resolve, 2 * limitMs))
    expect(channel.closed).toBe(0)
    await session.close()
  })

  it('that is closed answers nothing', async () => {
    const channel = new MadeChannel()
    const session = await started(channel)
    const asked = session.ask('look', nothing, word).catch((error) => error)
    await session.close()
    expect(await asked).toEqual(lost('it was closed'))
    channel.say(frame('look', 1))
    await expect(session.ask('look', nothing, word)).rejects.toEqual(lost('it was closed'))
  })

  it('asks for an end of what runs, while it waits', async () => {
    const cancelled: number[] = []
    const channel = new MadeChannel(({ kind, payload }) => {
      if (kind === 8)
        cancelled.push(new DataView(payload.buffer, payload.byteOffset).getUint32(0, true))
    })
    const session = await started(channel)
    const stop = new AbortController()
    const asked = session.ask('run', nothing, word, { signal: stop.signal })
    stop.abort()
    expect(cancelled).toEqual([1])
    channel.say(frame('run', 1, packed({ u32: 0 }, { u32: 5 })))
    expect(await asked).toBe(5)
    const late = session.ask('run', nothing, word, { signal: stop.signal })
    expect(cancelled).toEqual([1, 3])
    channel.say(frame('run', 3, packed({ u32: 0 }, { u32: 6 })))
    expect(await late).toBe(6)
  })

  it('listens once to a signal for all that is asked, and no more when all was answered', async () => {
    const channel = new MadeChannel()
    channel.say(greeting)
    const { signal } = new AbortController()
    const session = await Session.start(channel, { limitMs, signal })
    const asked = Array.from({ length: 20 }, () => session.ask('look', nothing, word))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    for (let id = 1; id <= 20; id++) {
      channel.say(frame('look', id, packed({ u32: 0 }, { u32: id })))
    }
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('is ended by the signal of what is under way, and by no earlier one', async () => {
    const channel = new MadeChannel()
    channel.say(greeting)
    let current = new AbortController()
    const session = await Session.start(channel, { limitMs, signal: () => current.signal })
    const before = current
    const first = session.ask('look', nothing, word)
    channel.say(frame('look', 1, packed({ u32: 0 }, { u32: 5 })))
    expect(await first).toBe(5)
    current = new AbortController()
    const own = session.ask('run', nothing, word, { signal: new AbortController().signal })
    current.abort()
    channel.say(frame('run', 2, packed({ u32: 0 }, { u32: 6 })))
    expect(await own).toBe(6)
    current = new AbortController()
    const second = session.ask('look', nothing, word).catch((error) => error)
    before.abort()
    expect(session.lost).toBeUndefined()
    current.abort()
    expect(await second).toMatchObject({
      ...{ code: 'EABORT', message: 'board: stopped', cause: lost('it was stopped') },
    })
    await expect(session.ask('look', nothing, word)).rejects.toEqual(lost('it was stopped'))
  })

  it('is lost to what may have been done when the signal comes', async () => {
    const channel = new MadeChannel()
    channel.say(greeting)
    const stop = new AbortController()
    const session = await Session.start(channel, { limitMs, signal: stop.signal })
    const asked = ['look', 'open', 'memory', 'prepare', 'words', 'scan', 'read', 'write', 'port']
    const ends = asked.map((kind) =>
      session.ask(kind as 'look', nothing, word).catch(({ code }) => code),
    )
    stop.abort()
    expect(await Promise.all(ends)).toEqual([
      ...Array(6).fill('EABORT'),
      ...Array(3).fill('ECONNECTION'),
    ])
  })

  it('is not ended by a signal while what must come to its end is under way', async () => {
    const channel = new MadeChannel()
    channel.say(greeting)
    const stop = new AbortController()
    const session = await Session.start(channel, { limitMs, signal: stop.signal })
    const work = session.undisturbed(() => session.ask('write', nothing, word))
    stop.abort()
    channel.say(frame('write', 1, packed({ u32: 0 }, { u32: 7 })))
    expect(await work).toBe(7)
    expect(session.ended.aborted).toBe(false)
    channel.end('it was ended')
    await new Promise((resolve) => session.ended.addEventListener('abort', resolve))
  })
})

describe('a hostile board', () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.constant(greeting),
    fc.constant(MARK),
    fc
      .record({ kind: fc.integer({ min: 0, max: 12 }), id: fc.nat(4), payload: fc.uint8Array() })
      .map(({ kind, id, payload }) => frame(kind, id, payload)),
    fc.nat().map((length) => frame('look', 1, nothing, { length: length % (2 * FRAME_MOST) })),
  )

  it('gets nothing but an end by any bytes in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(chunk, { maxLength: 12 }), async (greets, chunks) => {
        const channel = new MadeChannel()
        if (greets) channel.say(greeting)
        channel.say(...chunks.slice(0, 2))
        setImmediate(() => {
          channel.say(...chunks.slice(2))
          channel.end('gone')
        })
        const outcome = await Session.start(channel, { limitMs })
          .then((session) =>
            Promise.allSettled(
              (['look', 'run', 'stream'] as const).map((kind) =>
                session.ask(kind, nothing, ({ rest }) => rest.bytes(rest.left)),
              ),
            ),
          )
          .catch((reason) => [{ status: 'rejected', reason } as const])
        for (const one of outcome) {
          if (one.status === 'rejected') expect(one.reason.code).toBe('ECONNECTION')
        }
      }),
    )
  })

  it.each([
    ['before an agent', nothing],
    ['in place of answers', greeting],
  ])('fills no memory with a flood %s', async (_, first) => {
    const channel = new MadeChannel()
    channel.say(first)
    const ended = Session.start(channel, { limitMs })
      .then((session) => session.ask('look', nothing, () => {}))
      .catch(({ code }) => code)
    await new Promise(setImmediate)
    const chunk = new Uint8Array(64 * 1024).fill(0x41)
    channel.say(...Array.from({ length: 6 }, () => chunk))
    expect(await ended).toBe('ECONNECTION')
    const before = process.memoryUsage().arrayBuffers
    for (let at = 0; at < 1024; at++) channel.say(chunk)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024)
  })
})
