/** The command's start with V8's code cache: what is kept, and what is never run. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder, testBytes } from '../testing/files.ts'

const cli = new BuiltCli()
const files = new TestFolder()
const memory = files.file('memory.bin', testBytes(64))
const read = ['read', '-q', `file:${memory}+8`]
const answer = { code: 0, out: '0x4e474039\n', err: '' }

const isRoot = process.geteuid?.() === 0
const rootOnly = isRoot ? '' : ' [skipped: only root can give a file to another user]'
const SOMEBODY = 12345

/** A fresh cache folder for each test. */
let cache = ''
beforeEach(() => {
  cache = mkdtempSync(files.file('cache-'))
})

const env = () => ({ XDG_CACHE_HOME: cache, NODE_OPTIONS: undefined })
const run = (args: readonly string[] = read, more: NodeJS.ProcessEnv = {}) =>
  cli.run(args, { ...env(), ...more })
const folder = () => join(cache, 'physmem/code')
const names = () => (existsSync(folder()) ? readdirSync(folder()) : [])
const lessons = (path: string) => readFileSync(path, 'latin1').split('\n', 2)[1]

/** Runs once, which makes the cache; its path. */
async function learn(): Promise<string> {
  expect(await run()).toEqual(answer)
  expect(names()).toHaveLength(1)
  return join(folder(), names()[0] ?? '')
}

/** What the first such run made, in the folder of this test. */
async function learned(): Promise<string> {
  if (first === undefined) {
    first = files.file('learned', readFileSync(await learn()))
    name = names()[0] ?? ''
    rmSync(join(cache, 'physmem'), { recursive: true })
  }
  const path = join(folder(), name)
  mkdirSync(folder(), { recursive: true, mode: 0o700 })
  writeFileSync(path, readFileSync(first), { mode: 0o600 })
  return path
}

let first: string | undefined
let name = ''

/** The data of a script as long as the bundle, which is all that V8 looks at. */
function hostileData(): Buffer {
  if (hostile) return Buffer.from(hostile)
  const { length } = readFileSync(join(dirname(cli.main), 'everyday.js'), 'latin1')
  const source = `(function (require) { require('node:fs').writeSync(1, 'HOSTILE\\n') })`
  const script = `
    const { Script } = require('node:vm')
    const script = new Script(${JSON.stringify(source)}.padEnd(${length}))
    script.runInThisContext()(() => ({ writeSync() {} }))
    process.stdout.write(script.createCachedData().toString('hex'))`
  const options = { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } } as const
  hostile = Buffer.from(spawnSync(process.execPath, ['-e', script], options).stdout, 'hex')
  return Buffer.from(hostile)
}

let hostile: Buffer | undefined

/** Puts hostile code into a good file; what it runs is the proof that the file was read. */
function plant(path: string, change: (parts: { key: string; data: Buffer[] }) => void = () => {}) {
  const [key = ''] = readFileSync(path, 'latin1').split('\n', 1)
  const parts = { key, data: [hostileData(), hostileData()] }
  change(parts)
  writeFileSync(path, Buffer.concat([Buffer.from(`${parts.key}\nread+file\n`), ...parts.data]))
}

describe('the code cache', () => {
  it('is made by the first run, for this user alone', async () => {
    const path = await learn()
    expect(lessons(path)).toBe('read+file')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    for (const made of ['physmem', 'physmem/code']) {
      expect(statSync(join(cache, made)).mode & 0o777).toBe(0o700)
    }
  })

  it('is what the next run runs: else nothing below would prove a thing', async () => {
    plant(await learned())
    expect(await run()).toEqual({ code: 0, out: 'HOSTILE\n', err: '' })
  })

  it('learns what it does not know, and keeps what it knows', async () => {
    const path = await learned()
    const { ino } = statSync(path)
    expect(await run()).toEqual(answer)
    expect(statSync(path).ino).toBe(ino)
    expect((await run(['wait', `file:${memory}:0=1`])).code).toBe(0)
    expect(lessons(path)).toBe('read+file wait+file')
    expect(await run()).toEqual(answer)
    expect(names()).toHaveLength(1)
  })

  it('learns nothing from what failed', async () => {
    expect((await run(['read', `file:${memory}.away`])).code).toBe(2)
    expect((await run(['wait', `file:${memory}:0=0`, '--timeout', '1ms'])).code).toBe(3)
    expect((await run(['read', '--oops'])).code).toBe(2)
    expect(names()).toEqual([])
  })

  it('is neither made nor minded under other flags of Node', async () => {
    const flags = { NODE_OPTIONS: '--max-old-space-size=500' }
    expect(await run(read, flags)).toEqual(answer)
    expect(names()).toEqual([])
    const path = await learned()
    const { ino } = statSync(path)
    expect(await run(read, flags)).toEqual(answer)
    expect(statSync(path).ino).toBe(ino)
  })

  it('forgets what nobody renewed for a month', async () => {
    const path = await learned()
    const old = join(folder(), 'everyday-v20.0.0-x64-0')
    writeFileSync(old, '')
    utimesSync(old, 1, 1)
    rmSync(path)
    expect(await run()).toEqual(answer)
    expect(existsSync(old)).toBe(false)
    expect(existsSync(path)).toBe(true)
  })
})

describe('a cache that is not as it must be is not run, and another is put in its place', () => {
  it.each<[string, (path: string) => void]>([
    ['its first copy damaged', (path) => plant(path, ({ data: [first] }) => flip(first, 0.4))],
    ['its second copy damaged', (path) => plant(path, ({ data: [, second] }) => flip(second, 0.9))],
    ['cut off', (path) => plant(path, ({ data }) => cut(data, 1))],
    ['cut off by half', (path) => plant(path, ({ data }) => cut(data, 2))],
    ['without data', (path) => plant(path, ({ data }) => data.splice(0))],
    ['empty', (path) => writeFileSync(path, '')],
    ['zeros', (path) => writeFileSync(path, Buffer.alloc(100_000))],
    [
      'of V8 data that is none',
      (path) => plant(path, ({ data }) => data.map((copy) => copy.fill(0))),
    ],
    [
      'of another source',
      (path) => plant(path, (parts) => turn(parts, /^./, (c) => (c === '0' ? '1' : '0'))),
    ],
    [
      'of another version of Node',
      (path) => plant(path, (parts) => turn(parts, /v[\d.]+/, () => 'v20.19.0')),
    ],
    [
      'of a bundle that was changed since',
      (path) => plant(path, (parts) => turn(parts, / \d+ /, () => ' 1 ')),
    ],
    [
      'readable by the group',
      (path) => {
        plant(path)
        chmodSync(path, 0o640)
      },
    ],
    [
      'writable by others',
      (path) => {
        plant(path)
        chmodSync(path, 0o602)
      },
    ],
    [
      'a link to a good file',
      (path) => {
        plant(path)
        renameSync(path, join(cache, 'elsewhere'))
        symlinkSync(join(cache, 'elsewhere'), path)
      },
    ],
    [
      'a pipe',
      (path) => {
        rmSync(path)
        expect(spawnSync('mkfifo', ['-m', '600', path]).status).toBe(0)
      },
    ],
  ])('%s', async (_, spoil) => {
    const path = await learned()
    spoil(path)
    const spoilt = lstatSync(path).ino
    expect(await run()).toEqual(answer)
    expect(lstatSync(path).ino).not.toBe(spoilt)
    expect(lstatSync(path).isFile()).toBe(true)
    expect(lstatSync(path).mode & 0o777).toBe(0o600)
    expect(lessons(path)).toBe('read+file')
  })

  it.skipIf(!isRoot)(`of another user${rootOnly}`, async () => {
    const path = await learned()
    plant(path)
    chownSync(path, SOMEBODY, SOMEBODY)
    expect(await run()).toEqual(answer)
    expect(statSync(path).uid).toBe(0)
  })
})

describe('a folder that is not as it must be is not read, and nothing is made in it', () => {
  it.each<[string, () => void]>([
    ['readable by others', () => chmodSync(folder(), 0o755)],
    ['writable by the group', () => chmodSync(folder(), 0o770)],
    [
      'a link',
      () => {
        renameSync(folder(), join(cache, 'elsewhere'))
        symlinkSync(join(cache, 'elsewhere'), folder())
      },
    ],
  ])('%s', async (_, spoil) => {
    const path = await learned()
    plant(path)
    spoil()
    const { ino } = statSync(path)
    expect(await run()).toEqual(answer)
    expect(await run(['wait', `file:${memory}:0=1`])).toMatchObject({ code: 0, err: '' })
    expect(statSync(path).ino).toBe(ino)
    expect(names()).toHaveLength(1)
  })

  it.skipIf(!isRoot)(`of another user${rootOnly}`, async () => {
    const path = await learned()
    plant(path)
    const { ino } = statSync(path)
    chownSync(folder(), SOMEBODY, SOMEBODY)
    expect(await run()).toEqual(answer)
    expect(statSync(path).ino).toBe(ino)
  })

  it.skipIf(!isRoot)(`in the home of another user${rootOnly}`, async () => {
    chownSync(cache, SOMEBODY, SOMEBODY)
    expect(await run()).toEqual(answer)
    expect(await run(read, { XDG_CACHE_HOME: undefined, HOME: cache })).toEqual(answer)
    expect(readdirSync(cache)).toEqual([])
  })

  it.skipIf(!isRoot)(`below a folder of another user${rootOnly}`, async () => {
    mkdirSync(join(cache, 'physmem'))
    chownSync(join(cache, 'physmem'), SOMEBODY, SOMEBODY)
    expect(await run()).toEqual(answer)
    expect(readdirSync(join(cache, 'physmem'))).toEqual([])
  })

  it('below a folder that others may write', async () => {
    mkdirSync(join(cache, 'physmem'))
    chmodSync(join(cache, 'physmem'), 0o777)
    expect(await run()).toEqual(answer)
    expect(readdirSync(join(cache, 'physmem'))).toEqual([])
  })
})

describe('where no cache can be kept, all is as ever', () => {
  it.each<[string, () => NodeJS.ProcessEnv]>([
    ['no folder is named', () => ({ XDG_CACHE_HOME: undefined, HOME: undefined })],
    ['a relative one is', () => ({ XDG_CACHE_HOME: 'cache', HOME: undefined })],
    ['it is not there', () => ({ XDG_CACHE_HOME: join(cache, 'away') })],
    ['it is a file', () => ({ XDG_CACHE_HOME: memory })],
    ['it takes nothing', () => ({ XDG_CACHE_HOME: '/proc' })],
  ])('%s', async (_, more) => {
    expect(await run(read, more())).toEqual(answer)
    expect(readdirSync(cache)).toEqual([])
  })

  it('Node does not know its own file', () => {
    const preload = files.file('no-path.cjs', "process.execPath = 'node'")
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['-r', preload, cli.main, ...read],
      { encoding: 'utf8', env: { ...process.env, ...env() } },
    )
    expect({ code: status, out: stdout, err: stderr }).toEqual(answer)
  })

  it('a file is in its place', async () => {
    mkdirSync(join(cache, 'physmem'))
    writeFileSync(folder(), '')
    expect(await run()).toEqual(answer)
    expect(statSync(folder()).size).toBe(0)
  })

  it('a folder is in the place of its file', async () => {
    const path = await learned()
    rmSync(path)
    mkdirSync(path)
    expect(await run()).toEqual(answer)
    expect(names()).toHaveLength(1)
  })

  it('is in the home where no other is named', async () => {
    expect(await run(read, { XDG_CACHE_HOME: undefined, HOME: cache })).toEqual(answer)
    expect(readdirSync(join(cache, '.cache/physmem/code'))).toHaveLength(1)
  })
})

function flip(data: Buffer | undefined, where: number): void {
  const at = Math.floor((data?.length ?? 0) * where)
  data?.writeUInt8(data.readUInt8(at) ^ 1, at)
}

/** Takes so many bytes from the end: of one copy, or a whole one. */
function cut(data: Buffer[], how: 1 | 2): void {
  const last = data.pop()
  if (how === 1 && last) data.push(last.subarray(0, -1))
}

function turn(parts: { key: string }, what: RegExp, into: (found: string) => string): void {
  const key = parts.key.replace(what, into)
  expect(key).not.toBe(parts.key)
  parts.key = key
}
