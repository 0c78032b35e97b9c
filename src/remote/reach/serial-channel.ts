import { sentence, shell } from '../../base/cure.ts'
import { ownAgentFile } from '../../engine/agent-file.ts'
import type { SerialLine } from '../../place/target.ts'
import { WRITE_AGENT } from '../../wording/agent.ts'
import { wordCure } from '../../wording/cure.ts'
import type { Channel } from '../channel.ts'
import { connectionError } from '../errors.ts'
import { GatheredBytes } from '../gathered-bytes.ts'
import { FRAME_BYTES, FRAME_MOST } from '../protocol.ts'
import { startChild } from './child-channel.ts'
import { restOf } from './rest-of.ts'

/** The line is lost when so long nothing came over it; the other end is asked often within it. */
const SILENCE_MS = 15_000

const DEVICES = 'find its name in /dev/serial/by-id, /dev/ttyUSB*, /dev/ttyACM* or /dev/ttyS*'
const GROUP = 'become a member of the group that owns it, usually dialout, and log in again'

const CURES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENOTTY', 'EIO', 'ENXIO', 'ENODEV'].map((one) => [
      one,
      DEVICES,
    ]),
  ),
  EACCES: GROUP,
  EPERM: GROUP,
  EBUSY: 'end that program, such as a terminal program, or a getty on the line',
  EINVAL: 'use a rate that the device has, at both ends: often 115200',
}

/**
 * A serial line, at whose other end an agent serves (`serve --serial`). The agent of this machine (`join`,
 * native/agent_join.c) keeps the line: it is the same program at both ends, and answers while this
 * process is busy. Rejects with ECONNECTION where the line cannot be opened.
 */
export async function openSerial(
  name: string,
  line: SerialLine,
  silenceMs: number = SILENCE_MS,
): Promise<Channel> {
  const words = [ownAgentFile(), 'join', `${line.path},${line.baud}`, String(silenceMs)]
  let word = ''
  const explain = (said: string) => {
    word = /: (\w+)\s*$/.exec(said)?.[1] ?? ''
    return whyEnded(word, line.baud, silenceMs)
  }
  const channel = await startChild(name, words, { explain })
  const came = new GatheredBytes()
  const refusal = await new Promise<string | undefined>((resolve) => {
    channel.take((bytes) => {
      came.add(bytes)
      resolve(undefined)
    })
    void channel.ended.then(resolve)
  })
  if (refusal !== undefined) throw connectionError(name, refusal, CURES[word] ?? DEVICES)
  return restOf(channel, came)
}

/** What helps where a line is open, and nobody serves at its other end. */
export function cureOfSilence({ baud }: SerialLine): string {
  const line = shell(`physmem-agent serve --serial DEVICE,${baud}`)
  const words = sentence`let the agent of this physmem serve at the other end, in place of a getty or a shell: ${line}`
  return `${wordCure(words)}; it is written here by: ${WRITE_AGENT}`
}

/** How much longer an answer may take than elsewhere: two of the longest frames, each sent twice. */
export function moreMs({ baud }: SerialLine): number {
  const bits = 10 * (FRAME_BYTES + FRAME_MOST)
  return Math.ceil((4 * bits) / baud) * 1000
}

/** By the last word of the agent, which is an errno or one of native/agent_join.c. */
function whyEnded(word: string, baud: number, silenceMs: number): string | undefined {
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such device (ENOENT)',
    ENOTDIR: 'a part of its path is not a directory (ENOTDIR)',
    EISDIR: 'it is a directory (EISDIR)',
    EACCES: 'its permissions do not allow it (EACCES)',
    EPERM: 'its permissions do not allow it (EPERM)',
    EBUSY: 'another program uses it (EBUSY)',
    ENOTTY: 'it is no serial line (ENOTTY)',
    EINVAL: `it has no rate of ${baud} baud (EINVAL)`,
    EIO: 'no hardware answers there (EIO)',
    ENXIO: 'no hardware is there (ENXIO)',
    ENODEV: 'no hardware is there (ENODEV)',
    lost: 'what was sent did not arrive, though it was sent 32 times',
    silent: `nothing came over the line for ${silenceMs / 1000} s`,
    gone: 'the device is gone',
    ended: 'the agent ended there',
    unknown: 'the agent was started anew there',
    echo: 'what is sent comes back, as from a getty, a shell or a loopback',
    versions: 'its agent is of another version, and exchanges other packets',
  }
  return reasons[word]
}
