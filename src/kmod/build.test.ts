import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { buildKmod } from './build.ts'

const release = '6.1.0-56-amd64'
let root: FakeRoot
beforeEach(() => {
  root = new FakeRoot()
})
afterEach(() => root[Symbol.dispose]())

/** A build tree that does what a kernel's Makefile does, as far as it matters here. */
function headers(recipe: string): string {
  root.put('headers/Makefile', `modules:\n\t${recipe}\n`)
  return root.at('headers')
}

const build = (folder: string) =>
  buildKmod({ release, headers: folder, folder: root.at('out'), root: root.path })

describe('buildKmod', () => {
  it('builds a copy of the source, and leaves nothing but the module', async () => {
    const seen = 'ls $(M) > $(M)/physmem.ko'
    expect(await build(headers(seen))).toBe(root.at('out/physmem.ko'))
    expect(readdirSync(root.at('out'))).toEqual(['physmem.ko'])
    const names = readFileSync(root.at('out/physmem.ko'), 'utf8').split('\n')
    expect(names).toEqual(expect.arrayContaining(['Kbuild', 'main.c', 'physmem.h']))
    expect(names).not.toContain('dkms.conf')
  })

  it('puts it in the place of an older one only when it was built', async () => {
    root.put('out/physmem.ko', 'old')
    await expect(build(headers('false'))).rejects.toMatchObject({ code: 'EBUILD' })
    expect(readFileSync(root.at('out/physmem.ko'), 'utf8')).toBe('old')
    expect(readdirSync(root.at('out'))).toEqual(['physmem.ko'])
  })

  it.each([' ', '#', '$', ':'])('refuses a folder with %j, which make cannot take', async (one) => {
    const folder = root.at(`a${one}b`)
    await expect(buildKmod({ release, headers: headers('false'), folder })).rejects.toMatchObject({
      name: 'RequestError',
      code: 'EUSAGE',
      message: `the kernel module cannot be built in ${folder}: make cannot take a folder with "${one}" in its name`,
      data: { cure: 'physmem kmod build --output FOLDER' },
    })
    expect(existsSync(folder)).toBe(false)
  })

  it('takes a folder from where it is called, though make runs elsewhere', async () => {
    const folder = relative(process.cwd(), root.at('out'))
    const built = 'ls $(M) > $(M)/physmem.ko'
    const options = { release, headers: headers(built), folder, root: root.path }
    expect(await buildKmod(options)).toBe(root.at('out/physmem.ko'))
  })

  it('says what the compiler said', async () => {
    const failing = headers('@echo "main.c:3:1: error: expected an end" >&2; exit 1')
    await expect(build(failing)).rejects.toMatchObject({
      name: 'RefusedError',
      code: 'EBUILD',
      message: 'the kernel module cannot be built: make failed: main.c:3:1: error: expected an end',
      data: {
        cure: 'see what it printed: physmem kmod build --verbose',
        output: expect.stringContaining('error: expected an end'),
      },
    })
    await expect(build(headers('@exit 3'))).rejects.toThrow(/make failed: make: \*\*\* .*Error 3$/)
  })

  it.each([
    ['ID=debian', `apt install linux-headers-${release}`],
    ['ID=ubuntu\nID_LIKE=debian', `apt install linux-headers-${release}`],
    ['ID="rhel"\nID_LIKE="fedora"', `dnf install kernel-devel-${release}`],
    ['ID=arch', 'pacman -S linux-headers'],
    ['ID=home-made', `install the headers of kernel ${release}`],
  ])('says how to get missing headers (%s)', async (system, cure) => {
    root.put('etc/os-release', `NAME=x\n${system}\n`)
    const error = await buildKmod({ release, root: root.path }).catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'EBUILD',
      message: `the kernel module cannot be built: the headers of kernel ${release} are not installed`,
      data: {
        cure: `${cure}, or give the kernel's build tree with --headers`,
        evidence: [{ file: root.at(`lib/modules/${release}/build`), line: 'does not exist' }],
      },
    })
    expect(existsSync(root.at('var'))).toBe(false)
  })
})
