/** How a machine that stopped when it was connected to is left. */

export interface Signs {
  /** What the user says. */
  asked: 'running' | 'stopped' | undefined
  /** That it stopped was told when it was connected to. */
  hasStopped: boolean
  /** What QEMU's `info status` says. */
  status: string | undefined
  /** QEMU's version: major and minor number. */
  version: readonly [number, number, number] | undefined
}

export interface Leaving {
  how: 'running' | 'stopped'
  because: string
}

/**
 * As it was found, as far as that is known. QEMU says that a connection stopped a machine which ran, up
 * to version 8.0 (from 8.1 on, of commit 758370052fb, it does not), and never of one that stood still.
 */
export function leavingOf({ asked, hasStopped, status, version }: Signs): Leaving {
  if (asked !== undefined) return { how: asked, because: 'as the target says' }
  if (hasStopped) return { how: 'running', because: 'it ran before' }
  if (status === 'running') return { how: 'running', because: 'it runs' }
  if (status !== undefined && status !== 'paused') {
    return { how: 'stopped', because: `it was ${status} before` }
  }
  if (version !== undefined && (version[0] < 8 || (version[0] === 8 && version[1] < 1))) {
    return { how: 'stopped', because: 'it was stopped before' }
  }
  return { how: 'running', because: 'whether it ran before is not known' }
}
