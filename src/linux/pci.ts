import { basename, dirname, join } from 'node:path'
import { ADDRESS_LIMIT } from '../base/limits.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { parsePciHeader } from './pci-config.ts'
import { isThere, linkName, listFolder, readLine, readStart, readText } from './read.ts'

/** One base address register of a PCI function. */
export interface Bar {
  number: number
  /** Physical address of a memory BAR; I/O port number of an I/O BAR. */
  start: number
  /** Length in bytes. */
  length: number
  kind: 'memory' | 'io'
  prefetchable: boolean
  /** Whether it has an address: what the firmware and the kernel had no room for has none. */
  assigned: boolean
}

const powerStates = [
  'active',
  'suspended',
  'suspending',
  'resuming',
  'error',
  'unsupported',
] as const

/** What sysfs says of a PCI function. */
export interface PciFunction {
  /** `0000:00:04.0` */
  address: string
  /** 16 bits; `undefined` where they cannot be read. */
  vendor: number | undefined
  device: number | undefined
  /** 24 bits: class, subclass, programming interface. */
  class: number | undefined
  bars: Bar[]
  /** The driver that is bound to it. */
  driver: string | undefined
  /** Whether the kernel enabled it (`enable` is not 0); `undefined` where that cannot be read. */
  enabled: boolean | undefined
  /** Runtime power management: a suspended function does not answer. */
  power: (typeof powerStates)[number] | 'unknown'
  /**
   * Whether it answers at its memory BARs, and at its I/O BARs, by the command register; absent
   * where the header could not be read. A BAR that is off reads as all ones.
   */
  commandMemory?: boolean
  commandIo?: boolean
  /** Bytes of the configuration header that could be read: 64, less where something is wrong. */
  configLength: number
}

// include/linux/ioport.h
const IORESOURCE_IO = 0x100
const IORESOURCE_MEM = 0x200
const IORESOURCE_PREFETCH = 0x2000
const IORESOURCE_UNSET = 0x20000000

/** Addresses, for example `0000:00:04.0`, of all PCI functions. */
export function listPci(files: Files = filesAt()): string[] {
  return listFolder(files, '/sys/bus/pci/devices')
}

/** The sysfs folder of a PCI function. */
export function pciFolder(device: string): string {
  return join('/sys/bus/pci/devices', device)
}

/** The sysfs file of its configuration space. */
export function configFile(device: string): string {
  return join(pciFolder(device), 'config')
}

/** The sysfs file by which a BAR is mapped; `isCombining` for that of its write-combining mapping. */
export function barFile(device: string, bar: number, isCombining: boolean): string {
  return join(pciFolder(device), `resource${bar}${isCombining ? '_wc' : ''}`)
}

/**
 * Parses the sysfs file `resource` (Documentation/PCI/sysfs-pci.rst): `start end flags` a line, of
 * which the first six are the BARs. Absent BARs (all zeros) are left out, and what is not a BAR.
 */
export function parseBars(text: string): Bar[] {
  const bars: Bar[] = []
  for (const [number, line] of text.split('\n').slice(0, 6).entries()) {
    const [start = 0, end = 0, flags = 0] = line.trim().split(/\s+/).map(Number)
    const length = end - start + 1
    if (!(flags & (IORESOURCE_IO | IORESOURCE_MEM))) continue
    if (!(start >= 0 && length > 0 && end < ADDRESS_LIMIT && Number.isInteger(end))) continue
    bars.push({
      number,
      start,
      length,
      kind: flags & IORESOURCE_IO ? 'io' : 'memory',
      prefetchable: (flags & IORESOURCE_PREFETCH) !== 0,
      assigned: (flags & IORESOURCE_UNSET) === 0,
    })
  }
  return bars
}

/** The BARs of a function; none where they cannot be read. */
export function readBars(device: string, files: Files = filesAt()): Bar[] {
  return parseBars(readText(files, join(pciFolder(device), 'resource')) ?? '')
}

/** The name of the driver that is bound to a function, or `undefined`. */
export function pciDriver(device: string, files: Files = filesAt()): string | undefined {
  return linkName(files, join(pciFolder(device), 'driver'))
}

export function pciExists(device: string, files: Files = filesAt()): boolean {
  return isThere(files, pciFolder(device))
}

/** What it is: vendor and device, 16 bits each, where they can be read. Its registers are not read. */
export function readPciIds(
  address: string,
  files: Files = filesAt(),
): Pick<PciFunction, 'vendor' | 'device'> {
  const folder = pciFolder(address)
  const [vendor, device] = ['vendor', 'device'].map((file) =>
    hex(readLine(files, join(folder, file)), 4),
  )
  return { vendor, device }
}

/** The same with its class, 24 bits. */
export function readPciIdentity(
  address: string,
  files: Files,
): Pick<PciFunction, 'vendor' | 'device' | 'class'> {
  const kind = hex(readLine(files, join(pciFolder(address), 'class')), 6)
  return { ...readPciIds(address, files), class: kind }
}

/**
 * What sysfs says of a PCI function; `undefined` when there is none at this address. Of its
 * configuration space only the header is read, for some devices do not bear more; and nothing
 * while it is suspended, since that could wake it (drivers/pci/pci-sysfs.c, pci_read_config).
 */
export function readPciFunction(
  address: string,
  files: Files = filesAt(),
): PciFunction | undefined {
  if (!pciExists(address, files)) return undefined
  const folder = pciFolder(address)
  const power = powerOf(readLine(files, join(folder, 'power/runtime_status')))
  const awake = power !== 'suspended' && power !== 'suspending'
  const config = awake ? readStart(files, configFile(address), 64) : new Uint8Array()
  const header = parsePciHeader(config)
  const ids = readPciIdentity(address, files)
  const enable = readLine(files, join(folder, 'enable'))
  return {
    address,
    vendor: ids.vendor ?? header?.vendor,
    device: ids.device ?? header?.device,
    class: ids.class ?? header?.class,
    bars: readBars(address, files),
    driver: pciDriver(address, files),
    enabled: /^\d+$/.test(enable) ? enable !== '0' : undefined,
    power,
    ...(header && { commandMemory: header.commandMemory, commandIo: header.commandIo }),
    configLength: config.length,
  }
}

/** Whether a PCI function could answer at its BARs. */
export interface PciHealth {
  /** `D0` to `D3cold` as the kernel knows it, `unknown`, or empty. */
  powerState: string
  /** Whether it answers in configuration space; `undefined` where that cannot be read. */
  answers: boolean | undefined
  /** The bridge above it, and the lanes of the link between: 0 when it is down. */
  bridge: string | undefined
  linkWidth: number | undefined
}

/** The same as the kernel's files say. Nothing is read of what is suspended. */
export function readPciHealth(address: string, files: Files = filesAt()): PciHealth {
  const folder = pciFolder(address)
  const powerState = readLine(files, join(folder, 'power_state'))
  const awake =
    powerState !== 'D3cold' &&
    !readLine(files, join(folder, 'power/runtime_status')).startsWith('suspend')
  const start = awake ? readStart(files, configFile(address), 16) : new Uint8Array()
  const bridge = bridgeAbove(files.real(folder))
  const width = bridge && readLine(files, join(pciFolder(bridge), 'current_link_width'))
  return {
    powerState,
    answers: start.length < 16 ? undefined : start.some((byte) => byte !== 0xff),
    bridge,
    linkWidth: width !== undefined && /^\d+$/.test(width) ? Number(width) : undefined,
  }
}

/** The folder of a function lies in that of the bridge above it. */
function bridgeAbove(folder: string | undefined): string | undefined {
  const name = basename(dirname(folder ?? ''))
  return /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(name) ? name : undefined
}

function powerOf(text: string): PciFunction['power'] {
  return powerStates.find((state) => state === text) ?? 'unknown'
}

function hex(text: string, digits: number): number | undefined {
  return new RegExp(`^0x[0-9a-f]{1,${digits}}$`, 'i').test(text) ? Number(text) : undefined
}
