import type { Evidence } from '../base/evidence.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { linkName, readLine, readText } from './read.ts'

/** include/uapi/linux/capability.h, by number. */
const capabilityNames = [
  ...['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_DAC_READ_SEARCH', 'CAP_FOWNER', 'CAP_FSETID'],
  ...['CAP_KILL', 'CAP_SETGID', 'CAP_SETUID', 'CAP_SETPCAP', 'CAP_LINUX_IMMUTABLE'],
  ...['CAP_NET_BIND_SERVICE', 'CAP_NET_BROADCAST', 'CAP_NET_ADMIN', 'CAP_NET_RAW'],
  ...['CAP_IPC_LOCK', 'CAP_IPC_OWNER', 'CAP_SYS_MODULE', 'CAP_SYS_RAWIO', 'CAP_SYS_CHROOT'],
  ...['CAP_SYS_PTRACE', 'CAP_SYS_PACCT', 'CAP_SYS_ADMIN', 'CAP_SYS_BOOT', 'CAP_SYS_NICE'],
  ...['CAP_SYS_RESOURCE', 'CAP_SYS_TIME', 'CAP_SYS_TTY_CONFIG', 'CAP_MKNOD', 'CAP_LEASE'],
  ...['CAP_AUDIT_WRITE', 'CAP_AUDIT_CONTROL', 'CAP_SETFCAP', 'CAP_MAC_OVERRIDE'],
  ...['CAP_MAC_ADMIN', 'CAP_SYSLOG', 'CAP_WAKE_ALARM', 'CAP_BLOCK_SUSPEND', 'CAP_AUDIT_READ'],
  ...['CAP_PERFMON', 'CAP_BPF', 'CAP_CHECKPOINT_RESTORE'],
] as const

export type Capability = (typeof capabilityNames)[number]

/** The capabilities of a set, by rising number; `CAP_63` for one without a name. */
export function namesOfCapabilities(set: bigint): string[] {
  const names: string[] = []
  for (let bit = 0; bit < 64; bit++) {
    if ((set >> BigInt(bit)) & 1n) names.push(capabilityNames[bit] ?? `CAP_${bit}`)
  }
  return names
}

function contains(set: bigint, capability: Capability): boolean {
  return ((set >> BigInt(capabilityNames.indexOf(capability))) & 1n) === 1n
}

/** What this process may do. */
export interface Credentials {
  /**
   * Effective user, as seen in its own user namespace; `undefined` where it cannot be determined.
   */
  uid: number | undefined
  /** Capabilities that count now (CapEff). */
  effective: bigint
  /** Capabilities that this process and its children can ever have (CapBnd). */
  bounding: bigint
  /**
   * Whether the capabilities count for the kernel's memory at all: in another user namespace than
   * the initial one (a rootless container) they may be full, and yet all that is asked for
   * physical memory is refused, since those checks are against the initial one.
   */
  userNamespace: 'initial' | 'other' | 'unknown'
  /** Whether the capability is in the effective set. Says nothing of the namespace. */
  has(capability: Capability): boolean
  /** Whether the process could get the capability: whether it is in the bounding set. */
  mayHave(capability: Capability): boolean
  /** Where each of these facts stands; absent for what could not be read. */
  evidence: { uid?: Evidence; effective?: Evidence; bounding?: Evidence; userNamespace?: Evidence }
}

/** include/linux/proc_ns.h, PROC_USER_INIT_INO: the initial user namespace has this number. */
const initialNamespace = 'user:[4026531837]'

/** What this process may do, from /proc/self. */
export function readCredentials(files: Files = filesAt()): Credentials {
  const status = readText(files, '/proc/self/status') ?? ''
  const lineOf = (key: string) => new RegExp(`^${key}:.*$`, 'm').exec(status)?.[0]
  const fromStatus = (key: string): Evidence | undefined => {
    const line = lineOf(key)
    return line === undefined ? undefined : { file: '/proc/self/status', line }
  }
  const uid = /^Uid:\s*\d+\s+(\d{1,10})\b/.exec(lineOf('Uid') ?? '')?.[1]
  const [effective, bounding] = [setOf(lineOf('CapEff')), setOf(lineOf('CapBnd'))]
  const namespace = readUserNamespace(files)
  const evidence = {
    uid: fromStatus('Uid'),
    effective: fromStatus('CapEff'),
    bounding: fromStatus('CapBnd'),
    userNamespace: namespace.evidence,
  }
  return {
    uid: uid === undefined ? undefined : Number(uid),
    effective,
    bounding,
    userNamespace: namespace.is,
    has: (capability) => contains(effective, capability),
    mayHave: (capability) => contains(bounding, capability),
    evidence: withoutAbsent(evidence),
  }
}

function setOf(line: string | undefined): bigint {
  const digits = /:\s*([0-9a-f]{1,16})\s*$/.exec(line ?? '')?.[1]
  return digits === undefined ? 0n : BigInt(`0x${digits}`)
}

function withoutAbsent(
  evidence: {
    [Key in keyof Credentials['evidence']]-?: Evidence | undefined
  },
): Credentials['evidence'] {
  const known = Object.entries(evidence).filter(([, one]) => one !== undefined)
  return Object.fromEntries(known) as Credentials['evidence']
}

/** The link knows also a namespace whose map looks like the initial one; the map is what people know. */
function readUserNamespace(files: Files): {
  is: Credentials['userNamespace']
  evidence: Evidence | undefined
} {
  const link = linkName(files, '/proc/self/ns/user')
  const map = readLine(files, '/proc/self/uid_map')
  const byLink = link?.startsWith('user:') ? nameOf(link === initialNamespace) : undefined
  const byMap = map === '' ? undefined : nameOf(/^0\s+0\s+4294967295$/.test(map))
  const is = byLink ?? byMap
  if (is === undefined) return { is: 'unknown', evidence: undefined }
  const evidence =
    byMap === is
      ? { file: '/proc/self/uid_map', line: map.split('\n')[0] ?? '' }
      : { file: '/proc/self/ns/user', line: link ?? '' }
  return { is, evidence }
}

function nameOf(initial: boolean): 'initial' | 'other' {
  return initial ? 'initial' : 'other'
}
