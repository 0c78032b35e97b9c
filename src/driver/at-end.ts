/**
 * What must be put right when this process ends: normally, by an error that nobody caught, or by a
 * signal. Nothing helps against SIGKILL.
 */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const tasks = new Set<() => void>()

/**
 * Runs `task`, which must be synchronous, when the process ends. The result takes it back.
 *
 * One for all copies of this package in the process: two would each leave a signal to the other.
 */
export const atEnd: typeof add = sharedAdd()

function sharedAdd(): typeof add {
  const key = Symbol.for('physmem.atEnd')
  const shared = globalThis as { [key]?: typeof add }
  shared[key] ??= add
  return shared[key]
}

function add(task: () => void): () => void {
  if (tasks.size === 0) {
    process.on('exit', runAll)
    for (const signal of SIGNALS) process.on(signal, onSignal)
  }
  tasks.add(task)
  return () => remove(task)
}

function remove(task: () => void): void {
  if (!tasks.delete(task) || tasks.size > 0) return
  process.off('exit', runAll)
  for (const signal of SIGNALS) process.off(signal, onSignal)
}

/** The last that was added first: it may rest on those before. Each is tried, whatever others throw. */
function runAll(): void {
  const errors: unknown[] = []
  for (const task of [...tasks].reverse()) {
    remove(task)
    try {
      task()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors)
}

/** Where others listen, too, they decide what the signal means; the task is done when that ends. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return
  runAll()
  // Nobody listens any more: the signal has its usual effect.
  process.kill(process.pid, signal)
}
