import { existsSync } from 'node:fs'
import type { LocalSystem } from '../../linux/system.ts'
import type { Refusal } from '../../refusal/refusal.ts'
import type { Attempts, Errno } from '../attempts.ts'
import type { NoProbe, Probe } from '../own-page.ts'

const PAGE = 4096
export const FRAME = 0x12345
export const PATTERN = Uint8Array.from({ length: 256 }, (_, index) => (index * 7 + 1) & 0xff)
export const HIDDEN: NoProbe = {
  refusal: { code: 'EHIDDEN', reason: 'the kernel hides frames from this process' },
}

/** What the system answers in a test; what is not said works, where the file is there. */
export interface Answers {
  open?: Record<string, string>
  /** Of maps and loads of a file; by offset where it is a function. */
  map?: Record<string, string | ((offset: number) => Errno)>
  /** What a file holds where the page of our own is: the bytes, or an errno. */
  shows?: Record<string, Uint8Array | string>
  store?: (offset: number, value: number) => Errno
  ioperm?: string
  /** Why the module behind /dev/physmem is another one. */
  kmod?: Refusal
  /** Unknown where nothing is said. */
  fresh?: string
}

export function fakeAttempts(system: LocalSystem, answers: Answers): Attempts {
  const open = (file: string): Errno =>
    answers.open?.[file] ?? (existsSync(system.at(file)) ? undefined : 'ENOENT')
  const map = (file: string, offset: number): Errno => {
    const answer = answers.map?.[file]
    return open(file) ?? (typeof answer === 'function' ? answer(offset) : answer)
  }
  const shown = (file: string, length: number) => answers.shows?.[file] ?? new Uint8Array(length)
  return {
    pageSize: PAGE,
    open,
    map,
    load: (file, offset, length) => map(file, offset) ?? shown(file, length),
    store: (file, offset, value) => map(file, offset) ?? answers.store?.(offset, value),
    read: (file, _position, length) => open(file) ?? shown(file, length),
    status: (file) => system.files.status(file),
    ioperm: () => answers.ioperm,
    kmod: () => answers.kmod,
    freshNode: async () => answers.fresh ?? 'unknown',
  }
}

/** A page of our own in a frame of the test's choice; `moves` is how often it is found elsewhere. */
export class FakeProbe implements Probe {
  readonly pageSize = PAGE
  readonly pattern = PATTERN
  readonly words = new Map<number, number>()
  frame = FRAME
  pinned = true
  moves = 0
  /** Whether it is in no frame when it is looked for. */
  lost = false

  get physical(): number {
    return this.frame * PAGE
  }
  stays(): boolean {
    return this.moves <= 0
  }
  locate(): boolean {
    this.moves--
    this.frame++
    return !this.lost
  }
  read32(offset: number): number {
    return this.words.get(offset) ?? 0
  }
  write32(offset: number, value: number): void {
    this.words.set(offset, value)
  }
  close(): void {}
}
