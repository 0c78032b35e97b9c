import { AsyncLocalStorage } from 'node:async_hooks'
import { errnoName } from '../base/errno.ts'
import { RunQueue } from '../memory/queue.ts'
import { Malformed, packed, textOf } from './bytes.ts'
import { FRAME_MOST, LOCK_ENDS, LOCK_WAIT_MOST, LOCKS_MOST } from './protocol.ts'
import type { Answer, Session } from './session.ts'

/** Why a file is not locked, though no other has its lock. */
export type LockTrouble =
  | { is: 'foreign'; uid: number }
  | { is: 'no file' | 'link' | 'no folder' | 'unsteady' }
  | { is: 'unopened' | 'refused'; errno: string }

/** Files to be locked, all of them, in this order. */
export interface LockWish {
  paths: readonly string[]
  /** How long another holder of each is waited for, at most 60 s. */
  waitMs: number
  /** Told why one is not locked: what is to be done then is done all the same. */
  tell(path: string, trouble: LockTrouble): void
  /** The error where another keeps one: nothing is done then. */
  held(path: string): Error
}

/** Locks that were asked for. */
interface Asked {
  session: Session
  /** Resolves when none of them is another's; rejects with the error of `held`, and with ECONNECTION. */
  taken: Promise<void>
  isAnswered: boolean
}

/**
 * What is done under locks knows them, however it comes to an access: it carries them in its own
 * request, so that the locks need no trip of their own.
 */
const asked = new AsyncLocalStorage<Asked>()

/** The locks of a session that the caller works under, as long as it is not known whether they were taken. */
export function locksAsked(session: Session): Pick<Asked, 'taken'> | undefined {
  const locks = asked.getStore()
  return locks?.session === session && !locks.isAnswered ? locks : undefined
}

/** Whether a run was not begun, since another has a lock that was asked for. */
export function isLockedOut({ errno }: Answer): boolean {
  return errno === 'EBUSY'
}

/** Makes an access that is no run, under the locks that the caller has asked for: not before it has them. */
export async function underLocks<T>(session: Session, access: () => Promise<T>): Promise<T> {
  await locksAsked(session)?.taken
  return await access()
}

/** Advisory locks of files of an agent's machine. */
export class AgentLocks {
  readonly #session: Session
  /** An agent waits for one client at a time: what is locked out by this process waits here. */
  readonly #queue = new RunQueue()

  constructor(session: Session) {
    this.#session = session
  }

  /**
   * Runs `act` while this client of the agent alone has these locks. The locks are gone with the
   * agent. `act` begins at once: what it looks up and opens does not wait for them, its accesses do.
   * Rejects with the error of `held` where another keeps one; then nothing was accessed.
   */
  hold<T>(wish: LockWish, act: () => Promise<T>): Promise<T> {
    return this.#queue.add(() => this.#hold(wish, act))
  }

  async #hold<T>(wish: LockWish, act: () => Promise<T>): Promise<T> {
    const session = this.#session
    let lockedOut: { error: Error } | undefined
    const taken = this.#take(wish).then((heldPath) => {
      locks.isAnswered = true
      if (heldPath === undefined) return
      lockedOut = { error: wish.held(heldPath) }
      throw lockedOut.error
    })
    const locks: Asked = { session, taken, isAnswered: false }
    // Told by what is done under them.
    taken.catch(() => {})
    try {
      const result = await asked.run(locks, act)
      await taken
      return result
    } catch (error) {
      await taken.catch(() => {})
      throw lockedOut?.error ?? error
    } finally {
      void session.ask('unlock', new Uint8Array(0), left).catch(() => {})
    }
  }

  /** The path that another keeps. Rejects with ECONNECTION. */
  async #take({ paths, waitMs, tell }: LockWish): Promise<string | undefined> {
    const groups = groupsOf(paths)
    const answers = groups.map((group) =>
      this.#session.ask('lock', request(group, waitMs), (answer) => takeEnds(answer, group), {
        moreMs: waitMs * group.length,
      }),
    )
    for (const answer of answers) {
      for (const { path, end } of await answer) {
        if (end.is === 'held') return path
        if (end.is !== 'taken') tell(path, end)
      }
    }
    return undefined
  }
}

type LockEnd = { is: 'taken' } | { is: 'held' } | LockTrouble

/** As many as go in one frame. */
function groupsOf(paths: readonly string[]): string[][] {
  const groups: string[][] = []
  let room = 0
  for (const path of paths) {
    const need = 4 + textOf(path).length
    const last = groups.at(-1)
    if (last !== undefined && last.length < LOCKS_MOST && need <= room) last.push(path)
    else {
      groups.push([path])
      room = FRAME_MOST - 8
    }
    room -= need
  }
  return groups
}

function request(paths: readonly string[], waitMs: number): Uint8Array {
  const texts = paths.map(textOf)
  return packed(
    ...[{ u32: Math.min(waitMs, LOCK_WAIT_MOST) }, { u32: texts.length }],
    ...texts.flatMap((text) => [{ u32: text.length }, text]),
  )
}

function takeEnds(
  { errno, rest }: Answer,
  paths: readonly string[],
): { path: string; end: LockEnd }[] {
  // Of a request before this one another has a lock.
  if (errno === 'EBUSY') return []
  if (errno !== undefined) throw new Malformed(`no lock can be asked for (${errno})`)
  const tried = rest.u32()
  if (tried === 0 || tried > paths.length) throw new Malformed('locks that nobody asked for')
  const ends = paths.slice(0, tried).map((path) => ({ path, end: endOf(rest.u32(), rest.u32()) }))
  const held = ends.findIndex(({ end }) => end.is === 'held')
  const isWhole = held < 0 ? tried === paths.length : held === tried - 1
  if (!isWhole) throw new Malformed('other locks than were asked for')
  return ends
}

function endOf(how: number, detail: number): LockEnd {
  const is = LOCK_ENDS[how]
  switch (is) {
    case undefined:
      throw new Malformed('an end of a lock that there is not')
    case 'foreign':
      return { is, uid: detail }
    case 'unopened':
    case 'refused':
      return { is, errno: errnoName(detail) }
    default:
      return { is }
  }
}

function left({ errno }: Answer): void {
  if (errno !== undefined) throw new Malformed(`the locks were not left (${errno})`)
}
