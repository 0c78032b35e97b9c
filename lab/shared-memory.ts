import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onProcessEnd } from './cleanup.ts'

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
  const folder = mkdtempSync(join(tmpdir(), 'physmem-shared-'))
  const path = join(folder, 'memory')
  const file = openSync(path, 'w+')
  ftruncateSync(file, size)
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const release = onProcessEnd(remove)
  count += 1
  const id = `shared${count}`
  return {
    devices: [
      ...['-object', `memory-backend-file,id=${id},share=on,mem-path=${path},size=${size}`],
      ...['-device', `ivshmem-plain,memdev=${id},addr=0x${slot.toString(16)}`],
    ],
    read(offset, length) {
      const bytes = Buffer.alloc(length)
      const got = readSync(file, bytes, 0, length, offset)
      if (got !== length)
        throw new Error(`shared memory has ${got} of ${length} bytes at ${offset}`)
      return bytes
    },
    write(offset, bytes) {
      writeSync(file, bytes, 0, bytes.length, offset)
    },
    [Symbol.dispose]() {
      closeSync(file)
      release()
      remove()
    },
  }
}
