/**
 * The tree of QEMU's arm64 board: `qemu-system-aarch64 -M virt,gic-version=3,dumpdtb=… -cpu
 * cortex-a72 -m 768 -smp 2`, packed by `dtc`. Its addresses are those of QEMU's hw/arm/virt.c.
 */
import { fileURLToPath } from 'node:url'
import { readDeviceTree } from '../read-file.ts'

export const virtFile = fileURLToPath(new URL('virt.dtb', import.meta.url))

export const virtTree = () => readDeviceTree(virtFile)
