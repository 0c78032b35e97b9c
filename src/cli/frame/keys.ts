/** Keys of the terminal, one at a time. */
import { takeRaw } from './raw-terminal.ts'

/** What a key means, or `continued`: the process was stopped, and goes on. */
export type Key =
  | 'q'
  | 'space'
  | 'up'
  | 'down'
  | 'page up'
  | 'page down'
  | 'home'
  | 'end'
  | 'continued'

/** ECMA-48 and xterm's ctlseqs.txt, in both modes of the cursor keys; and those of less. */
const KEYS: Record<string, Key> = {
  q: 'q',
  Q: 'q',
  ' ': 'space',
  k: 'up',
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  j: 'down',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\x1b[5~': 'page up',
  '\x1b[6~': 'page down',
  g: 'home',
  '\x1b[H': 'home',
  '\x1bOH': 'home',
  '\x1b[1~': 'home',
  G: 'end',
  '\x1b[F': 'end',
  '\x1bOF': 'end',
  '\x1b[4~': 'end',
}

/** Characters that are signals where the terminal is not raw: termios(3), ISIG. */
const SIGNALS: Record<string, NodeJS.Signals> = {
  '\x03': 'SIGINT',
  '\x1a': 'SIGTSTP',
  '\x1c': 'SIGQUIT',
}

/** The keys in what a terminal sent; what is none of them is passed over. */
export function keysIn(text: string): (Key | NodeJS.Signals)[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a key sends.
  const pieces = text.match(/\x1b\[[\d;]*[A-Za-z~]|\x1bO.|[\s\S]/g) ?? []
  return pieces.flatMap((piece) => KEYS[piece] ?? SIGNALS[piece] ?? [])
}

/**
 * Calls `onKey` for each key of the terminal that standard input is, until the returned function is
 * called, the process ends, or is asked to end by a signal: each gives the terminal back as it was.
 * Ctrl-C, Ctrl-Z and Ctrl-\ do what they always do, with the terminal as it was. Whoever calls this
 * must listen to SIGINT, SIGTERM and SIGHUP: this alone keeps them from ending the process.
 */
export function listenToKeys(onKey: (key: Key) => void): () => void {
  const terminal = takeRaw({
    onData(data) {
      for (const key of keysIn(data.toString('latin1'))) {
        if (key.startsWith('SIG')) terminal.raise(key as NodeJS.Signals)
        else onKey(key as Key)
      }
    },
    onContinued: () => onKey('continued'),
    ending: ['SIGINT', 'SIGTERM', 'SIGHUP'],
  })
  return () => terminal.close()
}
