/** Commands of QEMU's monitor, and what they print (QEMU's hmp-commands.hx and monitor/hmp-cmds.c). */
import type { Value, Width } from '../../base/width.ts'
import { BusFault } from '../../memory/interpreter.ts'
import { Malformed } from '../bytes.ts'

const UNITS = { 8: 'b', 16: 'h', 32: 'w', 64: 'g' } as const

/** Examines one element of physical memory: one access of its size, where the device has such. */
export function examination(address: number, width: Width): string {
  return `xp /1${UNITS[width]}x 0x${address.toString(16)}`
}

/**
 * What it printed: a value in the byte order of the machine. Throws BusFault where nothing answered, or
 * what is there refused the access; Malformed for other words.
 */
export function examined(said: string, address: number, width: Width): Value {
  const [, at, digits] =
    /^([0-9a-f]{8,16}): (?:0x([0-9a-f]{2,16})|Cannot access memory)\r?\n?$/.exec(said) ?? []
  if (at === undefined || Number.parseInt(at, 16) !== address) {
    throw new Malformed('no value of the address that was asked for')
  }
  if (digits === undefined) throw new BusFault()
  if (digits.length !== width / 4) throw new Malformed('a value of another width')
  const value = BigInt(`0x${digits}`)
  return width === 64 ? value : Number(value)
}

/** Says what is at an address, and accesses nothing. */
export function lookUp(address: number): string {
  return `gpa2hva 0x${address.toString(16)}`
}

/** Whether that says that nothing is there. */
export function isNothing(said: string | undefined): boolean {
  return said?.startsWith('No memory is mapped at address') ?? false
}

/** `paused (prelaunch)` out of `VM status: paused (prelaunch)`. */
export function statusOf(said: string | undefined): string | undefined {
  return /^VM status: ([\w() -]{1,60}?)\s*$/.exec(said ?? '')?.[1]
}

/** Of `7.2.22Debian 1:7.2+dfsg`: major and minor number, and the third. */
export function versionOf(said: string | undefined): [number, number, number] | undefined {
  const found = /^(\d{1,4})\.(\d{1,4})\.(\d{1,4})/.exec(said ?? '')
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined
}

/** QEMU's targets with TARGET_BIG_ENDIAN=y in configs/targets/*-softmmu.mak. */
const BIG_ENDIAN = new Set([
  ...['hppa', 'm68k', 'microblaze', 'mips', 'mips64', 'or1k', 'ppc', 'ppc64', 's390x', 'sh4eb'],
  ...['sparc', 'sparc64', 'xtensaeb'],
])

/** Whether the values of such a machine stand in memory with the highest byte first. */
export function isBigEndian(architecture: string): boolean {
  return BIG_ENDIAN.has(architecture)
}
