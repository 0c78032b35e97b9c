/** Files of /proc that say who asks, and how the kernel was built and started. */
import type { FakeRoot } from '../../linux/testing/fake-root.ts'

/** Root with all capabilities of kernel 6.12. */
export const ALL = '000001ffffffffff'
/** All but CAP_SYS_RAWIO (17). */
export const NO_RAWIO = '000001fffffdffff'

export interface Who {
  uid?: number
  effective?: string
  bounding?: string
  uidMap?: string
}

/** Whoever asks: root with all capabilities, where nothing else is said. */
export function asking(root: FakeRoot, who: Who = {}): FakeRoot {
  const { uid = 0, effective = ALL, bounding = ALL, uidMap = '0 0 4294967295' } = who
  const status = `Name:\tcat\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${effective}\nCapBnd:\t${bounding}\n`
  return root.put('proc/self/status', status).put('proc/self/uid_map', `         ${uidMap}\n`)
}

/** As Debian configures them. */
export const DEBIAN = `CONFIG_DEVMEM=y
CONFIG_DEVPORT=y
CONFIG_STRICT_DEVMEM=y
CONFIG_IO_STRICT_DEVMEM=y
CONFIG_PROC_KCORE=y
CONFIG_PROC_PAGE_MONITOR=y
CONFIG_MODULES=y
`
export const CONFIG_FILE = '/boot/config-6.12.48-amd64'

export function built(root: FakeRoot, config = DEBIAN): FakeRoot {
  return root.put('proc/sys/kernel/osrelease', '6.12.48-amd64\n').put(CONFIG_FILE, config)
}

/** What follows the cures where the module would help, and there is no /proc/modules. */
export const NO_MODULES =
  '; the module of physmem would do, but cannot be loaded: the kernel was built without CONFIG_MODULES (ENOSYS)'
