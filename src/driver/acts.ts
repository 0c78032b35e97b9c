import type { LocalSystem, System } from '../linux/system.ts'
import { SysfsError, writeSysfs } from './sysfs.ts'

/** One thing that work asks of a machine: what it tells of itself, or a text to be stored in a file of sysfs. */
type Act = { question: (system: System) => unknown } | { path: string; text: string }

/**
 * Work on a machine, wherever that is: on this one it is done without a pause, so that it can be done at
 * the end of the process, too; far away each act is waited for.
 */
export type Acts<T> = Generator<Act, T, unknown>

/** A machine far away that stores in its files of sysfs. */
export interface FarMachine {
  /** Answers a pure question, which is asked again until all facts that it wants have come. */
  look<T>(question: (system: System) => T | Promise<T>): Promise<T>
  /** Resolves with the errno with which it was refused. */
  write(path: string, text: string): Promise<string | undefined>
}

/** Answers a pure question about the machine at this moment. */
export function* ask<T>(question: (system: System) => T): Acts<T> {
  return (yield { question }) as T
}

/** Stores a text in a file of sysfs. Throws a SysfsError. */
export function* store(path: string, text: string): Acts<void> {
  yield { path, text }
}

/** Does work on this machine. */
export function actHere<T>(acts: Acts<T>, system: LocalSystem): T {
  let next = acts.next()
  while (!next.done) {
    const act = next.value
    let told: unknown
    try {
      if ('question' in act) told = act.question(system.now())
      else writeSysfs(system.at(act.path), act.text)
    } catch (error) {
      next = acts.throw(error)
      continue
    }
    next = acts.next(told)
  }
  return next.value
}

/** The same on a machine far away. */
export async function actFar<T>(acts: Acts<T>, machine: FarMachine): Promise<T> {
  let next = acts.next()
  while (!next.done) {
    const act = next.value
    let told: unknown
    try {
      if ('question' in act) told = await machine.look(act.question)
      else await storeFar(machine, act.path, act.text)
    } catch (error) {
      next = acts.throw(error)
      continue
    }
    next = acts.next(told)
  }
  return next.value
}

async function storeFar(machine: FarMachine, path: string, text: string): Promise<void> {
  const errno = await machine.write(path, text)
  if (errno !== undefined) throw new SysfsError(path, { code: errno })
}
