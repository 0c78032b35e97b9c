import { execFileSync } from 'node:child_process'
import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { sourceAt } from './files.ts'

describe('a description in a file', () => {
  it('is not a pipe, device or folder', () => {
    const folder = new TestFolder()
    const pipe = `${folder.path}/pipe`
    execFileSync('mkfifo', [pipe])
    for (const path of [pipe, '/dev/null']) {
      expect(() => sourceAt(path)).toThrow(`${path} is not a regular file: expected a description`)
    }
    expect(() => sourceAt(folder.path)).toThrow(
      `${folder.path} is a folder: expected a description`,
    )
  })

  it('has 64 MiB at most, as the manual says', () => {
    const folder = new TestFolder()
    const path = folder.file('large.svd', '')
    const fd = openSync(path, 'r+')
    // What is less than a MiB too long is not told to have what is allowed.
    ftruncateSync(fd, 64 * 2 ** 20 + 1)
    closeSync(fd)
    expect(() => sourceAt(path)).toThrow(`${path} has 65 MiB: a description has at most 64 MiB`)
    const manual = readFileSync(new URL('../../docs/chip-files.md', import.meta.url), 'utf8')
    expect(manual).toContain('A file of more than 64 MiB is refused')
  })
})
