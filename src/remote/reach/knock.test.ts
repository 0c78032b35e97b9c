import { describe, expect, it } from 'vitest'
import { packed, textOf } from '../bytes.ts'
import type { Channel } from '../channel.ts'
import { Session } from '../session.ts'
import { frame, greeting, split } from '../testing/made-channel.ts'
import { knock } from './knock.ts'

const answer = frame('close', 0, packed({ u32: 9 }))
const END = 0xffff_ffff

/** A channel at whose other end `say` speaks; `onEnd` where an agent is ended there. */
function channelOf(onEnd: (say: (bytes: Uint8Array) => void) => void = () => {}) {
  let take: (bytes: Uint8Array) => void = () => {}
  const sent: Uint8Array[] = []
  const say = (bytes: Uint8Array) => take(bytes)
  const channel: Channel = {
    ...{ name: 'board', ended: new Promise(() => {}), close: async () => {} },
    write: (bytes) => {
      sent.push(bytes)
      if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === END) onEnd(say)
    },
    take: (bytes) => {
      take = bytes
    },
  }
  return { channel, say, sent }
}

describe('an agent behind a socket', () => {
  it('that has just begun serves, wherever its words are split', async () => {
    const words = packed(textOf('hm\n'), greeting, answer)
    for (let end = 0; end <= words.length; end++) {
      const { channel, say, sent } = channelOf()
      const starting = Session.start(knock(channel), { limitMs: 1000 })
      for (const piece of split(words, end, (end * 7) % words.length)) say(piece)
      const session = await starting
      const asked = session.ask('look', new Uint8Array(0), () => 'taken')
      say(frame('look', 1))
      expect(await asked).toBe('taken')
      expect(sent.map((bytes) => bytes.length)).toEqual([20, 16])
      await session.close()
    }
  })

  it('that serves somebody who has gone is ended, and the next one serves', async () => {
    const words = packed(frame('run', 7), answer)
    for (let end = 0; end <= words.length; end++) {
      const { channel, say } = channelOf((next) => next(greeting))
      const starting = Session.start(knock(channel), { limitMs: 1000 })
      for (const piece of split(words, end)) say(piece)
      const session = await starting
      expect(session.hello.cpu).toBe('x64')
      await session.close()
    }
  })

  it('is none where something else speaks, which is told', async () => {
    const { channel, say } = channelOf()
    const starting = Session.start(knock(channel), { limitMs: 20 })
    say(textOf('login: '))
    await expect(starting).rejects.toMatchObject({
      message: 'board: no agent answers within 0.02 s; it said: login:',
    })
  })
})
