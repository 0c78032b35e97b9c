import { PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import { after, attempt, type Pending } from '../base/pending.ts'
import type { Value, Width } from '../base/width.ts'
import { type AccessFile, type FileOpener, openAccessFile } from '../engine/access-file.ts'
import type { Mode } from '../engine/source.ts'
import { configFile, pciExists } from '../linux/pci.ts'
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
 * refused is known before the first step. Rejects with ENOPLACE where there is no such function.
 */
export async function openPciConfig(
  device: string,
  mode: Mode,
  opener: FileOpener,
): Promise<PciConfigMemory> {
  const name = `pci:${device}/config`
  const closedBehind = await opener.look((system) => {
    if (!pciExists(device, system.files)) {
      throw new RequestError('ENOPLACE', noSuchFunction(device, system), { place: name })
    }
    return capabilityRefusal('CAP_SYS_ADMIN', system)
  })
  const file = await openAccessFile(opener, configFile(device), mode, explainBarOpen)
  return new PciConfigMemory({ name, file, mode, opener, closedBehind })
}

interface Opened {
  name: string
  file: AccessFile
  mode: Mode
  opener: FileOpener
  closedBehind: Refusal | undefined
}

/**
 * Configuration space: 8, 16 and 32 bits, each access naturally aligned and made once. EWIDTH at 64 bits,
 * EPERMISSION after the header without root.
 */
export class PciConfigMemory extends BusMemory {
  readonly name: string
  /** Bytes of the whole space. */
  readonly length: number
  readonly #file: AccessFile
  readonly #opener: FileOpener
  /** Why the bytes after the header are closed; `undefined` where they are open. */
  readonly #closedBehind: Refusal | undefined
  protected readonly bus: Bus

  constructor({ name, file, mode, opener, closedBehind }: Opened) {
    super()
    this.name = name
    this.length = file.status.size
    this.#file = file
    this.#opener = opener
    this.#closedBehind = closedBehind
    this.bus = {
      ...systemClock,
      name,
      length: this.length,
      readOnly: mode === 'read',
      widths: [8, 16, 32],
      load: (address, width) => this.#load(address, width),
      store: (address, width, value) => this.#store(address, width, value),
    }
  }

  protected release(): Pending<void> {
    return this.#file.close()
  }

  protected check(program: Program): void {
    checkLimits(program, this.bus)
    const cache = program.steps.findIndex(({ op }) => op === 'cache')
    if (cache >= 0) {
      const message = `${this.name}: configuration space has no cache lines`
      throw new RefusedError('EREFUSED', message, { step: cache })
    }
    this.#checkHeader(program)
  }

  protected override permit(program: Program): Promise<void> | undefined {
    if (!program.writes) return undefined
    return this.#opener.look((system) => {
      const refusal = lockdownRefusal(system)
      if (refusal) throw refusalError(`${this.name} cannot be written`, refusal)
    })
  }

  override get visible(): number {
    return this.#closedBehind === undefined ? this.length : Math.min(this.length, HEADER_BYTES)
  }

  /** Throws EPERMISSION for what is after the header where that is closed. */
  #checkHeader(program: Program): void {
    if (this.#closedBehind === undefined || program.end <= HEADER_BYTES) return
    const step = program.steps.findIndex((one) => endOf(one) > HEADER_BYTES)
    const what = `${this.name} cannot be read from 0x40 on`
    throw refusalError(what, this.#closedBehind, { place: this.name, step })
  }

  #load(address: number, width: Width): Pending<Value> {
    const bytes = new Uint8Array(width / 8)
    const done = once('read', () => this.#file.read(bytes, address), bytes.length)
    return after(done, () => getElement(viewOf(bytes), 0, width))
  }

  #store(address: number, width: Width, value: Value): Pending<void> {
    const bytes = new Uint8Array(width / 8)
    setElement(viewOf(bytes), 0, width, value)
    return once('written', () => this.#file.write(bytes, address), bytes.length)
  }
}

/** One access through the file, which is whole or none: the kernel cuts what it ends inside of. */
function once(done: string, access: () => Pending<number>, expected: number): Pending<void> {
  const fault = (count: number, why: string) => {
    const what =
      count === 0 ? 'nothing was' : `${count} of the ${counted(expected, 'byte')} ${were(count)}`
    return new BusFault(`${what} ${done}${why}`, 'EIO')
  }
  const moved = attempt(access, (error) => {
    if (error instanceof PhysmemError) throw error
    throw fault(0, ` (${(error as NodeJS.ErrnoException).code})`)
  })
  return after(moved, (count) => {
    if (count !== expected) throw fault(count, '')
  })
}
