/** How the error of a JSON document names the place: as the command line takes it, and no steps. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { RequestError } from '../../base/errors.ts'
import { errorToJson } from '../../report/error.ts'
import { run } from '../testing/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-place-'))
const file = join(folder, 'd1.bin')
writeFileSync(file, new Uint8Array(4096))
afterAll(() => rmSync(folder, { recursive: true }))

const errorOf = async (line: string) => JSON.parse((await run(`${line} --json`)).out).error

it.runIf(process.platform === 'linux').each([
  ['write', `file:${file}+0x1000=1`, `file:${file}+0x1000`],
  ['read', `file:${file}+0x1000`, `file:${file}+0x1000`],
  ['wait', `file:${file}+0x1000=1 --timeout 0`, `file:${file}+0x1000`],
  ['dump', `file:${file}+0x1000..+4`, `file:${file}+0x1000`],
  ['fill', `file:${file}+0x1000..+4 0`, `file:${file}+0x1000`],
  ['watch', `file:${file}+0x1000`, `file:${file}+0x1000`],
])('%s past the end of a file', async (name, rest, place) => {
  const error = await errorOf(`${name} ${rest}`)
  expect(error).toMatchObject({ code: 'ERANGE', place, address: 0x1000 })
  expect(error).not.toHaveProperty('step')
})

it('of a file that is not there, and of a directory', async () => {
  expect(await errorOf(`read file:${folder}/nofile`)).toMatchObject({
    code: 'ENOPLACE',
    place: `file:${folder}/nofile`,
  })
  expect(await errorOf(`read file:${folder}`)).toMatchObject({
    code: 'ENOPLACE',
    place: `file:${folder}`,
  })
})

it('without a step, which only a program of the library has', () => {
  const error = new RequestError('EREADONLY', 'file:x was opened for reading only', { step: 0 })
  expect(errorToJson(error)).toEqual({ code: 'EREADONLY', message: error.message })
  expect(error.toJSON()).toMatchObject({ data: { step: 0 } })
})
