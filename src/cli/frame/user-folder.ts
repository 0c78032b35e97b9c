import { lstatSync, mkdirSync, type Stats, statSync } from 'node:fs'

/** Rights of the group and of all others. */
const OTHERS = 0o077

/**
 * Whether nobody but this user can have made or changed it. A code cache is code that V8 runs
 * without a look, and physmem often runs as root.
 */
export function isPrivate({ uid, mode }: Stats): boolean {
  return uid === process.geteuid?.() && (mode & OTHERS) === 0
}

/** What XDG's specification of base directories has for each kind, and where it is in a home. */
const KINDS = {
  cache: ['XDG_CACHE_HOME', '.cache'],
  state: ['XDG_STATE_HOME', '.local/state'],
} as const

/** A folder of this user's: `$XDG_CACHE_HOME/physmem/code`, or below `~/.cache`. */
export class UserFolder {
  readonly path: string
  /** What must be there, and be this user's, for anything to be made in it. */
  readonly #home: string
  /** What is made below it. */
  readonly #names: readonly string[]

  private constructor(home: string, ...names: string[]) {
    this.path = [home, ...names].join('/')
    this.#home = home
    this.#names = names
  }

  /** `undefined` where none can be named, and for a program that runs with another user's rights. */
  static find(
    kind: keyof typeof KINDS,
    names: readonly string[],
    env: Readonly<Record<string, string | undefined>> = process.env,
  ): UserFolder | undefined {
    if (process.geteuid === undefined || process.geteuid() !== process.getuid?.()) return undefined
    const [variable, below] = KINDS[kind]
    const { [variable]: named, HOME: home } = env
    if (named?.startsWith('/')) return new UserFolder(named, ...names)
    if (home?.startsWith('/')) return new UserFolder(home, ...below.split('/'), ...names)
    return undefined
  }

  /** Whether it is a folder, no link to one, and private. Throws when it is not there. */
  isTrusted(): boolean {
    const status = lstatSync(this.path)
    return status.isDirectory() && isPrivate(status)
  }

  /**
   * Makes it where it is missing. Nothing is made in the home of somebody else, which is what `sudo`
   * may leave in $HOME, nor below a folder that others could replace. Throws where it cannot be made,
   * or is not to be trusted.
   */
  make(): void {
    if (statSync(this.#home).uid !== process.geteuid?.()) throw new Error('not our home')
    let path = this.#home
    // One by one: `recursive` tries for ever in /proc, where mkdir(2) says ENOENT.
    for (const name of this.#names) {
      path += `/${name}`
      makeFolder(path)
      if (!isOurs(lstatSync(path))) throw new Error('not our folder')
    }
    if (!this.isTrusted()) throw new Error('not a private folder')
  }
}

/** A folder, no link to one, that others cannot write to. */
function isOurs(status: Stats): boolean {
  return status.isDirectory() && status.uid === process.geteuid?.() && (status.mode & 0o022) === 0
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, 0o700)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
