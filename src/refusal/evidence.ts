/** Lines that show a fact, as they stand in the files of the kernel. */

import type { Evidence } from '../base/evidence.ts'
import type { Resource } from '../linux/iomem.ts'
import { type KernelConfig, readKernelConfig } from '../linux/kernel-config.ts'
import { listFolder } from '../linux/read.ts'
import type { System } from '../linux/system.ts'

/** The line of a resource, without its indent. */
export function resourceEvidence({ start, last, name }: Resource): Evidence {
  const hex = (address: number) => address.toString(16).padStart(8, '0')
  return { file: '/proc/iomem', line: `${hex(start)}-${hex(last)} : ${name}` }
}

/** How an option was set when the kernel was built; nothing where no configuration is known. */
export function configEvidence(option: string, system: System): Evidence[] {
  const config = readKernelConfig(system.files)
  return config === undefined ? [] : [optionEvidence(config, option)]
}

/** The line of an option. One whose conditions are not met has none. */
export function optionEvidence(config: KernelConfig, option: string): Evidence {
  return { file: config.source, line: config.line(option) ?? `${option} is not in it` }
}

/** What keeps a claimed region, in words: of every driver, or of those that ask for it. */
export function protection(system: System): string {
  return readKernelConfig(system.files)?.get('CONFIG_IO_STRICT_DEVMEM') === 'n'
    ? 'its driver claims it exclusively'
    : 'CONFIG_IO_STRICT_DEVMEM protects claimed regions'
}

/** Whether the kernel was built with a character device of major number 1, and what shows it. */
export interface MemDevice {
  built: boolean
  evidence: Evidence[]
}

/**
 * Whether this kernel has /dev/mem (`mem`) or /dev/port (`port`) at all, whatever stands in /dev:
 * /sys/class/mem has all of them (drivers/char/mem.c, chr_dev_init). `undefined` when unknown.
 */
export function memDevice(name: 'mem' | 'port', system: System): MemDevice | undefined {
  const names = listFolder(system.files, '/sys/class/mem')
  if (names.length > 0) {
    const evidence = { file: '/sys/class/mem', line: names.join(' ') }
    return { built: names.includes(name), evidence: [evidence] }
  }
  const option = name === 'mem' ? 'CONFIG_DEVMEM' : 'CONFIG_DEVPORT'
  const config = readKernelConfig(system.files)
  if (config === undefined) return undefined
  return { built: config.get(option) === 'y', evidence: [optionEvidence(config, option)] }
}
