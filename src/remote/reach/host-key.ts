/** A host whose key is another than the one that is known, by what ssh says of it. */
import { homedir } from 'node:os'
import { shellLine } from '../../text/shell-words.ts'

/** The line that forgets its old key; `undefined` where ssh says nothing of one. */
export function lineThatForgets(said: string): string | undefined {
  const [, host] = /^Host key for (\S+) has changed /m.exec(said) ?? []
  if (host === undefined) return undefined
  const [, file = usualFile()] = /^Offending \S+ key in (.+):\d+\s*$/m.exec(said) ?? []
  return shellLine(['ssh-keygen', ...(file === usualFile() ? [] : ['-f', file]), '-R', host])
}

const usualFile = () => `${homedir()}/.ssh/known_hosts`
