import { closeSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { RefusedError, RequestError } from '../base/errors.ts'
import type { Value, Width } from '../base/width.ts'
import { openNode } from '../engine/open-node.ts'
import type { Mode } from '../engine/source.ts'
import { pciExists, pciFolder } from '../linux/pci.ts'
import type { LocalSystem } from '../linux/system.ts'
import { checkLimits } from '../memory/bounds.ts'
import { BusMemory } from '../memory/bus-memory.ts'
import { systemClock } from '../memory/clock.ts'
import { getElement, setElement, viewOf } from '../memory/elements.ts'
import { type Bus, BusFault } from '../memory/interpreter.ts'
import type { Program } from '../memory/program.ts'
import { endOf } from '../memory/step.ts'
import { capabilityRefusal } from '../refusal/capability.ts'
import { refusalError } from '../refusal/error.ts'
import { lockdownRefusal } from '../refusal/lockdown.ts'
import { explainBarOpen } from '../refusal/pci-bar.ts'
import { noSuchFunction } from '../refusal/pci-function.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { counted, were } from '../text/count.ts'

/** What everybody may read: the header (drivers/pci/pci-sysfs.c, pci_read_config). */
const HEADER_BYTES = 64

/**
 * The configuration space of a PCI function, through its sysfs file `config`: 256 bytes, of PCI
 * Express 4096. The kernel makes one configuration access of 1, 2 or 4 bytes of a read or write of
 * so many at a multiple of them (pci_read_config, pci_write_config); it wakes what is suspended in
 * D3cold. Behind byte 64 only who has CAP_SYS_ADMIN may read, and only root may write. What is
 * refused is known before the first step. Throws ENOPLACE where there is no such function.
 */
export function openPciConfig(device: string, mode: Mode, system: LocalSystem): PciConfigMemory {
  const place = `pci:${device}/config`
  if (!pciExists(device, system.files))
    throw new RequestError('ENOPLACE', noSuchFunction(device, system.now()), { place })
  const path = system.at(join(pciFolder(device), 'config'))
  const { fd, status } = openNode(path, mode, (errno) => explainBarOpen(errno, system.now()))
  return new PciConfigMemory({ name: place, fd, length: status.size, mode, system })
}

interface Opened {
  name: string
  fd: number
  /** Bytes of the whole space. */
  length: number
  mode: Mode
  system: LocalSystem
}

/**
 * Configuration space: 8, 16 and 32 bits, each access naturally aligned and made once. EWIDTH at 64 bits,
 * EPERMISSION after the header without root.
 */
export class PciConfigMemory extends BusMemory {
  readonly name: string
  readonly length: number
  readonly #fd: number
  readonly #system: LocalSystem
  /** Why the bytes after the header are closed; `undefined` where they are open. */
  readonly #closedBehind: Refusal | undefined
  protected readonly bus: Bus

  constructor({ name, fd, length, mode, system }: Opened) {
    super()
    this.name = name
    this.length = length
    this.#fd = fd
    this.#system = system
    this.#closedBehind = capabilityRefusal('CAP_SYS_ADMIN', system.now())
    this.bus = {
      ...systemClock,
      name,
      length,
      readOnly: mode === 'read',
      widths: [8, 16, 32],
      load: (address, width) => this.#load(address, width),
      store: (address, width, value) => this.#store(address, width, value),
    }
  }

  protected release(): void {
    closeSync(this.#fd)
  }

  protected check(program: Program): void {
    checkLimits(program, this.bus)
    const cache = program.steps.findIndex(({ op }) => op === 'cache')
    if (cache >= 0) {
      const message = `${this.name}: configuration space has no cache lines`
      throw new RefusedError('EREFUSED', message, { step: cache })
    }
    this.#checkHeader(program)
    if (!program.writes) return
    const refusal = lockdownRefusal(this.#system.now())
    if (refusal) throw refusalError(`${this.name} cannot be written`, refusal)
  }

  /** Bytes from the start that this process may read. */
  get visible(): number {
    return this.#closedBehind === undefined ? this.length : Math.min(this.length, HEADER_BYTES)
  }

  /** Throws EPERMISSION for what is after the header where that is closed. */
  #checkHeader(program: Program): void {
    if (this.#closedBehind === undefined || program.end <= HEADER_BYTES) return
    const step = program.steps.findIndex((one) => endOf(one) > HEADER_BYTES)
    const what = `${this.name} cannot be read from 0x40 on`
    throw refusalError(what, this.#closedBehind, { place: this.name, step })
  }

  #load(address: number, width: Width): Value {
    const bytes = new Uint8Array(width / 8)
    once('read', () => readSync(this.#fd, bytes, 0, bytes.length, address), bytes.length)
    return getElement(viewOf(bytes), 0, width)
  }

  #store(address: number, width: Width, value: Value): void {
    const bytes = new Uint8Array(width / 8)
    setElement(viewOf(bytes), 0, width, value)
    once('written', () => writeSync(this.#fd, bytes, 0, bytes.length, address), bytes.length)
  }
}

/** One access through the file, which is whole or none: the kernel cuts what it ends inside of. */
function once(done: string, access: () => number, expected: number): void {
  let count = 0
  let why = ''
  try {
    count = access()
  } catch (error) {
    why = ` (${(error as NodeJS.ErrnoException).code})`
  }
  if (count === expected) return
  const what =
    count === 0 ? 'nothing was' : `${count} of the ${counted(expected, 'byte')} ${were(count)}`
  throw new BusFault(`${what} ${done}${why}`, 'EIO')
}
