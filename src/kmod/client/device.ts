import { closeSync } from 'node:fs'
import { errnoName } from '../../base/errno.ts'
import { loadAddon } from '../../engine/addon.ts'
import { openNode } from '../../engine/open-node.ts'
import type { Mode } from '../../engine/source.ts'
import type { LocalSystem, System } from '../../linux/system.ts'
import { refusalError } from '../../refusal/error.ts'
import type { Refusal } from '../../refusal/refusal.ts'
import { counted } from '../../text/count.ts'
import { formatAddress } from '../../text/number.ts'
import { filePlaceName } from '../../text/place-name.ts'
import {
  explainKmodAllocate,
  explainKmodCache,
  explainKmodCaching,
  explainKmodCall,
  explainKmodDma,
  explainKmodOpen,
  explainKmodStranger,
  explainKmodTranslate,
  explainKmodVersion,
  moduleErrno,
} from '../refusal/device.ts'
import * as api from './ioctl.ts'
import type { Members, Values } from './struct.ts'

/** ioctl of a descriptor: what it returned, or a negative errno. Tests bring their own. */
export type Ioctl = (fd: number, request: number, bytes: Uint8Array) => number

/** What is at an address, and how far it goes on being the same. */
export interface KmodRange {
  start: number
  length: number
  kind: api.MemoryKind
  /** That which a mapping must have; `auto` where any will do that fits the kind. */
  caching: api.MapCaching
  /** Part of a buffer of the module. */
  buffer: boolean
  /** A driver has claimed it: it is not mapped. Never of RAM in use. */
  busy: boolean
  /** RAM that must not be touched (broken, offline, not accepted): it is not mapped. */
  unusable: boolean
}

/** Whether a mapping would be made, and why not. */
export interface KmodMapCheck {
  refusal: api.MapRefusal
  /** That which the mapping gets, or which is in the way. */
  caching: api.MapCaching
  /** The first address that is refused. */
  address: number
}

/** A buffer's place; of one that was just allocated also its descriptor. */
export interface KmodBuffer {
  address: number
  length: number
  caching: api.MapCaching
}

/** The address by which a PCI function reaches a place. */
export interface KmodDma {
  dmaAddress: bigint
  /** The highest address that the function can reach. */
  dmaMask: bigint
  /** Whether an IOMMU translates. */
  iommu: boolean
  /** Whether the function sees the caches of the CPU. */
  coherent: boolean
}

/** Asks a descriptor of the module, and says why where it refuses. */
export class KmodCalls {
  readonly fd: number
  /** For messages: `/dev/physmem`, or what the buffer is called. */
  readonly name: string
  readonly system: LocalSystem
  readonly #ioctl: Ioctl

  constructor(fd: number, name: string, system: LocalSystem, ioctl: Ioctl = loadAddon().ioctl) {
    this.fd = fd
    this.name = name
    this.system = system
    this.#ioctl = ioctl
  }

  /** The struct as it came back, or the name of an errno. */
  ask<M extends Members>(request: api.Request<M>, values: Partial<Values<M>>): Values<M> | string {
    const bytes = request.struct.encode(values)
    const answer = this.#ioctl(this.fd, request.code, bytes)
    return answer < 0 ? moduleErrno(errnoName(-answer)) : request.struct.decode(bytes)
  }

  /** The same; throws with the reason. `what` was not possible, `explain` says why. */
  get<M extends Members>(
    request: api.Request<M>,
    values: Partial<Values<M>>,
    what: string,
    explain: (errno: string) => Refusal = (errno) => explainKmodCall(errno, this.system.now()),
  ): Values<M> {
    const answer = this.ask(request, values)
    if (typeof answer !== 'string') return answer
    throw refusalError(what, explain(answer), { place: this.name, errno: answer })
  }

  /** `start` is a physical address of /dev/physmem, an offset of a buffer. */
  cache(operation: api.CacheOperation, start: number, length: number, anyRam = false): void {
    const values = {
      start: BigInt(start),
      length: BigInt(length),
      operation: api.OPERATIONS[operation],
      flags: anyRam ? api.CACHE_ANY_RAM : 0,
    }
    const what = `${formatAddress(start)}..+0x${length.toString(16)} (${this.name}): its cache lines were not ${DONE[operation]}`
    const mayLose = operation === 'invalidate' && !anyRam
    this.get(api.CACHE, values, what, (errno) => {
      const device = errno === 'EOPNOTSUPP' ? this.isUncached(start, length) : undefined
      return explainKmodCache(errno, mayLose, this.system.now(), device)
    })
  }

  /** Whether a part of it is memory that is never cached; `undefined` where that is not known. */
  protected isUncached(_start: number, _length: number): boolean | undefined {
    return undefined
  }

  /**
   * `pci` is a function as the kernel names it: `0000:00:04.0`. `address` and `length` are of
   * /dev/physmem only; a buffer is always meant as a whole.
   */
  dma(pci: string, address = 0, length = 0): KmodDma {
    const what = `${this.name} has no address for the PCI function ${pci}`
    const parts = pci.split(/[:.]/).map((digits) => Number.parseInt(digits, 16))
    const [domain = 0, bus = 0, device = 0, number = 0] = parts
    const values = {
      domain,
      bus,
      devfn: (device << 3) | number,
      address: BigInt(address),
      length: BigInt(length),
    }
    const got = this.get(api.GET_DMA, values, what, (errno) =>
      explainKmodDma(errno, this.system.now()),
    )
    return {
      dmaAddress: got.dmaAddress,
      dmaMask: got.dmaMask,
      iommu: (got.flags & api.DMA_IOMMU) !== 0,
      coherent: (got.flags & api.DMA_COHERENT) !== 0,
    }
  }
}

/** No CPU has more physical addresses. */
const FAR = 2 ** 52

const DONE = { clean: 'cleaned', flush: 'flushed', invalidate: 'invalidated' } as const

/** /dev/physmem, open. */
export class KmodDevice extends KmodCalls {
  /** The first address that there cannot be; known when it was opened. */
  addressLimit = FAR

  /** What is at an address; looks at most `length` bytes far. */
  rangeAt(start: number, length: number): KmodRange {
    const values = { start: BigInt(start), length: BigInt(length) }
    const got = this.get(api.GET_RANGE, values, `what is at ${formatAddress(start)} is not known`)
    return {
      start: Number(got.start),
      length: Number(got.length),
      kind: api.KINDS[got.kind] ?? 'none',
      caching: api.CACHINGS[got.caching] ?? 'auto',
      buffer: (got.flags & api.RANGE_BUFFER) !== 0,
      busy: (got.flags & api.RANGE_BUSY) !== 0,
      unusable: (got.flags & api.RANGE_UNUSABLE) !== 0,
    }
  }

  protected override isUncached(start: number, length: number): boolean {
    const end = start + length
    for (let at = start; at < end; ) {
      const range = this.rangeAt(at, end - at)
      if (range.kind === 'device') return true
      at += Math.max(1, range.length)
    }
    return false
  }

  /** Maps nothing. `undefined` when not even that is answered. */
  checkMap(
    start: number,
    length: number,
    caching: api.MapCaching = 'auto',
  ): KmodMapCheck | undefined {
    const got = this.ask(api.CHECK_MAP, {
      start: BigInt(start),
      length: BigInt(length),
      caching: api.CACHINGS.indexOf(caching),
    })
    if (typeof got === 'string') return undefined
    return {
      refusal: api.REFUSALS[got.refusal] ?? 'allowed',
      caching: api.CACHINGS[got.caching] ?? 'auto',
      address: Number(got.address),
    }
  }

  /** Of all mappings that this descriptor makes from now on. */
  setCaching(caching: api.MapCaching): void {
    const number = api.CACHINGS.indexOf(caching)
    const what = `${this.name} does not map ${caching}`
    const explain = (errno: string) => explainKmodCaching(errno, this.system.now())
    this.get(api.SET_CACHING, { caching: number }, what, explain)
  }

  /**
   * A buffer; its descriptor is the caller's to close. 0 is not a limit, and the page's alignment.
   */
  allocate(
    length: number,
    caching: api.MapCaching,
    below = 0,
    alignment = 0,
  ): KmodBuffer & { fd: number } {
    const values = {
      length: BigInt(length),
      below: BigInt(below),
      alignment: BigInt(alignment),
      caching: api.CACHINGS.indexOf(caching),
    }
    const limit = below === 0 ? '' : ` below 0x${below.toString(16)}`
    const multiple = alignment === 0 ? '' : ` at a multiple of 0x${alignment.toString(16)}`
    const what = `a buffer of ${counted(length, 'byte')}${limit}${multiple} cannot be allocated`
    const asked = { length, below, alignment }
    const explain = (errno: string) => explainKmodAllocate(errno, asked, this.system.now())
    const got = this.get(api.ALLOCATE, values, what, explain)
    const { fd, address } = got
    return { fd, address: Number(address), length: Number(got.length), caching: cachingOf(got) }
  }

  /** The physical address of an address of the kernel. */
  translate(virtual: bigint): number {
    const what = `0x${virtual.toString(16)} has no physical address`
    const explain = (errno: string) => explainKmodTranslate(errno, this.system.now())
    return Number(this.get(api.TRANSLATE, { virtualAddress: virtual }, what, explain).address)
  }

  close(): void {
    closeSync(this.fd)
  }
}

/** What a buffer's descriptor is of; disclosed only to those who may open /dev/physmem. */
export function bufferOf(calls: KmodCalls): KmodBuffer {
  const got = calls.get(api.GET_BUFFER, {}, `${calls.name} is not a buffer of the module`)
  return { address: Number(got.address), length: Number(got.length), caching: cachingOf(got) }
}

function cachingOf({ caching }: { caching: number }): api.MapCaching {
  return api.CACHINGS[caching] ?? 'auto'
}

/**
 * Opens /dev/physmem of the module, and makes sure that it is one that this physmem knows. Throws
 * a RefusedError that says why it cannot be opened: not loaded, no rights, locked down, another version.
 */
export function openKmodDevice(mode: Mode, system: LocalSystem, ioctl?: Ioctl): KmodDevice {
  const path = system.at('/dev/physmem')
  const { fd } = openNode(path, mode, (errno) => explainKmodOpen(errno, system.now()), true)
  const device = new KmodDevice(fd, path, system, ioctl)
  const version = device.ask(api.GET_VERSION, {})
  if (typeof version !== 'string' && version.api === api.API_VERSION) {
    // 0 stands for 2^64.
    if (version.addressLimit > 0n) device.addressLimit = Math.min(FAR, Number(version.addressLimit))
    return device
  }
  device.close()
  const refusal =
    typeof version === 'string'
      ? explainVersionless(version, system.now())
      : explainKmodVersion(version.api, api.API_VERSION)
  throw refusalError(`${path} cannot be used`, refusal, { place: filePlaceName(path) })
}

/** Rights are asked for again in every call: a program may have given them up. */
function explainVersionless(errno: string, system: System): Refusal {
  return errno === 'EPERM' ? explainKmodCall(errno, system) : explainKmodStranger(errno)
}
