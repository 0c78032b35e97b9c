import { RequestError } from '../../../base/errors.ts'

/** The commands that a batch may hold: they read or write memory, and come to an end. */
export const inBatches: readonly string[] = [
  ...['read', 'write', 'wait', 'dump', 'load', 'fill', 'copy', 'compare', 'search', 'cache'],
  'devmem',
]

const looks = 'it looks at the machine, and accesses no memory'
const drivers = 'it changes which driver a device has, or which module the kernel has'
const saved = 'it reads or writes many registers at one time: a line of its own does it'

/** Why the others are not for batches. */
export const notInBatches: Readonly<Record<string, string>> = {
  batch: 'a batch holds no other',
  record: 'it may go on until Ctrl-C',
  snapshot: saved,
  diff: saved,
  restore: saved,
  watch: 'it goes on until Ctrl-C',
  buffer: 'it holds RAM for a program, or until Ctrl-C',
  map: looks,
  list: looks,
  translate: looks,
  owners: looks,
  doctor: looks,
  import: 'it makes a file of a description, and accesses no memory',
  bind: drivers,
  kmod: drivers,
  describe: looks,
  chips: looks,
  codegen: 'it makes a file of a description, and accesses no memory',
  lint: 'it reads a file, and accesses no memory',
  completion: 'it is for shells',
  __complete: 'it is for shells',
  __man: 'it is for the build',
}

/** Throws EUSAGE for a command that is not for batches; what is no command is let through. */
export function refuseInBatch(name: string): void {
  const reason = Object.hasOwn(notInBatches, name) ? notInBatches[name] : undefined
  if (reason === undefined) return
  throw new RequestError('EUSAGE', `${name} cannot stand in a batch: ${reason}`, { input: name })
}
