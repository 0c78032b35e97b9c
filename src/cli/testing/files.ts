import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** Those of this test file. A hook that a test registers while it runs would never be called. */
const made: string[] = []
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true })
})

/** A folder for the files of one test file, which is removed at its end. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'physmem-cli-'))

  constructor() {
    made.push(this.path)
  }

  /** The path of a file in the folder; with bytes, the file is made. */
  file(name: string, bytes?: Uint8Array | string): string {
    const path = join(this.path, name)
    if (bytes !== undefined) writeFileSync(path, bytes)
    return path
  }
}

/** Bytes that differ from their neighbours and from those a page further. */
export function testBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8) * 3 + 1) & 0xff)
}
