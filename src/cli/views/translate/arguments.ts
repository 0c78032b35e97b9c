import type { RequestError } from '../../../base/errors.ts'
import { parsePid, parseVirtual } from '../../../place/index.ts'
import { parseKernelAddress } from '../../../place/schemes/kernel.ts'
import { kernelPointer } from '../../../place/schemes/pointer.ts'
import { hint } from '../../../text/hint.ts'
import { malformed } from '../../../text/refuse.ts'

/** What stands in place of a number for addresses of the kernel. */
export const KERNEL = 'kernel'

/** The command line of these words. */
type Say = (words: readonly string[]) => string

/** Whose addresses are meant: `kernel`, or the number of a process. Throws ESYNTAX or ERANGE. */
export function parseWho(text: string, say: Say): typeof KERNEL | number {
  if (text === KERNEL) return KERNEL
  const meant = wordsOf(text)
  if (meant !== undefined)
    throw suggest(text, 'the number of a process', say(['translate', ...meant]))
  // Of a place the part that stands for the process, such as pid:self:0x1000 or pid:bash:.
  return parsePid(/^pid:([a-z][^:]*)/i.exec(text)?.[1] ?? text)
}

/** A virtual address of a process, without its kind. Throws ESYNTAX or ERANGE. */
export function parseOfProcess(text: string, say: Say): bigint {
  const meant = wordsOf(text)
  if (meant === undefined || text.startsWith('0x')) return parseVirtual(text)
  throw suggest(text, 'a virtual address of a process', say(['translate', ...meant]))
}

/** A symbol or a virtual address of the kernel, without its kind. Throws ESYNTAX or ERANGE. */
export function parseOfKernel(text: string): string | bigint {
  const bare = text.startsWith('kernel:') ? text.slice('kernel:'.length) : text
  const meant = kernelPointer(bare) ?? bare
  if (meant === text || text.startsWith('0x')) return parseKernelAddress(text)
  throw suggest(text, 'a virtual address or symbol of the kernel', meant)
}

/** What a pasted pointer of the kernel, or a place, is in the words of this command. */
function wordsOf(text: string): string[] | undefined {
  const [, of, at] = /^(?:kernel|pid:([0-9]+)):(.+)$/.exec(text) ?? []
  if (of !== undefined) return [of, `${at}`]
  const virtual = at ?? kernelPointer(text)
  return virtual === undefined ? undefined : [KERNEL, kernelPointer(virtual) ?? virtual]
}

function suggest(text: string, what: string, meant: string): RequestError {
  return malformed(text, what, hint(meant))
}
