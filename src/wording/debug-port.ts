import { optionWord } from './command-line.ts'

/** Why nothing is written through the target `qmp:`, and what is. */
export const NO_STORE = 'QEMU’s monitor has no store to physical memory'
export const WRITE_BY_GDB = `start QEMU with -gdb unix:SOCKET,server=on,wait=off, too, and write with ${optionWord('target', 'gdb:SOCKET')}`
