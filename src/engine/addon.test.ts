import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadAddonFor } from './addon.ts'
import { howToGetOne } from './engine-file.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

function output(program: string, ...words: string[]): string {
  const run = spawnSync(program, words, { encoding: 'utf8' })
  if (run.error) throw run.error
  return run.stdout
}

describe.each(['x64', 'arm64', 'arm', 'riscv64'])('the engine for %s', (cpu) => {
  const file = join(root, `prebuilds/linux-${cpu}/physmem.node`)
  const reason = existsSync(file) ? undefined : `no prebuilds/linux-${cpu}`

  it.skipIf(reason)(
    `names no library and no library's version${reason ? ` [skipped: ${reason}]` : ''}`,
    () => {
      expect(output('readelf', '-d', file)).not.toContain('NEEDED')
      expect(output('readelf', '-V', file)).not.toMatch(/GLIBC/)
    },
  )
})

/** musl's loader finds these by their names without 64 (ldso/dynlink.c, since musl 1.2.4; symbols before). */
const LARGE_FILES = /^(fstatfs|ftruncate|lseek|mmap|open)64$/

describe.each(['x64', 'arm64', 'arm', 'riscv64'])('the engine for %s', (cpu) => {
  const file = join(root, `prebuilds/linux-${cpu}/physmem.node`)
  const musl = '/lib/x86_64-linux-musl/libc.so'
  const missing = [file, musl].find((one) => !existsSync(one))
  const reason = missing && `no ${missing.replace(root, '')}`

  it.skipIf(reason)(
    `needs no symbol that musl lacks${reason ? ` [skipped: ${reason}]` : ''}`,
    () => {
      const names = (...words: string[]) =>
        output('nm', '-D', ...words)
          .split('\n')
          .flatMap((line) => line.trim().split(' ').at(-1) || [])
      const has = new Set(names('--defined-only', musl))
      const needed = names('--undefined-only', file)
      expect(needed).toContain('ioctl')
      expect(
        needed.filter((name) => !/^napi_/.test(name) && !has.has(name) && !LARGE_FILES.test(name)),
      ).toEqual([])
    },
  )
})

describe('the engine for this machine', () => {
  const file = join(root, `prebuilds/linux-${process.arch}/physmem.node`)
  const hasMusl = spawnSync('musl-gcc', ['--version'], { stdio: 'ignore' }).status === 0
  const reason = hasMusl ? '' : ' [skipped: musl-gcc is not installed]'

  it.skipIf(!hasMusl)(`finds all its symbols in a musl process${reason}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'physmem-musl-'))
    const stubs = output('nm', '-D', '--undefined-only', file)
      .split('\n')
      .flatMap((line) => /(napi_\w+)/.exec(line)?.[1] ?? [])
      .map((name) => `void ${name}(void) {}`)
    const main = `
      #include <dlfcn.h>
      #include <stdio.h>
      ${stubs.join('\n')}
      int main(int count, char **words) {
        void *library = dlopen(words[1], RTLD_NOW);
        puts(library ? "loaded" : dlerror());
        return count == 2 && library && dlsym(library, "napi_register_module_v1") ? 0 : 1;
      }`
    try {
      writeFileSync(join(folder, 'main.c'), main)
      const host = join(folder, 'host')
      expect(stubs.length).toBeGreaterThan(20)
      const built = spawnSync('musl-gcc', ['-rdynamic', '-o', host, join(folder, 'main.c')])
      expect(built.stderr.toString()).toBe('')
      expect(output(host, file)).toBe('loaded\n')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('a window of the engine', () => {
  it('lives as long as one of its functions', () => {
    const script = `
      const { openSync } = require('node:fs')
      const engine = require(${JSON.stringify(join(root, `prebuilds/linux-${process.arch}/physmem.node`))})
      const words = new Uint32Array(3)
      const fd = openSync(process.execPath, 'r')
      const functions = [engine.windowMap(fd, 0, engine.pageSize, false, words).read32]
      const settled = () => new Promise((resolve) => setImmediate(resolve))
      ;(async () => {
        for (let i = 0; i < 10; i++) { gc(); await settled() }
        functions[0]()
        console.log(words[2].toString(16))
      })()`
    const words = ['--expose-gc', '-e', script]
    const run = spawnSync(process.execPath, words, { encoding: 'utf8' })
    expect(run.stderr).toBe('')
    expect(run.stdout).toBe('464c457f\n') // "\x7fELF"
  })
})

describe('where there is no engine', () => {
  it('says what is possible on another operating system', () => {
    expect(() => loadAddonFor('darwin', 'arm64')).toThrow(
      "this machine's memory can be opened only on Linux, but this is darwin: simulated boards (sim:) work here",
    )
  })

  it('says how to get one for another CPU', () => {
    expect(() => loadAddonFor('linux', 'mips')).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^the engine for linux-mips could not be loaded: /),
        data: {
          platform: 'linux',
          cpu: 'mips',
          cure: `build it with a C compiler: make -C ${join(root, 'native')}`,
        },
      }),
    )
  })

  it('says of an installed package which engines it has', () => {
    const folder = mkdtempSync(join(tmpdir(), 'physmem-package-'))
    try {
      for (const name of ['linux-x64', 'linux-arm64']) {
        mkdirSync(join(folder, 'prebuilds', name), { recursive: true })
      }
      expect(howToGetOne(join(folder, 'prebuilds/linux-mips/physmem.node'))).toBe(
        'run it on a CPU that this package has an engine for (linux-arm64, linux-x64), or build one in a clone of the project',
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
