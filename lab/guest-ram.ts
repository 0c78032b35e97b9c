import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Arch } from './arch.ts'
import { onProcessEnd } from './cleanup.ts'

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
  // In memory, where there is such a place: a disk would write back all that the guest writes.
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const folder = mkdtempSync(join(parent, 'physmem-ram-'))
  const path = join(folder, 'ram')
  const file = openSync(path, 'w+')
  ftruncateSync(file, memoryMb << 20)
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const release = onProcessEnd(remove)
  const word = Buffer.alloc(4)
  return {
    devices: [
      ...['-object', `memory-backend-file,id=ram,share=on,mem-path=${path},size=${memoryMb}M`],
      ...['-machine', 'memory-backend=ram'],
    ],
    read32(address) {
      readSync(file, word, 0, 4, address - ramStart[arch])
      return word.readUInt32LE()
    },
    write32(address, value) {
      word.writeUInt32LE(value)
      writeSync(file, word, 0, 4, address - ramStart[arch])
    },
    [Symbol.dispose]() {
      closeSync(file)
      release()
      remove()
    },
  }
}
