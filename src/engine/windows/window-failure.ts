/** What fails in a window, and why: apart from it, so that its accesses are all that it is made of. */
import { AccessError, type PhysmemError, RequestError } from '../../base/errors.ts'
import type { Width } from '../../base/width.ts'
import { blockProgress, closedError } from '../../memory/failure.ts'
import { hex, notNumber } from '../../memory/value.ts'
import { withArticle } from '../../text/article.ts'
import { counted } from '../../text/count.ts'
import { formatAddress } from '../../text/number.ts'
import { widthError } from '../refusal.ts'

/** How far a block came that failed, and how many elements it has. */
export interface BlockEnd {
  done: number
  count: number
}

/** A window as its failures need it. */
interface Accessed {
  readonly name: string
  readonly address: number
  readonly length: number
  readonly writable: boolean
}

interface Access {
  offset: number
  width: Width
  direction: 'read' | 'write'
}

/** Why an access with these arguments is not made; `start` is where the window is in its mapping. */
export function refusedAccess(
  window: Accessed,
  { open, start }: { open: boolean; start: number },
  { offset, width, direction }: Access,
): PhysmemError {
  const { name, length, writable } = window
  if (!open) return closedError(name)
  if (typeof offset !== 'number') return notNumber(offset, 'offset', { width, direction })
  const bytes = width / 8
  const address = window.address + offset
  const data = { address, offset, width, direction }
  if (direction === 'write' && !writable) {
    return new RequestError('EREADONLY', `${name} was opened for reading only`, data)
  }
  if (!Number.isInteger(offset) || offset < 0 || offset + bytes > length) {
    const room = length - bytes
    const expected =
      room < 0
        ? `it has ${counted(length, 'byte')}`
        : `${withArticle(`${width}-bit access`)} needs 0x0 to ${hex(room)}`
    const wrong = Number.isInteger(offset) ? 'not inside the window' : 'no whole number'
    const message = `offset ${hex(offset)} is ${wrong}: ${expected}`
    return new RequestError('ERANGE', message, data)
  }
  if ((start + offset) % bytes !== 0) {
    return new RequestError(
      'EALIGN',
      `${formatAddress(address)} (${name}) is not a multiple of ${bytes}: a ${width}-bit access would not be one access`,
      data,
    )
  }
  return widthError(name, address, process.arch)
}

/** The signal of a fault in words. */
export function faultReason(bus: boolean, regularFile: boolean): string {
  if (!bus) return 'the mapping does not allow it (segmentation fault)'
  return regularFile ? 'the file ends before' : 'nothing answered (bus error)'
}

/** `data` are those of the access that failed, or of the element of a block. */
export function failedAccess(
  name: string,
  code: 'EFAULT_BUS' | 'EFAULT_SEGV',
  data: Access & { address: number; reason: string },
  block: BlockEnd | undefined,
): AccessError {
  const { address, width, direction, reason } = data
  const told = block ? blockProgress(block.done, block.count, direction) : ''
  const place = `${formatAddress(address)} (${name})`
  const message = `${width}-bit ${direction} at ${place} failed: ${reason}${told}`
  return new AccessError(code, message, {
    ...data,
    ...(block ? { elementsDone: block.done } : {}),
  })
}
