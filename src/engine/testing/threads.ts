import { readdirSync, readFileSync } from 'node:fs'

/** How many threads of this process are the engine's own: Node's come and go as it likes. */
export function ownThreads(): number {
  return readdirSync('/proc/self/task').filter((id) => nameOf(id) === 'physmem').length
}

function nameOf(id: string): string | undefined {
  try {
    return readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim()
  } catch {
    return undefined // It has ended.
  }
}
