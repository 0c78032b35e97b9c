import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemAt } from '../../engine/system-at.ts'
import { deviceName } from '../device-name.ts'
import type { Files } from '../files.ts'
import { filesAt } from '../files-at.ts'
import type { LocalSystem } from '../system.ts'

/** The machines that lab/by-hand/record.ts recorded. */
export const recordedMachines = [
  'x86_64-6.1',
  'x86_64-6.12',
  'aarch64-6.1',
  'aarch64-6.12',
] as const
export type RecordedMachine = (typeof recordedMachines)[number]

/** Who looks: root, an ordinary user, or the root of a user namespace (a rootless container). */
export type RecordedReader = 'root' | 'user' | 'namespace'

/** A folder that stands for `/` in tests: recorded files of /proc and /sys, plain files as devices. */
export class FakeRoot {
  readonly path: string

  constructor(parent = tmpdir()) {
    this.path = mkdtempSync(join(parent, 'physmem-root-'))
  }

  /** A machine of the lab as a reader of it sees it; what is closed to that reader is not there. */
  static recorded(name: RecordedMachine, reader: RecordedReader = 'root'): FakeRoot {
    // A thousand small files: on a file system in memory, which is far quicker.
    const root = new FakeRoot(existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
    root.#unpack(name, 'root')
    if (reader === 'root') return root
    root.#unpack(name, reader)
    for (const path of readFileSync(root.at('closed'), 'utf8').trim().split('\n')) {
      rmSync(root.at(path), { recursive: true })
    }
    rmSync(root.at('closed'))
    return root
  }

  #unpack(name: RecordedMachine, tree: RecordedReader): void {
    const archive = fileURLToPath(new URL(`recorded/${name}.tar.gz`, import.meta.url))
    execFileSync('tar', ['-xzf', archive, '-C', this.path, '--strip-components=1', tree])
  }

  get files(): Files {
    return filesAt(this.path)
  }

  get system(): LocalSystem {
    return systemAt(this.path)
  }

  /** The same with another CPU. */
  on(cpu: string): LocalSystem {
    return systemAt(this.path, cpu)
  }

  /** Where a file of the tree is on this machine. */
  at(file: string): string {
    return join(this.path, file)
  }

  put(file: string, content: string | Uint8Array): this {
    mkdirSync(dirname(this.at(file)), { recursive: true })
    writeFileSync(this.at(file), content)
    return this
  }

  folder(path: string): this {
    mkdirSync(this.at(path), { recursive: true })
    return this
  }

  link(file: string, target: string): this {
    mkdirSync(dirname(this.at(file)), { recursive: true })
    symlinkSync(target, this.at(file))
    return this
  }

  /** A PCI function with these lines as its `resource` file. */
  pci(device: string, ...resources: string[]): this {
    return this.put(`sys/bus/pci/devices/${device}/resource`, `${resources.join('\n')}\n`)
  }

  /** A UIO device, without maps. */
  uio(number: number, name: string): this {
    return this.put(`sys/class/uio/uio${number}/name`, `${name}\n`)
  }

  /** A map of one, as the kernel shows it. */
  uioMap(device: number, map: number, files: Record<string, string>): this {
    for (const [file, content] of Object.entries(files)) {
      this.put(`sys/class/uio/uio${device}/maps/map${map}/${file}`, `${content}\n`)
    }
    return this
  }

  /** A mount at a folder or file of the tree, after those before; what is there is its content. */
  mount(type: string, point: string, inside = '/'): this {
    const file = 'proc/self/mountinfo'
    const before = existsSync(this.at(file)) ? readFileSync(this.at(file), 'utf8') : ''
    const at = this.at(point).replaceAll(' ', '\\040')
    const device = deviceName(statSync(this.at(point)).dev)
    return this.put(
      file,
      `${before}1 0 ${device} ${inside} ${at} rw shared:1 - ${type} ${type} rw\n`,
    )
  }

  lockdown(text: string): this {
    return this.put('sys/kernel/security/lockdown', `${text}\n`)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
