/** The program that runs a shell on the other side. */
import type { Reach } from '../../place/target.ts'

/** A way that a program of this machine leads. */
export type ProgramReach = Exclude<Reach, { by: 'unix' | 'serial' }>

type Ssh = Extract<Reach, { by: 'ssh' }>

export function loginOptions({ user, port }: Ssh): readonly string[] {
  return [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
  ]
}

/** The words of ssh that say which host, and as whom. */
export function hostOf(how: Ssh): readonly string[] {
  return [...loginOptions(how), '--', how.host]
}

/** The program and its arguments. */
export function commandOf(
  how: ProgramReach,
  { sudo = false, kept = [] }: { sudo?: boolean; kept?: readonly string[] } = {},
): readonly string[] {
  const shell = sudo ? ['sudo', '-n', '--', 'sh'] : ['sh']
  switch (how.by) {
    case 'exec':
      return [...how.command, ...shell]
    case 'sudo':
      return ['sudo', '--', 'sh']
    case 'ssh': {
      return [
        ...['ssh', '-T', '-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=3'],
        ...kept,
        ...hostOf(how),
        ...shell,
      ]
    }
  }
}
