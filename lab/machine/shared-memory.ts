import { HostFile } from './host-file.ts'

/** A file of the host that is also BAR 2 of an `ivshmem-plain` device (1af4:1110) in a guest. */
export interface SharedMemory extends Disposable {
  /** QEMU's arguments, for `devices`. */
  readonly devices: readonly string[]
  /** What the BAR holds now, as the host has it. */
  read(offset: number, length: number): Buffer
  write(offset: number, bytes: Uint8Array): void
}

let count = 0

/** `size` is a power of two: it is the size of a BAR. `slot` is the device's place on bus 0. */
export function createSharedMemory(size: number, slot: number): SharedMemory {
  const file = new HostFile(size)
  count += 1
  const id = `shared${count}`
  return {
    devices: [
      ...['-object', `memory-backend-file,id=${id},share=on,mem-path=${file.path},size=${size}`],
      ...['-device', `ivshmem-plain,memdev=${id},addr=0x${slot.toString(16)}`],
    ],
    read: (offset, length) => file.read(offset, length),
    write: (offset, bytes) => file.write(offset, bytes),
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}
