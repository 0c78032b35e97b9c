import { describe, expect, it } from 'vitest'
import { readSpecialTypes } from './special-types.ts'
import { FakeRoot } from './testing/fake-root.ts'

const symbols = (...names: string[]) =>
  ['_stext', ...names].map((name) => `0000000000000000 T ${name}\n`).join('')

describe('readSpecialTypes', () => {
  it('asks the configuration', () => {
    using root = new FakeRoot()
      .put('proc/sys/kernel/osrelease', '6.12.0\n')
      .put('boot/config-6.12.0', 'CONFIG_MIGRATION=y\n')
      .put('proc/kallsyms', symbols('memory_failure'))
    expect(readSpecialTypes(root.files)).toEqual({
      hwpoison: false,
      migration: 3,
      device: 0,
      marker: true,
      swapError: false,
    })
  })

  it.each([
    ['6.12.0', ['memory_failure', 'migrate_pages'], [true, 3, 0, true, false]],
    ['6.12.0', ['migrate_pages', 'make_device_exclusive_range'], [false, 3, 4, true, false]],
    ['6.15.0', ['make_device_exclusive'], [false, 0, 3, true, false]],
    ['6.1.0', ['__x64_sys_userfaultfd'], [false, 0, 0, true, true]],
    ['6.1.0', ['__arm64_sys_userfaultfd'], [false, 0, 0, false, true]],
  ])('asks the functions of a kernel %s with %j', (release, names, expected) => {
    using root = new FakeRoot()
      .put('proc/sys/kernel/osrelease', `${release}\n`)
      .put('proc/kallsyms', symbols(...names))
    const { hwpoison, migration, device, marker, swapError } = readSpecialTypes(root.files) ?? {}
    expect([hwpoison, migration, device, marker, swapError]).toEqual(expected)
  })

  it('does not guess', () => {
    using root = new FakeRoot()
    expect(readSpecialTypes(root.files)).toBeUndefined()
    root.put('proc/sys/kernel/osrelease', '6.12.0\n').put('proc/kallsyms', '')
    expect(readSpecialTypes(root.files)).toBeUndefined()
  })
})
