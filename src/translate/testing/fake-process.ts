import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { loadAddon } from '../../engine/addon.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { showDevice } from '../device-mapping.ts'

const { pageSize } = loadAddon()

/** Entries of pagemap, as the kernel writes them. */
export const entries = {
  present: (frame: number) => (1n << 63n) | BigInt(frame),
  swap: (type: number, offset: number) => (1n << 62n) | (BigInt(offset) << 5n) | BigInt(type),
  /** 6.15+ */
  guard: (1n << 58n) | (1n << 62n) | (4n << 5n) | 31n,
  hiddenPresent: 1n << 63n,
  hiddenSwap: 1n << 62n,
}

/** Bits of kpageflags, by name. */
export const flagBits = {
  lru: 1n << 5n,
  slab: 1n << 7n,
  buddy: 1n << 10n,
  mmap: 1n << 11n,
  anon: 1n << 12n,
  head: 1n << 15n,
  tail: 1n << 16n,
  huge: 1n << 17n,
  ksm: 1n << 21n,
  thp: 1n << 22n,
  zero: 1n << 24n,
  reserved: 1n << 32n,
}

/** Pages that a fake file of 64 bits a page has: all of the lowest GiB. */
const PAGES = 2 ** 30 / pageSize

/** A folder that stands for `/`, with processes and what is known of frames. */
export class FakeMachine extends FakeRoot {
  constructor() {
    super(existsSync('/dev/shm') ? '/dev/shm' : undefined)
  }

  /** File systems and inodes of the files of devices. */
  readonly #devices: string[] = []

  /** A file of a device: what maps shows of it, `00:05 6 /dev/mem`. */
  device(path: string, file = path): string {
    if (!existsSync(this.at(file))) this.put(file, '')
    const { dev, ino } = statSync(this.at(file), { bigint: true })
    this.#devices.push(`${showDevice(dev)} ${ino}`)
    return `${showDevice(dev)} ${ino} ${path}`
  }

  /**
   * A process with these lines in maps, and with these entries at page numbers. smaps says the same,
   * and of mappings of devices that they are of frames alone, as the kernel does.
   */
  process(
    pid: number,
    maps: readonly string[],
    pages: Record<number, bigint> = {},
    { name = 'victim', state = 'S', flags: taskFlags = 0, smaps = '' } = {},
  ): this {
    const folder = `proc/${pid}`
    this.put(`${folder}/stat`, `${pid} (${name}) ${state} 1 1 1 0 -1 ${taskFlags} 0 0\n`)
    this.put(`${folder}/maps`, maps.map((line) => `${line}\n`).join(''))
    const flags = (line: string) =>
      this.#devices.some((device) => line.includes(` ${device} `)) ? 'rd wr sh pf io' : 'rd wr'
    const details = maps.map((line) => `${line}\nVmFlags: ${flags(line)} \n`)
    this.put(`${folder}/smaps`, smaps === '' ? details.join('') : smaps)
    return this.#words(`${folder}/pagemap`, pages)
  }

  /** What kpageflags, kpagecount or kpagecgroup says of frames. */
  frames(file: 'kpageflags' | 'kpagecount' | 'kpagecgroup', values: Record<number, bigint>): this {
    return this.#words(`proc/${file}`, values)
  }

  /** A reader with or without CAP_SYS_ADMIN, in the initial user namespace or another. */
  reader({ admin = true, initial = true } = {}): this {
    const all = 0x1ff_ffff_ffffn
    const set = (admin ? all : all & ~(1n << 21n)).toString(16).padStart(16, '0')
    this.put('proc/self/status', `Uid:\t0\t0\t0\t0\nCapEff:\t${set}\nCapBnd:\t${set}\n`)
    const map = initial ? '0 0 4294967295' : '0 1000 1'
    return this.put('proc/self/uid_map', `${map}\n`)
  }

  #words(file: string, values: Record<number, bigint>): this {
    mkdirSync(dirname(this.at(file)), { recursive: true })
    const fd = openSync(this.at(file), 'w')
    ftruncateSync(fd, PAGES * 8)
    const word = new BigUint64Array(1)
    for (const [page, value] of Object.entries(values)) {
      word[0] = value
      writeSync(fd, new Uint8Array(word.buffer), 0, 8, Number(page) * 8)
    }
    closeSync(fd)
    return this
  }
}
