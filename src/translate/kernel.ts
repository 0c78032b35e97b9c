import type { ErrorData } from '../base/error-data.ts'
import { type ErrorCode, RefusedError, RequestError } from '../base/errors.ts'
import { systemAt } from '../engine/system-at.ts'
import type { Files } from '../linux/files.ts'
import { findSymbol, type KernelSymbol, surveySymbols, symbolsHidden } from '../linux/kallsyms.ts'
import { type KcoreSegment, readKcoreHeaders } from '../linux/kcore.ts'
import type { PagedSystem, System } from '../linux/system.ts'
import { PAGED_SYSTEM } from '../linux/system-kinds.ts'
import { refusalError } from '../refusal/error.ts'
import { explainKcoreOpen, maskedKcore } from '../refusal/kcore.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { checkKind } from '../text/options.ts'
import { nearest } from '../text/suggest.ts'
import { checkVirtual } from './check.ts'

/** Where an address of the kernel is in physical memory. */
export interface KernelTranslation {
  /** The virtual address. */
  virtual: bigint
  /** Physical address of the very byte. */
  address: number
  /** Bytes from it that certainly follow in physical memory, too. */
  length: number
  /** The symbol that was asked for. */
  symbol?: KernelSymbol
}

/**
 * The physical address of a virtual address or symbol of the kernel, by the program headers of
 * /proc/kcore: they hold the kernel's own image and its direct mapping of all RAM, but nothing that
 * is mapped page by page (modules, vmalloc). Throws RequestError ENOPLACE for an unknown symbol;
 * RefusedError EHIDDEN, ENOPHYSICAL, EUNMAPPED, or what refuses /proc/kcore.
 */
export function translateKernel(at: bigint | string): KernelTranslation
/** @internal Of a machine that this is not. */
export function translateKernel(at: bigint | string, system: PagedSystem): KernelTranslation
export function translateKernel(
  at: bigint | string,
  system: PagedSystem = systemAt(),
): KernelTranslation {
  if (typeof at !== 'string') checkVirtual(at)
  checkKind('system', system, PAGED_SYSTEM)
  const symbol = typeof at === 'string' ? symbolOf(at, system.files) : undefined
  const virtual = symbol?.address ?? (at as bigint)
  const segments = readKcoreHeaders(system.files)
  if (segments.length === 0) {
    const name = nameOf(virtual, symbol)
    throw refusalError(`${name} cannot be looked up`, whyNoHeaders(system.now()), { virtual })
  }
  const holding = segments.filter((segment) => holds(segment, virtual))
  // The kernel's image may lie in the stretch for vmalloc (arm64): one of the two has an address.
  const known = holding.find(({ physical }) => physical !== undefined)
  if (known?.physical === undefined) throw homeless(virtual, symbol, segments, holding)
  const within = virtual - known.virtual
  return {
    virtual,
    address: Number(known.physical + within),
    length: Number(known.length - within),
    ...(symbol ? { symbol } : {}),
  }
}

/** /proc/kcore gave nothing: whether it cannot be opened, or is empty. */
function whyNoHeaders(system: System): Refusal {
  if (system.files.bytes('/proc/kcore', 1) !== undefined) {
    const refusal = maskedKcore(system.files.status('/proc/kcore'))
    return { ...refusal, reason: `/proc/kcore cannot be read: ${refusal.reason}` }
  }
  const refusal = explainKcoreOpen(system.files.errno('/proc/kcore') ?? 'EIO', system)
  return { ...refusal, reason: `/proc/kcore cannot be opened: ${refusal.reason}` }
}

function holds({ virtual, length }: KcoreSegment, address: bigint): boolean {
  return virtual <= address && address < virtual + length
}

function nameOf(virtual: bigint, symbol: KernelSymbol | undefined): string {
  const text = `0x${virtual.toString(16)}`
  return symbol ? `kernel:${symbol.name} (${text})` : `kernel:${text}`
}

function homeless(
  virtual: bigint,
  symbol: KernelSymbol | undefined,
  segments: readonly KcoreSegment[],
  holding: readonly KcoreSegment[],
): RefusedError {
  const refused = (code: ErrorCode, reason: string, more: ErrorData = {}) => {
    const message = `${nameOf(virtual, symbol)} has no known physical address: ${reason}`
    return new RefusedError(code, message, { virtual, ...more })
  }
  if (segments.every(({ physical }) => physical === undefined)) {
    const cure = 'use a kernel of 4.11 or newer'
    const reason = 'the headers of /proc/kcore hold none, as on kernels before 4.11'
    return refused('ENOPHYSICAL', reason, { cure })
  }
  if (holding.length > 0) {
    const where = symbol?.module ? `the module ${symbol.module}` : 'modules and vmalloc'
    return refused(
      'ENOPHYSICAL',
      `it is in memory that the kernel maps page by page (${where}), whose frames /proc/kcore does not give`,
    )
  }
  if (symbol && virtual < 2n ** 31n) {
    return refused(
      'ENOPHYSICAL',
      'it is not an address: every CPU has its own of this variable (per-CPU), at this offset',
    )
  }
  return refused('EUNMAPPED', 'it is outside of the memory that /proc/kcore shows')
}

function symbolOf(name: string, files: Files): KernelSymbol {
  const found = findSymbol(name, files)
  // The kernel makes the file anew for every reader, which takes long: only where it is needed.
  if (found.some(({ address }) => address === 0n) && symbolsHidden(files) === true) {
    throw new RefusedError(
      'EHIDDEN',
      `kernel:${name} cannot be looked up: the kernel hides the addresses of its symbols from this process (kptr_restrict)`,
      { symbol: name, cure: 'run it as root, or set kernel.kptr_restrict to 0 (sysctl)' },
    )
  }
  const [first] = found
  if (first === undefined) throw unknownSymbol(name, files)
  const addresses = new Set(found.map(({ address }) => address))
  if (addresses.size === 1) return first
  const all = [...addresses].map((address) => `kernel:0x${address.toString(16)}`)
  throw new RequestError(
    'ENOPLACE',
    `kernel:${name} is ambiguous: ${addresses.size} symbols have this name, expected one of ${listed(all)}`,
    { symbol: name, input: name },
  )
}

function listed(texts: readonly string[]): string {
  const most = 8
  return `${texts.slice(0, most).join(', ')}${texts.length > most ? ', …' : ''}`
}

function unknownSymbol(name: string, files: Files): RequestError {
  const { names, symbols, variables } = surveySymbols(files)
  const data = { symbol: name, input: name }
  if (names.size === 0) {
    const message = `kernel:${name} cannot be looked up: the kernel shows no symbols (/proc/kallsyms)`
    const cure =
      'use a kernel with CONFIG_KALLSYMS=y, or give the address: kernel:0xffffffff81000000'
    return new RequestError('ENOPLACE', message, { ...data, cure, curesMachine: true })
  }
  const near = nearest(name, names)
  const hint = near === undefined ? '' : `, did you mean ${near}?`
  // Types as nm has them: variables and constants are D, B and R, static ones in lower case. Some
  // lie between functions, and are shown by every kernel.
  const isCodeOnly = variables < symbols / 20
  const limit = isCodeOnly ? '; it shows functions only (no CONFIG_KALLSYMS_ALL)' : ''
  return new RequestError('ENOPLACE', `the kernel has no symbol ${name}${limit}${hint}`, data)
}
