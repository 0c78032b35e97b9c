/** Who talks where an agent should: those that are known by their words need not be waited for. */
import { optionWord } from '../../wording/command-line.ts'
import { saidLast } from '../said.ts'
import type { Stranger } from '../session.ts'
import { indexOf, KNOCK } from './knock.ts'

/** At a socket. */
export function strangerAtSocket(path: string): (came: Uint8Array) => Stranger | undefined {
  return (came) => {
    const text = latin(came)
    if (text.startsWith('{"QMP":')) {
      const cure = `name it as what it is: ${optionWord('target', `qmp:${path}`)}`
      return { why: 'QEMU’s monitor is there', cure }
    }
    if (/^SSH-[0-9.]+-/.test(text)) {
      const cure = `name the host of it: ${optionWord('target', 'ssh://HOST')}`
      return { why: 'an SSH server is there', cure }
    }
    return indexOf(came, KNOCK) < 0 ? undefined : { why: 'it repeats what it is sent' }
  }
}

/** At a serial line. */
export function strangerAtLine(came: Uint8Array): Stranger | undefined {
  const asks = /(?:^|\s)(?:login|password): *$/i.test(latin(came.subarray(-200)))
  return asks ? { why: `somebody is asked to log in there${saidLast(came)}` } : undefined
}

const latin = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes)
