import { describe, expect, it } from 'vitest'
import { packed, textOf } from './bytes.ts'
import { MARK } from './protocol.ts'
import { Session } from './session.ts'
import { lost } from './testing/lost.ts'
import { frame, greeting, hello, MadeChannel, split } from './testing/made-channel.ts'

const limitMs = 50
const nothing = new Uint8Array(0)

/** Why no session begins, with what came. */
async function refusal(channel: MadeChannel, ...chunks: Uint8Array[]) {
  channel.say(...chunks)
  return await Session.start(channel, { limitMs }).then(
    () => 'a session',
    ({ code, message, data }) => ({ code, message, cure: data.cure }),
  )
}

const noAgent = (why: string) => ({
  code: 'ECONNECTION',
  message: `board: no agent answers${why}`,
  cure: undefined,
})

describe('the beginning of a session', () => {
  it('passes over what comes before the mark, wherever it is split', async () => {
    const banner = packed(
      textOf('Welcome!\r\n'),
      MARK.subarray(0, 5),
      Uint8Array.of(0, 0),
      textOf('$'),
    )
    const bytes = packed(banner, greeting)
    for (let end = 0; end <= bytes.length; end++) {
      const channel = new MadeChannel()
      channel.say(...split(bytes, end, (end * 7) % bytes.length))
      const session = await Session.start(channel, { limitMs })
      expect(session.hello.cpu).toBe('x64')
      await session.close()
    }
  })

  it.each([
    ['an answer', frame('close', 1), 'an answer to nothing'],
    ['the beginning of one', frame('close', 1).subarray(0, 5), 'an answer to nothing'],
    ['none', frame('close', 1, nothing, { zero: 1 }), 'this begins no frame'],
  ])('ends at once where more comes with the hello: %s', async (_, more, why) => {
    const channel = new MadeChannel()
    channel.say(packed(greeting, more))
    const session = await Session.start(channel)
    expect(channel.closed).toBe(1)
    await expect(session.ask('close', nothing, () => 'taken')).rejects.toEqual(
      lost(`what came is no answer of an agent (${why})`),
    )
  })

  it.each([
    ['nothing', [], ' within 0.05 s: nothing came, and an agent says its hello at once'],
    ['other text', [textOf('sh: \x1b[1mnope\n\n')], ' within 0.05 s; it said: sh: \\u{1b}[1mnope'],
    ['half a hello', [textOf('hm\n'), greeting.subarray(0, 30)], ' within 0.05 s; it said: hm'],
    ['garbage', [MARK, hello({ cpu: '\x1b[2J' })], ': this is no hello of an agent'],
    [
      'a flood',
      Array.from({ length: 5 }, () => new Uint8Array(64 * 1024)),
      `: too much came that is none of its words; it began with: ${'\\u{0}'.repeat(12)}...`,
    ],
  ])('says what came in place of an agent: %s', async (_, chunks, why) => {
    const channel = new MadeChannel()
    expect(await refusal(channel, ...chunks)).toEqual(noAgent(why))
    expect(channel.closed).toBe(1)
  })

  it('waits less long for an agent where something else talks', async () => {
    const channel = new MadeChannel()
    channel.say(textOf('220 mail\r\n'))
    const starting = Session.start(channel, { limitMs: 60_000, talkMs: 20 })
    await expect(starting).rejects.toMatchObject({
      message: 'board: no agent answers within 0.02 s; it said: 220 mail',
    })
    expect(channel.closed).toBe(1)
  })

  it('says that the agent is of another version, and what to do', async () => {
    const channel = new MadeChannel()
    expect(await refusal(channel, MARK, hello({ version: 7 }))).toEqual({
      code: 'ECONNECTION',
      message: 'board: its agent speaks version 7 of the protocol, and this physmem version 3',
      cure: 'let the agent of this physmem serve there, which is written here by: physmem agent --cpu CPU -o physmem-agent',
    })
    expect(channel.closed).toBe(1)
  })

  it('says why it ended, and what was said before', async () => {
    const silent = new MadeChannel()
    silent.end('ssh ended with exit code 255')
    expect(await refusal(silent)).toEqual(noAgent(': ssh ended with exit code 255'))
    const talking = new MadeChannel()
    talking.end('sh ended with exit code 1')
    expect(await refusal(talking, textOf('one\ntwo\n'))).toEqual(
      noAgent(': sh ended with exit code 1; it said: two'),
    )
  })
})
