import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { TARGET_SCHEMES } from '../../place/target.ts'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder } from '../testing/files.ts'
import { has } from '../testing/terminal.ts'
import { deviceRoot } from './testing/device-root.ts'

const folder = new TestFolder()
const root = deviceRoot(folder)
mkdirSync(join(root, 'kinds'))
for (const name of ['a.bin', 'b.yaml', 'c.svd']) writeFileSync(join(root, 'kinds', name), '')

describe('the scripts', () => {
  const cli = new BuiltCli()
  let bin = ''
  beforeAll(() => {
    bin = join(folder.path, 'bin')
    mkdirSync(bin)
    const script = `#!/bin/sh\nexec ${process.execPath} ${cli.main} "$@"\n`
    writeFileSync(join(bin, 'physmem'), script, { mode: 0o755 })
  })

  /** What bash puts in place of what it takes for the last word. */
  async function inBash(line: string): Promise<string[]> {
    const script = `
      eval "$(physmem completion bash)"
      compopt() { :; }
      COMP_LINE='${line}' COMP_POINT=${line.length}
      _physmem physmem
      printf '%s\n' "\${COMPREPLY[@]}"`
    const { out, err } = await cli.shell(`cd ${root}\n${script}`, 'bash', {
      PATH: `${bin}:${process.env.PATH}`,
    })
    expect(err).toBe('')
    return out.split('\n').filter((text) => text !== '')
  }

  it.skipIf(!has('bash'))('bash', async () => {
    expect(await inBash('physmem wa')).toEqual(['wait', 'watch'])
    expect(await inBash('physmem read --endian=')).toEqual(['little', 'big'])
    expect(await inBash('physmem load 0x10 ra')).toEqual(['ram.bin'])
    expect(await inBash('physmem read file:ra')).toEqual(['ram.bin'])
    expect(await inBash('physmem read --width ')).toEqual(['8', '16', '32', '64'])
    expect(await inBash('physmem map por')).toEqual(['port:'])
    expect(await inBash('physmem read -t sim:ki')).toEqual(['kinds/'])
    expect(await inBash('physmem read -t sim:kinds/')).toEqual(['kinds/b.yaml'])
    expect(await inBash('physmem read --chip kinds/')).toEqual(['kinds/b.yaml', 'kinds/c.svd'])
    expect(await inBash('physmem read --board=kinds/')).toEqual(['kinds/b.yaml'])
  })

  it.skipIf(!has('zsh'))('zsh', async () => {
    const script = `
      compadd() { local a; for a in "\${(@P)@[-1]}"; do print -r -- $a; done; }
      _files() { print FILES $@; }
      _path_files() { print PATHS $@; }
      source <(physmem completion zsh)
      words=(physmem wa); CURRENT=2; _physmem
      words=(physmem load 0x10 ra); CURRENT=4; _physmem
      words=(physmem --target ''); CURRENT=3; _physmem
      words=(physmem read --board ''); CURRENT=4; _physmem
      words=(physmem kmod build --headers ''); CURRENT=5; _physmem`
    const { out, err } = await cli.shell(script, 'zsh', { PATH: `${bin}:${process.env.PATH}` })
    expect(err).toBe('')
    expect(out.trim().split('\n')).toEqual([
      ...['wait', 'watch', 'FILES', 'local', ...TARGET_SCHEMES],
      ...['PATHS -g *(#i)(.yaml|.yml|.json)(-.) *(-/)', 'FILES -/'],
    ])
  })

  it.skipIf(!has('fish'))('fish', async () => {
    const script = `
      cd ${root}
      physmem completion fish | source
      complete -C 'physmem wa'
      complete -C 'physmem load 0x10 ra'
      complete -C 'physmem --target '
      complete -C 'physmem lint kinds/'
      complete -C 'physmem read -t sim:kinds/'`
    const { out, err } = await cli.shell(script, 'fish', {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: root,
    })
    expect(err).toBe('')
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[0]),
    ).toEqual([
      ...['wait', 'watch', 'ram.bin', 'local', ...TARGET_SCHEMES],
      ...['kinds/b.yaml', 'kinds/c.svd', 'sim:kinds/b.yaml'],
    ])
  })
})
