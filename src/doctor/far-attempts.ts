import type { Mode } from '../engine/source.ts'
import type { FileStatus } from '../linux/files.ts'
import type { System } from '../linux/system.ts'
import type { Refusal } from '../refusal/refusal.ts'
import type { Trials } from '../remote/trials.ts'
import { type Attempts, type Errno, POST_CODE } from './attempts.ts'

/** How many are made at once: an agent has 32 nodes. */
const AT_ONCE = 8

/** Why the module is not asked for more: no way of an agent goes through it. */
const NO_MODULE: Refusal = {
  code: 'EREFUSED',
  reason: 'it opens, but an agent does not use the module',
}

/**
 * Attempts on a machine far away, as far as they were made: one that was not is noted, and counts as if
 * it had succeeded until `perform` has made it. Then the same is asked again, as of facts that are fetched.
 */
export class FarAttempts implements Attempts {
  readonly pageSize: number
  readonly #system: System
  readonly #trials: Trials
  readonly #made = new Map<string, unknown>()
  #missing = new Map<string, () => Promise<unknown>>()

  constructor(system: System, trials: Trials) {
    this.pageSize = system.pageSize
    this.#system = system
    this.#trials = trials
  }

  /** Makes what is missing, each once. Returns whether anything was. */
  async perform(): Promise<boolean> {
    const missing = [...this.#missing]
    this.#missing = new Map()
    for (let from = 0; from < missing.length; from += AT_ONCE) {
      const some = missing.slice(from, from + AT_ONCE)
      const made = await Promise.all(some.map(([, make]) => make()))
      for (const [at, [key]] of some.entries()) this.#made.set(key, made[at])
    }
    return missing.length > 0
  }

  open(file: string, mode: Mode): Errno {
    const make = () => this.#trials.open(`/${file}`, mode)
    return this.#tried<Errno>(`open ${mode} ${file}`, undefined, make)
  }

  map(file: string, offset: number, mode: Mode): Errno {
    const make = () => this.#trials.map(`/${file}`, offset, mode)
    return this.#tried<Errno>(`map ${mode} ${offset} ${file}`, undefined, make)
  }

  load(file: string, offset: number, length: number): Uint8Array | string {
    const make = () => this.#trials.load(`/${file}`, offset, length)
    return this.#tried(`load ${offset} ${length} ${file}`, new Uint8Array(), make)
  }

  read(file: string, position: bigint, length: number): Uint8Array | string {
    const make = () => this.#trials.read(`/${file}`, position, length)
    return this.#tried(`read ${position} ${length} ${file}`, new Uint8Array(), make)
  }

  status(file: string): FileStatus | undefined {
    return this.#system.files.status(`/${file}`)
  }

  kmod(): Refusal {
    return NO_MODULE
  }

  store(): Errno {
    return 'unknown'
  }

  ioperm(): Errno {
    return this.#tried<Errno>('ioperm', undefined, () => this.#trials.allowPort(POST_CODE))
  }

  async freshNode(minor: number): Promise<Errno> {
    return this.#tried<Errno>(`node ${minor}`, undefined, () => this.#trials.freshNode(minor))
  }

  #tried<T>(key: string, meanwhile: T, make: () => Promise<T>): T {
    if (this.#made.has(key)) return this.#made.get(key) as T
    this.#missing.set(key, make)
    return meanwhile
  }
}
