import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { run } from '../cli/testing/run.ts'

const folder = new TestFolder()

it('writes to no memory before all of them are known to let it be done', async () => {
  const file = `${folder.path}/ram.bin`
  writeFileSync(file, new Uint8Array(64))
  const { code, err } = await run(['write', `file:${file}+4=9`, 'file:/dev/null=1'])
  expect(err).toBe(
    'physmem: file:/dev/null cannot be mapped: its driver or file system does not support mmap (ENODEV)\n' +
      `  done: made 0 of 2 assignments; not made: file:${file}+0x4=0x00000009, file:/dev/null=0x00000001\n`,
  )
  expect(code).toBe(1)
  expect(readFileSync(file).every((byte) => byte === 0)).toBe(true)
})

it('reads no memory before all of them are known to let it be done', async () => {
  const file = `${folder.path}/fifo.bin`
  writeFileSync(file, new Uint8Array(64))
  for (const line of [
    `read file:${file} file:/dev/null`,
    `read file:${file} file:/dev/null -n 2`,
  ]) {
    const { code, out, err } = await run(line)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /^physmem: file:\/dev\/null cannot be mapped: its driver or file system does not support mmap \(ENODEV\)\n {2}done: read 0 of \d elements\n$/,
    )
  }
})
