import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** One record is at most this long (kernel/printk, PRINTKRB_RECORD_MAX and its prefix). */
const RECORD_BYTES = 8192
/** More than any kernel keeps. */
const MOST_RECORDS = 100_000

/**
 * The messages that the kernel keeps in its log, oldest first: /dev/kmsg, which needs CAP_SYSLOG
 * where kernel.dmesg_restrict is 1. None where it cannot be read; the oldest are overwritten.
 */
export function readKernelLog(root = '/'): string[] {
  const messages: string[] = []
  let fd: number
  try {
    fd = openSync(join(root, 'dev/kmsg'), constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return messages
  }
  const bytes = Buffer.alloc(RECORD_BYTES)
  try {
    for (let record = 0; record < MOST_RECORDS; record++) {
      const count = readRecord(fd, bytes)
      if (count === 0) break
      if (count > 0) messages.push(...messagesOf(bytes.toString('utf8', 0, count)))
    }
  } finally {
    closeSync(fd)
  }
  return messages
}

/** Bytes of the next record; 0 at the end, -1 where the kernel overwrote records meanwhile. */
function readRecord(fd: number, bytes: Buffer): number {
  try {
    return readSync(fd, bytes, 0, bytes.length, null)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPIPE' ? -1 : 0
  }
}

/** Documentation/ABI/testing/dev-kmsg: `priority,number,time,flags;message`, and ` KEY=value` lines. */
function messagesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const message = /^\d[^;]{0,80};(.*)$/.exec(line)?.[1]
    return message === undefined ? [] : [message]
  })
}
