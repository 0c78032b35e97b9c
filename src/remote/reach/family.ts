/** The processes that a program has started, and these, and so on. */
import { readFileSync } from 'node:fs'

/** More than any program on the way to a board has. */
const MOST = 1000

/** Ends a process of this one and all that it has started, as far as that is known: proc(5), `children`. */
export function endFamily(pid: number, signal: NodeJS.Signals): void {
  for (const one of familyOf(pid)) {
    try {
      process.kill(one, signal)
    } catch {} // It is gone, or another user's, as what sudo runs: whoever runs it ends it.
  }
}

/** The process, and behind each those that it has started. */
function familyOf(pid: number): number[] {
  const family = [pid]
  for (let at = 0; at < family.length && family.length < MOST; at++) {
    family.push(...childrenOf(family[at] as number))
  }
  return family
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return text.split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
