import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'

/** More than any kernel keeps. */
const MOST_BYTES = 64 << 20

/**
 * The messages that the kernel keeps in its log, oldest first: /dev/kmsg, which needs CAP_SYSLOG
 * where kernel.dmesg_restrict is 1. None where it cannot be read; the oldest are overwritten.
 */
export function readKernelLog(files: Files = filesAt()): string[] {
  return messagesOf(Buffer.from(files.bytes('/dev/kmsg', MOST_BYTES) ?? []).toString())
}

/** Documentation/ABI/testing/dev-kmsg: `priority,number,time,flags;message`, and ` KEY=value` lines. */
function messagesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const message = /^\d[^;]{0,80};(.*)$/.exec(line)?.[1]
    return message === undefined ? [] : [message]
  })
}
