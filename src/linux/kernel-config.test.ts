import { symlinkSync, truncateSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KernelConfig, parseKernelConfig, readKernelConfig, readRelease } from './kernel-config.ts'
import { FakeRoot } from './testing/fake-root.ts'

const text = `#
# Linux/x86 6.12.48 Kernel Configuration
#
CONFIG_CC_VERSION_TEXT="gcc \\"x\\" 14"
CONFIG_ARCH_MMAP_RND_BITS=28
CONFIG_DEVMEM=y
CONFIG_STRICT_DEVMEM=y
# CONFIG_IO_STRICT_DEVMEM is not set
CONFIG_EDAC=m
CONFIG_PHYSICAL_START=0x1000000
`

describe('KernelConfig', () => {
  const config = new KernelConfig(text, '/boot/config')

  it.each([
    ['CONFIG_STRICT_DEVMEM', 'y', 'CONFIG_STRICT_DEVMEM=y'],
    ['CONFIG_EDAC', 'm', 'CONFIG_EDAC=m'],
    ['CONFIG_IO_STRICT_DEVMEM', 'n', '# CONFIG_IO_STRICT_DEVMEM is not set'],
    ['CONFIG_DEVKMEM', 'n', undefined],
    ['CONFIG_STRICT', 'n', undefined],
    ['CONFIG_ARCH_MMAP_RND_BITS', '28', 'CONFIG_ARCH_MMAP_RND_BITS=28'],
    ['CONFIG_PHYSICAL_START', '0x1000000', 'CONFIG_PHYSICAL_START=0x1000000'],
    ['CONFIG_CC_VERSION_TEXT', 'gcc "x" 14', 'CONFIG_CC_VERSION_TEXT="gcc \\"x\\" 14"'],
    ['DEVMEM', 'n', undefined],
    ['CONFIG_.*', 'n', undefined],
  ])('%s is %s', (name, value, line) => {
    expect(config.get(name)).toBe(value)
    expect(config.line(name)).toBe(line)
  })
})

describe('parseKernelConfig', () => {
  it('refuses what is none', () => {
    expect(parseKernelConfig('', '/x')).toBeUndefined()
    expect(parseKernelConfig('<html>', '/x')).toBeUndefined()
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
        const config = parseKernelConfig(`CONFIG_A=y\n${text}`, '/x')
        expect(config?.get('CONFIG_A')).toBe('y')
        config?.get(name)
      }),
    )
  })
})

describe('readKernelConfig', () => {
  const release = '6.12.48-amd64'

  it('prefers that of the running kernel', () => {
    using root = new FakeRoot()
      .put('proc/config.gz', gzipSync('CONFIG_RUNNING=y\n'))
      .put(`boot/config-${release}`, text)
    const config = readKernelConfig(root.files, release)
    expect(config?.source).toBe('/proc/config.gz')
    expect(config?.get('CONFIG_RUNNING')).toBe('y')
  })

  it.each([
    `/boot/config-${release}`,
    `/lib/modules/${release}/config`,
    `/usr/lib/modules/${release}/config`,
    `/lib/modules/${release}/build/.config`,
  ])('takes %s, of the release that runs', (source) => {
    using root = new FakeRoot()
      .put('proc/sys/kernel/osrelease', `${release}\n`)
      .put('proc/config.gz', gzipSync(text).subarray(0, 100))
      .put('boot/config-6.1.0', 'CONFIG_OTHER=y\n')
      .put(source, text)
    expect(readKernelConfig(root.files)?.source).toBe(source)
    expect(readKernelConfig(root.files)?.get('CONFIG_DEVMEM')).toBe('y')
  })

  it('is undefined where there is none, and for a release that is a path', () => {
    using root = new FakeRoot().put('boot/config-a/../../secret', text)
    expect(readKernelConfig(root.files)).toBeUndefined()
    expect(readKernelConfig(root.files, 'a/../../secret')).toBeUndefined()
    expect(readKernelConfig(root.files, '..')).toBeUndefined()
  })

  it('does not read without end', () => {
    using root = new FakeRoot().put(`boot/config-${release}`, text)
    truncateSync(root.at(`boot/config-${release}`), 3 * 2 ** 30)
    expect(readKernelConfig(root.files, release)?.get('CONFIG_DEVMEM')).toBe('y')
    using other = new FakeRoot().folder('boot')
    symlinkSync('/dev/zero', other.at(`boot/config-${release}`))
    expect(readKernelConfig(other.files, release)).toBeUndefined()
  })

  it('does not unpack without end', () => {
    using root = new FakeRoot().put(
      'proc/config.gz',
      gzipSync(Buffer.alloc(32 << 20, 'CONFIG_A=y\n')),
    )
    expect(readKernelConfig(root.files)).toBeUndefined()
  })
})

describe('readRelease', () => {
  it('takes it from either file', () => {
    using root = new FakeRoot().put('proc/version', 'Linux version 6.12.48-amd64 (x@y) #1 SMP\n')
    expect(readRelease(root.files)).toBe('6.12.48-amd64')
    root.put('proc/sys/kernel/osrelease', '6.1.0\n')
    expect(readRelease(root.files)).toBe('6.1.0')
    using empty = new FakeRoot()
    expect(readRelease(empty.files)).toBe('')
  })
})
