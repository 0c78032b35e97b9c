import { closeSync, openSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { MappedMemory } from '../engine/mapped.ts'
import * as api from '../kmod/client/ioctl.ts'
import { FakeKmod } from '../kmod/testing/fake-kmod.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { contract } from '../memory/contract/index.ts'
import { asking } from '../refusal/testing/roots.ts'
import { openKmod } from './kmod.ts'

let root: FakeRoot
let kmod: FakeKmod

beforeEach(() => {
  root = asking(new FakeRoot()).put('dev/physmem', new Uint8Array(0x4000))
  kmod = new FakeKmod()
})
afterEach(() => root[Symbol.dispose]())

const open = (caching?: api.MapCaching) =>
  openKmod('write', root.system, { ioctl: kmod.ioctl, ...(caching ? { caching } : {}) })

describe('the memory behind /dev/physmem', () => {
  for (const { name, skip, check } of contract) {
    it(name, async (context) => {
      root.put('proc/cpuinfo', 'address sizes\t: 36 bits physical, 48 bits virtual\n')
      await using memory = new MappedMemory(open())
      const subject = { memory, base: 0, length: 0x4000, widths: [8, 16, 32, 64] as const }
      const reason = skip?.(subject)
      if (reason !== undefined) context.skip(reason)
      await check(subject)
    })
  }

  it('is all that the CPU can address, mapped as was chosen', () => {
    root.put('proc/cpuinfo', 'address sizes\t: 46 bits physical, 48 bits virtual\n')
    const plain = open()
    expect(plain).toMatchObject({ name: root.at('dev/physmem'), base: 0, length: 2 ** 46 })
    expect(kmod.last(api.SET_CACHING)).toBeUndefined()
    plain.close()
    kmod.addressLimit = 2n ** 40n
    const smaller = open()
    expect(smaller.length).toBe(2 ** 40)
    smaller.close()
    kmod.addressLimit = 0n
    const largest = open()
    expect(largest.length).toBe(2 ** 46)
    largest.close()
    const uncached = open('uncached')
    expect(uncached.name).toBe(`${root.at('dev/physmem')} (uncached)`)
    expect(kmod.last(api.SET_CACHING)).toEqual({ caching: 3 })
    uncached.close()
  })

  it('asks the module why it does not map, of the page', () => {
    kmod.answers.set(api.CHECK_MAP.code, { refusal: 5, caching: 1 })
    const source = open('uncached')
    expect(source.explain('EBUSY', 0x12345678)).toEqual({
      code: 'EREFUSED_CACHING',
      reason: 'it is mapped write-back already, and a page can have only one caching (EBUSY)',
      cure: 'map it write-back',
    })
    expect(kmod.last(api.CHECK_MAP)).toMatchObject({
      start: 0x12345000n,
      length: 4096n,
      caching: 3,
    })
    source.close()
  })

  it('says it as the reason of an access', async () => {
    kmod.answers.set(api.CHECK_MAP.code, { refusal: 3 })
    const source = open()
    // /dev/null cannot be mapped.
    const fd = openSync('/dev/null', 'r+')
    await using memory = new MappedMemory({ ...source, fd })
    const error: PhysmemError = await memory.read32(0x1000).catch((reason) => reason)
    closeSync(fd)
    expect(error).toMatchObject({
      code: 'EREFUSED',
      message: `0x00001000 (${root.at('dev/physmem')}) cannot be mapped: the kernel knows of nothing there (ENODEV)`,
    })
  })
})
