import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A FIFO in place of a UIO device: each 4 bytes that are written are what it has counted to. */
export class StandIn implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'physmem-uio-'))
  readonly path = join(this.folder, 'uio')
  readonly fd: number

  constructor() {
    execFileSync('mkfifo', [this.path])
    this.fd = openSync(this.path, 'r+')
  }

  raise(...counts: number[]): void {
    for (const count of counts) writeSync(this.fd, Buffer.from(Uint32Array.of(count).buffer))
  }

  [Symbol.dispose](): void {
    closeSync(this.fd)
    rmSync(this.folder, { recursive: true })
  }
}
