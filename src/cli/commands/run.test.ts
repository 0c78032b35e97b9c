/** Scripts of users, run by the command as it is built: in a process of its own. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { noAgent } from '../../remote/testing/agent.ts'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder } from '../testing/files.ts'
import { run as runHere } from '../testing/run.ts'

const cli = new BuiltCli()
const folder = new TestFolder()
const root = fileURLToPath(new URL('../../../', import.meta.url))

const read = `import { Memory } from 'physmem'
import { parsePlace } from 'physmem/place'
export default async (machine, args) => {
  const memory = await machine.open()
  const value = await memory.read32(0x1000_0000)
  console.log(machine.target, args, memory instanceof Memory, parsePlace('0x10').offset, value)
}
`
const typed = `import { PhysmemError, type Script } from 'physmem'
interface Count { words: number }
const script: Script = async (machine, args) => {
  const count: Count = { words: args.length }
  const memory = await machine.open()
  await memory.read32(0x1000_003c).catch((error) => console.log(error instanceof PhysmemError, count))
}
export default script
`
folder.file('read.mjs', read)
folder.file('read.js', read)
folder.file('typed.ts', typed)
folder.file('typed.mts', typed)
folder.file('text.txt', 'read 0x10')
folder.file('none.mjs', 'export const main = () => {}\n')
folder.file('broken.mjs', 'export default () => {\n  let a = ;\n}\n')
folder.file('broken.js', 'export default () => {\n  let a = ;\n}\n')
folder.file('broken.cjs', 'module.exports = () => {\n  let a = }\n')
folder.file('imports-broken.mjs', "import './broken.mjs'\nexport default () => {}\n")
folder.file('imports-late.mjs', "export default () => import('./broken.mjs')\n")
folder.file('imports-none.mjs', "import 'nonesuch'\nexport default () => {}\n")
folder.file('never-loaded.mjs', 'await new Promise(() => {})\nexport default () => {}\n')
folder.file('code.mjs', 'export default () => {\n  process.exitCode = 7\n}\n')
folder.file('never.mjs', 'export default () => new Promise(() => {})\n')
folder.file('hang.mjs', 'export default () => {\n  console.log("on")\n  for (;;) {}\n}\n')
folder.file(
  'wait.mjs',
  'export default async (machine) => {\n  console.log("on")\n  await new Promise(() => setInterval(() => {}, 1000))\n}\n',
)
folder.file(
  'fail.mjs',
  `export default async (machine, [what]) => {
  const memory = await machine.open()
  if (what === 'bus') await memory.read32(0x1000_003c)
  if (what === 'place') await machine.open('pci:04.0')
  if (what === 'wait') await memory.wait32(0x1000_0000, { equals: 0, timeoutMs: 1 })
  if (what === 'text') throw 'a text'
  throw new TypeError('no such thing')
}
`,
)

folder.file(
  'late.mjs',
  `export default async (machine, [what]) => {
  const memory = await machine.open()
  if (what === 'promise') { memory.read32(0x1000_003c) }
  if (what === 'timer') setTimeout(() => void (() => { throw new TypeError('mine') })(), 5)
  if (what === 'cause') { try { await memory.read32(0x1000_003c) } catch (cause) { throw new Error('outer', { cause }) } }
  await new Promise((go) => setTimeout(go, 60_000))
}
`,
)
folder.file('missing-name.mjs', "import { nonesuch } from 'physmem'\nexport default () => {}\n")
folder.file(
  'listens.mjs',
  `export default async () => {
  await new Promise((go) => {
    process.on('uncaughtException', ({ message }) => go(console.log('heard ' + message)))
    setTimeout(() => { throw new Error('mine') }, 1)
  })
}
`,
)
folder.file(
  'old.cjs',
  `module.exports = async (machine, args) => {
  const { Memory } = await import('physmem')
  console.log(machine.target, args, (await machine.open()) instanceof Memory)
}
`,
)

const at = (name: string) => join(folder.path, name)
const run = (name: string, ...args: string[]) => cli.run(['run', '-t', 'sim:', at(name), ...args])
const said = (message: string, code: number) => ({ code, out: '', err: `physmem: ${message}\n` })

describe('run', () => {
  it('calls what the script exports with the machine, and all that is behind it', async () => {
    const { out, err } = await run('read.js', '--json', '-t', 'local', '--', '-h', 'help')
    expect(err).toBe('')
    const list = out.replace(/\s+/g, ' ')
    expect(list).toContain("sim: [ '--json', '-t', 'local', '--', '-h', 'help' ] true")
  })

  it('translates TypeScript, or says who does', async () => {
    const name = 'typed.mts'
    const by = (process.features as { typescript?: string | false }).typescript
    const file = at(name)
    const cure =
      'Node 22.18 or newer does; or install tsx where the script is, or write JavaScript (.mjs)'
    const { node } = process.versions
    expect(await run(name, 'a')).toEqual(
      by
        ? { code: 0, out: 'true { words: 1 }\n', err: '' }
        : said(
            `${file} is TypeScript, which Node ${node} does not run by itself\n  hint: ${cure}`,
            2,
          ),
    )
  })

  it.each([
    ['typed.ts', typed],
    [
      'typed.cts',
      typed
        .replace('import {', 'import type {')
        .replace('export default', 'export =')
        .replace('const count', "const { PhysmemError } = await import('physmem')\n  const count"),
    ],
  ])('has the tsx of the project translate: %s', async (name, typed) => {
    mkdirSync(at('project/node_modules'), { recursive: true })
    symlinkSync(join(root, 'node_modules/tsx'), at('project/node_modules/tsx'))
    folder.file(`project/${name}`, typed)
    folder.file('project/broken.ts', 'export default () => {\n  let a: number = ;\n}\n')
    try {
      expect(await run('project/broken.ts')).toEqual(
        said(`${at('project/broken.ts')}:2: Unexpected ";"`, 2),
      )
      expect(await run(`project/${name}`, 'a')).toEqual({
        ...{ code: 0, out: 'true { words: 1 }\n', err: '' },
      })
    } finally {
      spawnSync('rm', ['-r', at('project')])
    }
  })

  it.each([
    [
      'bus',
      1,
      '32-bit read at 0x1000003c (sim:) failed: demo.BROKEN answers every access with a bus error',
    ],
    ['wait', 3, 'wait at 0x10000000 (sim:) timed out after 1 ms: 0x50484d31 is not 0x0'],
  ])('says what physmem refuses as commands do: %s', async (what, code, message) => {
    expect(await run('fail.mjs', what)).toEqual(said(message, code))
  })

  it('shows what the script throws, and where', async () => {
    expect(await run('fail.mjs')).toEqual({
      ...{ code: 1, out: '' },
      err: `TypeError: no such thing\n    at default (file://${at('fail.mjs')}:7:9)\n`,
    })
    expect(await run('fail.mjs', 'text')).toEqual(
      said(`${at('fail.mjs')}: it threw 'a text', which is no Error and has no line`, 1),
    )
  })

  it.each([
    ['broken.mjs', "broken.mjs:2: Unexpected token ';'"],
    ['broken.js', "broken.js:2: Unexpected token ';'"],
    ['broken.cjs', "broken.cjs:2: Unexpected token '}'"],
    ['imports-broken.mjs', "broken.mjs:2: Unexpected token ';'"],
    ['imports-late.mjs', "broken.mjs:2: Unexpected token ';'"],
    [
      'missing-name.mjs',
      "missing-name.mjs:1: The requested module 'physmem' does not provide an export named 'nonesuch'",
    ],
  ])('says first which line cannot be loaded: %s', async (name, message) => {
    expect(await run(name)).toEqual(said(at(message), 2))
  })

  it('says which module is not there, and by whom it is wanted', async () => {
    const name = at('imports-none.mjs')
    const what = `Cannot find package 'nonesuch' imported from ${name}`
    expect(await run('imports-none.mjs')).toEqual(said(`${name}: ${what}`, 2))
  })

  it('shows no line of physmem where the script is at fault, and none of its texts', async () => {
    const bus =
      '32-bit read at 0x1000003c (sim:) failed: demo.BROKEN answers every access with a bus error'
    const line = (at_: string, where: string) =>
      `    at ${at_} (file://${at('late.mjs')}:${where})\n`
    expect(await run('late.mjs', 'promise')).toEqual({
      ...{ code: 1, out: '' },
      err: `physmem: ${bus}\n${line('default', '3:36')}`,
    })
    expect(await run('late.mjs', 'timer')).toEqual({
      ...{ code: 1, out: '' },
      err: expect.stringMatching(/^TypeError: mine\n {4}at file:.*\/late\.mjs:4:62\n/),
    })
    const { err } = await run('late.mjs', 'cause')
    expect(err).toContain(`Error: outer\n${line('default', '5:90').trimEnd()} {\n`)
    expect(err).toContain(
      `  [cause]: AccessError: ${bus}\n  ${line('default', '5:46').trimEnd()} {\n`,
    )
    expect(err).not.toMatch(/dist\/|whole\.js/)
  })

  it('leaves what the script throws anywhere to the script, where that listens', async () => {
    expect(await run('listens.mjs')).toEqual({ code: 0, out: 'heard mine\n', err: '' })
  })

  it('calls a module of CommonJS, too', async () => {
    expect(await run('old.cjs', 'a')).toEqual({ code: 0, out: "sim: [ 'a' ] true\n", err: '' })
  })

  it('fails where what the script returned never settles', async () => {
    expect(await run('never.mjs')).toEqual({
      code: 1,
      out: '',
      err: `physmem: ${at('never.mjs')}: nothing is left to wait for, but what it returned has not settled\n`,
    })
    expect(await run('never-loaded.mjs')).toEqual(
      said(
        `${at('never-loaded.mjs')}: nothing is left to wait for, but an await outside of its functions has not settled`,
        1,
      ),
    )
  })

  it('keeps the exit code of the script', async () => {
    expect(await run('code.mjs')).toEqual({ code: 7, out: '', err: '' })
  })

  it('ends quietly when nobody reads on', async () => {
    folder.file(
      'many.mjs',
      'export default async () => {\n  for (;;) await new Promise((go) => setImmediate(go, console.log("line")))\n}\n',
    )
    const script = `physmem -t sim: run ${at('many.mjs')} | head -1; echo \${PIPESTATUS[0]}`
    expect(await cli.shell(script)).toMatchObject({ out: 'line\n0\n', err: '' })
  })

  it.each(['hang.mjs', 'wait.mjs'])(
    'ends by Ctrl-C, whatever the script does: %s',
    async (name) => {
      const child = cli.start(['run', '-t', 'sim:', at(name)])
      await child.interrupt(() => child.out !== '')
      expect(await child.ended).toEqual({ code: null, out: 'on\n', err: '' })
      expect(child.process.signalCode).toBe('SIGINT')
    },
  )

  it.skipIf(noAgent)(
    `closes a machine far away, whose agent ends, too${noAgent ? ` [skipped: ${noAgent}]` : ''}`,
    async () => {
      const target = 'exec:env'
      const open = `export default async (machine) => {
  console.log(machine.target)
  await machine.map()
  await new Promise(() => setInterval(() => {}, 1000))
}\n`
      folder.file('open.mjs', open)
      const child = cli.start(['-v', 'run', '-t', target, at('open.mjs')])
      await child.interrupt(() => child.out !== '')
      expect(await child.ended).toEqual({
        ...{ code: null, out: 'exec:env\n' },
        err: 'physmem: runs env sh\nphysmem: stopped (Ctrl-C)\n',
      })
      expect(child.process.signalCode).toBe('SIGINT')
      const children = spawnSync('pgrep', ['-P', `${child.process.pid}`], { encoding: 'utf8' })
      expect(children.stdout).toBe('')
    },
  )

  const user = ['--reuid', '65534', '--regid', '65534', '--clear-groups']
  const asUser = [...user, process.execPath, '-e', '0']
  const isRoot = process.getuid?.() === 0 && spawnSync('setpriv', asUser).status === 0
  it.skipIf(!isRoot)('runs as an ordinary user', () => {
    chmodSync(folder.path, 0o755)
    const line = [process.execPath, cli.main, 'run', '-t', 'sim:', at('read.mjs')]
    const { stdout, stderr, status } = spawnSync('setpriv', [...user, ...line], {
      ...{ encoding: 'utf8', env: { PATH: dirname(process.execPath), HOME: '/nonexistent' } },
    })
    expect({ stdout, stderr, status }).toEqual({
      ...{ stdout: 'sim: [] true 16 1346915633\n', stderr: '', status: 0 },
    })
  })

  it.each([
    ['missing.mjs', 'missing.mjs cannot be read: there is no such file', undefined],
    ['.', '. is a folder, not a script', undefined],
    [
      'text.txt',
      'text.txt is not a script: expected a file .mjs, .js, .cjs, .mts, .ts or .cts',
      'for a file of commands: physmem --target sim: batch text.txt',
    ],
  ])('refuses what is no script: %s', async (name, message, hint) => {
    process.chdir(folder.path)
    expect(await runHere(['run', '-t', 'sim:', name])).toEqual(
      said(hint === undefined ? message : `${message}\n  hint: ${hint}`, 2),
    )
  })

  it('refuses a module without a function, and no script at all', async () => {
    expect(await run('none.mjs')).toEqual(
      said(
        `${at('none.mjs')} has no function as its default export\n  hint: such as: export default async (machine) => console.log(machine.target)`,
        2,
      ),
    )
    expect((await runHere('run')).err).toBe(
      'physmem: run needs a SCRIPT, such as physmem run bring-up.ts\n  hint: see physmem run --help\n',
    )
    expect((await runHere('run --json a.mjs')).err).toBe(
      'physmem: --json does not apply to run: leave it out\n',
    )
    const several = ['run', '-t', 'sim:', '-t', 'local', at('read.mjs')]
    expect((await runHere(several)).err).toBe(
      'physmem: run is for one target, but there are 2\n  hint: give one --target\n',
    )
    const env = { PHYSMEM_TARGET: 'exec:false' }
    expect((await runHere(['run', at('read.mjs')], { env })).err).toContain(
      'PHYSMEM_TARGET: a variable may name no target of exec: or sudo:',
    )
  })

  it('prints its help, and offers files behind a script', async () => {
    for (const line of ['run --help', 'help run', '--help run a.mjs -t x']) {
      expect((await runHere(line)).out).toContain(
        'Usage: physmem run [options] <script> [argument...]',
      )
    }
    process.chdir(folder.path)
    expect((await runHere(['__complete', '--', 'run', 'a.mjs', '-t', ''])).out).toBe(':file\n')
    expect((await runHere(['__complete', '--', 'run', '-t', 'si'])).out).toBe('sim:\n')
  })
})
