import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { noAgent } from '../../remote/testing/agent.ts'

/** What a board's shell needs of busybox. */
const APPLETS = ['sh', 'id', 'uname', 'ls', 'sha256sum', 'head', 'mkdir', 'chmod', 'mv', 'rm']

const busybox = spawnSync('sh', ['-c', 'command -v busybox']).stdout?.toString().trim()

/** Why there can be no board here; `undefined` where there can. */
export const noBoard = whyNoBoard()

function whyNoBoard(): string | undefined {
  if (noAgent) return noAgent
  if (process.getuid?.() !== 0) return 'it needs root'
  return busybox ? undefined : 'there is no busybox'
}

/**
 * A folder that a program takes for a machine: with a shell and without Node, with 64 KiB of physical
 * memory, each byte the low 8 bits of its address, which is a file.
 */
export class FolderBoard {
  readonly path = mkdtempSync(join(tmpdir(), 'physmem-board-'))
  readonly target = `exec:chroot ${this.path}`

  constructor() {
    const libraries = spawnSync('ldd', [busybox as string]).stdout.toString()
    for (const [file] of libraries.matchAll(/\/lib\S*/g)) {
      mkdirSync(dirname(this.at(file)), { recursive: true })
      cpSync(file, this.at(file), { dereference: true })
    }
    for (const name of ['bin', 'dev', 'proc', 'tmp']) mkdirSync(this.at(name), { recursive: true })
    copyFileSync(busybox as string, this.at('bin/busybox'))
    for (const name of APPLETS) symlinkSync('busybox', this.at(`bin/${name}`))
    writeFileSync(this.at('dev/null'), '')
    writeFileSync(
      this.at('dev/mem'),
      Buffer.alloc(0x10000).map((_, at) => at & 0xff),
    )
    writeFileSync(this.at('proc/iomem'), '00000000-0000ffff : demo\n')
  }

  at(name: string): string {
    return join(this.path, name)
  }

  /** A 32-bit value of its memory. */
  word(address: number): number {
    return readFileSync(this.at('dev/mem')).readUInt32LE(address)
  }

  /** The processes that run on it. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && isIn(this.path, name))
      .map(Number)
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

function isIn(path: string, pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/root`) === path
  } catch {
    return false
  }
}
