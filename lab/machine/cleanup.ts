/**
 * Work to do when this process ends in whatever way it can notice. (A machine also dies with its
 * starter when that is killed outright: QEMU asks the kernel for it, see qemu.ts.)
 */
const tasks = new Set<() => void>()
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
let isInstalled = false

function runAll(): void {
  for (const task of tasks) task()
  tasks.clear()
}

function install(): void {
  if (isInstalled) return
  isInstalled = true
  process.once('exit', runAll)
  for (const signal of signals) {
    process.once(signal, () => {
      runAll()
      // Without another listener the signal has its usual effect; this one has removed itself.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    })
  }
}

/** Registers `task`; the result takes it back. The task must be synchronous. */
export function onProcessEnd(task: () => void): () => void {
  install()
  tasks.add(task)
  return () => tasks.delete(task)
}
