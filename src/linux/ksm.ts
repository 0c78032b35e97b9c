import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readRelease } from './kernel-config.ts'
import { hasPageFlag, pageFlagNames } from './page-flag-bits.ts'
import { readLine } from './read.ts'

/**
 * What the flag KSM of /proc/kpageflags says on a machine: that a page is shared by equal content,
 * that it may be, or nothing, since the kernel has no such page.
 */
export type KsmTrust = 'certain' | 'perhaps' | 'none'

/**
 * How far the flag KSM can be trusted. Since 6.10, stable_page_flags() of fs/proc/page.c tests
 * `mapping & PAGE_MAPPING_KSM`, two bits of which every anonymous page has one: it sets the flag for
 * all of them. Later kernels compare both bits, and so may any stable one: the release does not tell.
 */
export function readKsmTrust(files: Files = filesAt()): KsmTrust {
  const shared = readLine(files, '/sys/kernel/mm/ksm/pages_shared')
  if (!/^[1-9]\d*$/.test(shared)) return 'none'
  const [, major = '', minor = ''] = /^(\d+)\.(\d+)/.exec(readRelease(files)) ?? []
  const isOlder = Number(major) < 6 || (Number(major) === 6 && Number(minor) < 10)
  return major !== '' && isOlder ? 'certain' : 'perhaps'
}

/** KSM merges single pages only (mm/ksm.c splits others before). */
const NEVER_KSM = ['COMPOUND_HEAD', 'COMPOUND_TAIL', 'HUGE', 'THP']

/** As `pageFlagNames`, but KSM only where it is true, and `KSM?` where it may be. */
export function credibleFlagNames(flags: bigint, trust: KsmTrust): string[] {
  const names = pageFlagNames(flags)
  if (trust === 'none' || NEVER_KSM.some((name) => hasPageFlag(flags, name))) {
    return names.filter((name) => name !== 'KSM')
  }
  return trust === 'certain' ? names : names.map((name) => (name === 'KSM' ? 'KSM?' : name))
}
