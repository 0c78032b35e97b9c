import type { Arch } from '../supply/arch.ts'
import { HostFile } from './host-file.ts'

/** The whole RAM of a guest as a file of the host, in which both see what the other writes. */
export interface GuestRam extends Disposable {
  /** QEMU's arguments, for `devices`. */
  readonly devices: readonly string[]
  /** At a physical address of the guest. */
  read32(address: number): number
  write32(address: number, value: number): void
}

/** Physical address of the first byte of RAM; below 2 GiB nothing interrupts it. */
const ramStart: Readonly<Record<Arch, number>> = { x86_64: 0, aarch64: 0x4000_0000 }

/** `memoryMb` as the machine has it. */
export function createGuestRam(arch: Arch, memoryMb: number): GuestRam {
  const file = new HostFile(memoryMb << 20)
  const start = ramStart[arch]
  return {
    devices: [
      ...['-object', `memory-backend-file,id=ram,share=on,mem-path=${file.path},size=${memoryMb}M`],
      ...['-machine', 'memory-backend=ram'],
    ],
    read32: (address) => file.read(address - start, 4).readUInt32LE(),
    write32: (address, value) => file.write(address - start, bytesOf(value)),
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

function bytesOf(value: number): Uint8Array {
  return Uint8Array.from([0, 8, 16, 24], (shift) => value >>> shift)
}
