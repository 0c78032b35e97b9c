/** A terminal that gives each key as it is pressed: the only place that changes how a terminal reads. */

export interface RawTerminalOptions {
  onData: (data: Buffer) => void
  /** The process was stopped, and goes on. */
  onContinued: () => void
  /** Signals at which the terminal is given back: those that end the process. */
  ending: readonly NodeJS.Signals[]
}

export interface RawTerminal {
  /** Gives it back as it was, and reads nothing, until `take`: another program asks there. */
  lend(): void
  take(): void
  /** Gives it back, and sends the signal as the terminal would: SIGTSTP to all of a pipeline. */
  raise(signal: NodeJS.Signals): void
  /** Gives it back for good. */
  close(): void
}

/**
 * Takes the terminal that standard input is, which reads by keys from here on and makes no signals of
 * them. It is given back as it was by `close`, at the end of the process, at SIGQUIT and at the signals of
 * `ending`, to which the caller must listen: this alone keeps them from ending the process.
 */
export function takeRaw({ onData, onContinued, ending }: RawTerminalOptions): RawTerminal {
  const { stdin } = process
  let isTaken = false
  const setRaw = (raw: boolean) => {
    // A terminal that is gone takes nothing back.
    if (!stdin.destroyed) stdin.setRawMode(raw)
  }
  const giveBack = () => setRaw(false)
  const take = () => {
    isTaken = true
    setRaw(true)
    stdin.on('data', onData).resume().ref()
  }
  const lend = () => {
    isTaken = false
    giveBack()
    stdin.off('data', onData).pause()
  }
  const raise = (signal: NodeJS.Signals) => {
    giveBack()
    process.kill(signal === 'SIGTSTP' ? 0 : process.pid, signal)
  }
  const continued = () => {
    if (!isTaken) return
    setRaw(true)
    onContinued()
  }
  const onQuit = () => {
    giveBack()
    process.kill(process.pid, 'SIGQUIT')
  }
  const close = () => {
    lend()
    stdin.unref()
    process.off('SIGCONT', continued).off('SIGQUIT', onQuit).off('exit', giveBack)
    for (const signal of ending) process.off(signal, giveBack)
  }
  take()
  stdin.on('error', ignore) // A terminal that is gone cannot be read.
  process.on('SIGCONT', continued).once('SIGQUIT', onQuit).once('exit', giveBack)
  for (const signal of ending) process.once(signal, giveBack)
  return { lend, take, raise, close }
}

function ignore(): void {}
