import { join } from 'node:path'
import { largest } from '../base/extreme.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readText } from './read.ts'

/** Where a file is in its file system, wherever that is mounted. */
export interface FilePosition {
  /** `sysfs`, `proc`, `ext4`, … */
  type: string
  /** From the root of the file system; `undefined` where no mount that is seen here leads to it. */
  path: string | undefined
}

interface Mount {
  device: string
  inside: string
  point: string
  type: string
}

/**
 * Where the file of a path without links is, through bind mounts and second mounts of its file system,
 * which has the number `MAJOR:MINOR`. `undefined` where /proc/self/mountinfo does not know the file
 * system.
 */
export function positionOf(
  real: string | undefined,
  number: string,
  files: Files = filesAt(),
): FilePosition | undefined {
  const mounts = readMounts(files).filter(({ device }) => device === number)
  const [first] = mounts
  if (first === undefined) return undefined
  const reaching = mounts.filter(({ point }) => real !== undefined && isBelow(real, point))
  // The longest is the innermost, and of two at one point the later one covers the other.
  const depth = largest(reaching.map(({ point }) => point.length))
  const mount = reaching.findLast(({ point }) => point.length === depth)
  if (mount === undefined || real === undefined) return { type: first.type, path: undefined }
  return { type: mount.type, path: join(mount.inside, real.slice(mount.point.length)) }
}

/** Documentation/filesystems/proc.rst, 3.5: `ID PARENT MAJOR:MINOR ROOT POINT … - TYPE SOURCE …`. */
function readMounts(files: Files): Mount[] {
  const lines = (readText(files, '/proc/self/mountinfo') ?? '').split('\n')
  return lines.flatMap((line) => {
    const [mount = '', system = ''] = line.split(' - ')
    const [, , device, inside, point] = mount.split(' ').map(unescaped)
    const [type] = system.split(' ')
    if (device === undefined || inside === undefined || !point || !type) return []
    return [{ device, inside, point, type }]
  })
}

/** Blanks and backslashes are written in octal (fs/proc_namespace.c, mangle). */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
}

function isBelow(path: string, point: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`)
}
