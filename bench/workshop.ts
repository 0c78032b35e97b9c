import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './built.ts'

const run = promisify(execFile)

export interface Spawned {
  ms: number
  /** Greatest resident set. */
  mib: number
}

/** Memory, where there is enough: a disk would write back when it likes. */
function place(): string {
  if (!existsSync('/dev/shm')) return tmpdir()
  const { bavail, bsize } = statfsSync('/dev/shm')
  return bavail * bsize > 4 * 2 ** 30 ? '/dev/shm' : tmpdir()
}

/** A folder for files that are measured, and the C programs, compiled when first needed. */
export class Workshop implements Disposable {
  readonly folder = mkdtempSync(join(place(), 'physmem-bench-'))
  readonly #compiled = new Map<string, Promise<string>>()

  /** A new file of so many bytes, none of them zero, that lies in memory. */
  file(name: string, bytes: number): string {
    const path = join(this.folder, name)
    const piece = new Uint8Array(Math.min(bytes, 2 ** 20)).map((_, i) => (i % 255) + 1)
    writeFileSync(path, '')
    for (let done = 0; done < bytes; done += piece.length) {
      writeFileSync(path, piece, { flag: 'a' })
    }
    truncateSync(path, bytes)
    return path
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** A file of bench/peers, compiled with -O2. */
  compiled(source: 'loops' | 'pagemap' | 'spawn'): Promise<string> {
    const known = this.#compiled.get(source)
    if (known) return known
    const made = this.#compile(source)
    this.#compiled.set(source, made)
    return made
  }

  /** Runs a program to its end; throws when it fails. Its output is thrown away. */
  async spawned(...program: string[]): Promise<Spawned> {
    const { stdout } = await run(await this.compiled('spawn'), program)
    const [ns = 0, kib = 0] = stdout.split(' ').map(Number)
    return { ms: ns / 1e6, mib: kib / 1024 }
  }

  async #compile(source: string): Promise<string> {
    const output = this.path(source)
    await run('cc', ['-std=gnu11', '-O2', '-o', output, `${root}bench/peers/${source}.c`])
    return output
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
