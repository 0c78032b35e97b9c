import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'

const folder = new TestFolder()
process.chdir(folder.path)
const yaml = folder.file('chip.yaml', 'name: toy\nblocks: {}\n')
folder.file('one.json', '{}')

describe('an empty path', () => {
  it.each([
    ['load', '0x40000000', ''],
    ['compare', '0x0..+16', ''],
    ['dump', '0x0..+16', '-o', ''],
    ['read', 'UART0', '--chip', ''],
    ['read', 'UART0', '--board', ''],
    ['batch', ''],
    ['lint', ''],
    ['import', ''],
    ['import', 'chip.yaml', '-o', ''],
    ['codegen', ''],
    ['codegen', 'chip.yaml', '-o', ''],
    ['codegen', 'chip.yaml', '--overlay', 'one.yaml,'],
    ['restore', ''],
    ['diff', ''],
    ['diff', 'one.json', ''],
    ['snapshot', 'gpio', '-o', ''],
    ['record', 'gpio.OUT', '--csv', ''],
    ['doctor', '--report', ''],
  ])('is refused: %s %s', async (...words) => {
    expect(await run(words, { env: { PHYSMEM_TARGET: 'sim:' } })).toEqual({
      code: 2,
      out: '',
      err: 'physmem: "" is not a path: it is empty\n',
    })
  })
})

describe('standard output by a path', () => {
  it.each(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])('is what `-` is: %s', async (path) => {
    const dashed = await run(['dump', '0x0..+16', '-o', '-', '-t', 'sim:'])
    expect(await run(['dump', '0x0..+16', '-o', path, '-t', 'sim:'])).toEqual(dashed)
    expect(dashed).toEqual({ code: 0, out: 'physmem demo boa', err: '' })
  })

  it.each(['import', 'codegen'])('is not a file named `-`: %s', async (command) => {
    const plain = await run([command, yaml])
    expect(plain.code).toBe(0)
    expect(await run([command, yaml, '-o', '-'])).toEqual(plain)
    expect(await run([command, yaml, '-o', '/dev/stdout'])).toEqual(plain)
    expect(existsSync('-')).toBe(false)
  })
})

it('takes a file whose name begins like a place', async () => {
  const words = ['dump', '0x0..+16', '-o', './file:a', '-t', 'sim:']
  expect((await run(words)).code).toBe(0)
  expect(readFileSync('file:a', 'latin1')).toBe('physmem demo boa')
})
