import { describe, expect, it } from 'vitest'
import { loadAddon } from '../engine/addon.ts'
import { Frames } from './frames.ts'
import { FakeMachine, flagBits } from './testing/fake-process.ts'

const { pageSize } = loadAddon()

describe('what is known of a frame', () => {
  it('is its flags, its mappings and its cgroup', () => {
    using root = new FakeMachine()
      .frames('kpageflags', { 5: flagBits.lru | flagBits.anon })
      .frames('kpagecount', { 5: 3n })
      .frames('kpagecgroup', { 5: 0n })
    using frames = new Frames(pageSize, root.system)
    expect(frames.flagNames(5)).toEqual(['LRU', 'ANON'])
    expect(frames.mapCount(5)).toBe(3)
    expect(frames.cgroup(5)).toBeUndefined()
    expect(frames.refusals).toEqual([])
  })

  it('is not KSM by a kernel that says so of all anonymous pages, and has none', () => {
    const flags = {
      5: flagBits.anon | flagBits.ksm,
      6: flagBits.anon | flagBits.ksm | flagBits.thp,
    }
    using root = new FakeMachine()
      .put('proc/sys/kernel/osrelease', '6.12.48+deb13-amd64\n')
      .put('sys/kernel/mm/ksm/pages_shared', '0\n')
      .frames('kpageflags', flags)
    const named = () => {
      using frames = new Frames(pageSize, root.system)
      return [frames.flagNames(5), frames.flagNames(6)]
    }
    expect(named()).toEqual([['ANON'], ['ANON', 'THP']])
    root.put('sys/kernel/mm/ksm/pages_shared', '12\n')
    expect(named()).toEqual([
      ['ANON', 'KSM?'],
      ['ANON', 'THP'],
    ])
  })

  it('is nothing where its files cannot be read, and why is told once', () => {
    using root = new FakeMachine()
    using frames = new Frames(pageSize, root.system)
    expect([frames.flags(1), frames.flagNames(2), frames.mapCount(1)]).toEqual(
      Array(3).fill(undefined),
    )
    expect(frames.compound(1)).toBeUndefined()
    expect(frames.refusals.map(({ message }) => message)).toEqual([
      '/proc/kpageflags cannot be opened: the kernel was built without CONFIG_PROC_PAGE_MONITOR, or a container hides it (ENOENT)',
      '/proc/kpagecount cannot be opened: the kernel was built without CONFIG_PROC_PAGE_MONITOR, or a container hides it (ENOENT)',
    ])
  })

  it('is nothing after the last frame', () => {
    using root = new FakeMachine().frames('kpageflags', {})
    using frames = new Frames(pageSize, root.system)
    expect(frames.flags(2 ** 40)).toBeUndefined()
  })
})

describe('a compound page', () => {
  const head = 1024
  const size = 512
  const tails = Array.from({ length: size - 1 }, (_, index) => [head + 1 + index, flagBits.tail])
  const flags = Object.fromEntries([
    [head, flagBits.head],
    ...tails,
    [head + size, flagBits.head],
    [head + size + 1, flagBits.tail],
    [head + size + 2, flagBits.anon],
  ]) as Record<number, bigint>

  it.each([
    ['its first page', head, head, size],
    ['one in the middle', head + 300, head, size],
    ['its last page', head + size - 1, head, size],
    ['the first of the next', head + size, head + size, 2],
    ['the last of the next', head + size + 1, head + size, 2],
  ])('is found from %s', (_, frame, first, pages) => {
    using root = new FakeMachine().frames('kpageflags', flags)
    using frames = new Frames(pageSize, root.system)
    expect(frames.compound(frame)).toEqual({ head: first, size: pages * pageSize })
  })

  it('is none for a page of its own', () => {
    using root = new FakeMachine().frames('kpageflags', flags)
    using frames = new Frames(pageSize, root.system)
    expect(frames.compound(head + size + 2)).toBeUndefined()
  })
})
