import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { AccessError, RequestError } from '../base/errors.ts'
import { systemAt } from '../engine/system-at.ts'
import { configFile, pciExists } from '../linux/pci.ts'
import type { LocalSystem } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import { parsePciAddress } from '../place/schemes/pci.ts'
import { explainConfig } from '../refusal/driver.ts'
import { refusalError } from '../refusal/error.ts'
import { noSuchFunction } from '../refusal/pci-function.ts'
import { checkKind } from '../text/options.ts'
import { pciPlaceName } from '../text/place-name.ts'

// include/uapi/linux/pci_regs.h
const PCI_COMMAND = 4
const PCI_COMMAND_MASTER = 1 << 2
const PCI_COMMAND_INTX_DISABLE = 1 << 10

/** The command register of a PCI function, by its configuration space in sysfs. Needs root. */
export class CommandRegister {
  readonly #address: string
  readonly #fd: number
  readonly #system: LocalSystem
  readonly #bytes = Buffer.alloc(2)

  /** Throws a RequestError (ENOPLACE) when there is no such function, and a RefusedError. */
  constructor(address: string, system: LocalSystem = systemAt()) {
    this.#address = address
    this.#system = system
    const path = system.at(configFile(address))
    if (!pciExists(address, system.files)) {
      throw new RequestError('ENOPLACE', noSuchFunction(address, system.now()), {
        place: pciPlaceName(address),
      })
    }
    this.#fd = this.#attempt('opened for writing', () => openSync(path, 'r+'))
  }

  /** 16 bits. Throws EIO when nothing answers. */
  read(): number {
    const got = this.#attempt('read', () => readSync(this.#fd, this.#bytes, 0, 2, PCI_COMMAND))
    const value = this.#bytes.readUInt16LE()
    if (got === 2 && value !== 0xffff) return value
    throw new AccessError(
      'EIO',
      `the command register of ${this.#address} cannot be read: nothing answers`,
      { place: pciPlaceName(this.#address), direction: 'read' },
    )
  }

  /** Sets or clears bits: one read, and one write unless they are so already. */
  change(bits: number, on: boolean): void {
    const before = this.read()
    const wanted = on ? before | bits : before & ~bits
    if (wanted === before) return
    this.#bytes.writeUInt16LE(wanted)
    this.#attempt('written', () => writeSync(this.#fd, this.#bytes, 0, 2, PCI_COMMAND))
  }

  close(): void {
    closeSync(this.#fd)
  }

  #attempt<T>(verb: string, act: () => T): T {
    try {
      return act()
    } catch (cause) {
      const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
      const what = `the configuration space of ${this.#address} cannot be ${verb}`
      const refusal = explainConfig(errno, this.#system.now())
      throw refusalError(what, refusal, { place: pciPlaceName(this.#address), errno }, { cause })
    }
  }
}

/**
 * Whether a PCI function may start transfers by itself (DMA): bit 2 of its command register. It can
 * then write to all of memory where no IOMMU stands between. uio_pci_generic switches it off when the
 * last descriptor of its device is closed.
 *
 * `address` is `[DOMAIN:]BUS:DEVICE.FUNCTION`. Throws a RequestError (ENOPLACE), a RefusedError, and
 * EIO when the function does not take it.
 */
export function setBusMaster(address: string, on: boolean): void
/** @internal Of a machine that this is not. */
export function setBusMaster(address: string, on: boolean, system: LocalSystem): void
export function setBusMaster(address: string, on: boolean, system: LocalSystem = systemAt()): void {
  checkKind('on', on, 'boolean')
  checkKind('system', system, SYSTEM)
  const register = new CommandRegister(parsePciAddress(address), system)
  try {
    register.change(PCI_COMMAND_MASTER, on)
    if (((register.read() & PCI_COMMAND_MASTER) !== 0) === on) return
    const verb = on ? 'does not become a bus master' : 'stays a bus master'
    throw new AccessError('EIO', `${address} ${verb}`, {
      place: pciPlaceName(parsePciAddress(address)),
      direction: 'write',
    })
  } finally {
    register.close()
  }
}

/**
 * Lets the interrupt line of a function through: what uio_pci_generic asks of its user, since its
 * handler masks the line at each interrupt (drivers/uio/uio_pci_generic.c, irqhandler()), at once
 * again where the device still raises one. Nothing is written while it is let through, so that no
 * mask of the kernel's is lost.
 */
export function unmaskLine(register: CommandRegister): void {
  register.change(PCI_COMMAND_INTX_DISABLE, false)
}
