/** What helps where no agent is reached, by the way to it. */
import { PhysmemError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'
import type { Reach } from '../../place/target.ts'
import { printable } from '../../text/refuse.ts'
import { shellLine } from '../../text/shell-words.ts'
import { WRITE_AGENT } from '../../wording/agent.ts'
import { commandOf, loginOptions, type ProgramReach } from './command.ts'
import type { Deployed } from './deploy.ts'
import { lineThatForgets } from './host-key.ts'

/** How far the program on the way came. */
export interface Course {
  /** Whether sudo is to start the agent there. */
  sudo: boolean
  isStarted: boolean
  /** The shell there has become the agent. */
  agent?: Deployed['agent']
  /** Where it has ended. */
  exitCode?: number | null
  /** What it said last. */
  said?: string
}

/** The exit code of ssh that is its own: all others are those of the program that it runs there. */
const OF_SSH = 255

/** There is no terminal on which sudo could ask. */
const WITHOUT_PASSWORD =
  'sudo must ask for no password there: NOPASSWD in its rules, or log in as root'

/** The same error with a cure, where it has none. */
export function withCure(error: unknown, cure: () => string): unknown {
  if (!(error instanceof PhysmemError) || error.code !== 'ECONNECTION') return error
  return error.data.cure === undefined ? retell(error, { data: { cure: cure() } }) : error
}

/** Most that keeps a program from its work is said and asked where it runs alone. */
export function cureOfProgram(how: ProgramReach, course: Course): string {
  const { sudo, isStarted, exitCode } = course
  if (!isStarted) return NO_PROGRAM[how.by]
  if (course.agent && exitCode !== undefined && !(how.by === 'ssh' && exitCode === OF_SSH)) {
    return NOT_RUNNING
  }
  if (how.by === 'sudo') {
    return 'let this succeed first: sudo true (without a terminal it must ask for no password: NOPASSWD in its rules); or run as root'
  }
  const tail = sudo ? ` (${WITHOUT_PASSWORD})` : ''
  if (how.by === 'ssh' && exitCode === OF_SSH) {
    const forgets = lineThatForgets(course.said ?? '')
    const first = forgets
      ? `where its key may be another, as after a new installation: ${forgets}; `
      : ''
    const there = sudo ? ['sudo', '-n', 'true'] : ['true']
    const line = ['ssh', ...loginOptions(how), how.host, ...there]
    return `${first}let this succeed first: ${shellLine(line)}${tail}`
  }
  const shell = sudo ? ['sudo', '-n', '--', 'sh'] : ['sh']
  const line =
    how.by === 'ssh' ? ['ssh', ...loginOptions(how), how.host, ...shell] : commandOf(how, { sudo })
  return `let this print ok first: echo echo ok | ${shellLine(line)}${tail}`
}

const NO_PROGRAM: Readonly<Record<ProgramReach['by'], string>> = {
  ssh: 'install the ssh client of OpenSSH',
  sudo: 'install sudo, or run as root',
  exec: 'begin exec: with a program of this machine that can be run: its name in PATH, or its path',
}

/** Where the agent that was chosen cannot be run there. */
const NOT_RUNNING = `find out whether one for another CPU runs there (each is written here by: ${WRITE_AGENT}), and let uname -m say that CPU; or run physmem or the devmem of busybox there, or use a debug port of it (gdb:)`

/** How it is said that an agent which was brought says nothing. */
export function unanswered({ cpu, machine }: Deployed['agent']): string {
  return `the agent for ${cpu} (uname -m there says ${printable(machine)}) does not answer`
}

/** Where there is no socket, or nobody listens. */
export function cureOfSocket({ path }: Extract<Reach, { by: 'unix' }>): string {
  return `start what serves there first: for a virtual machine, QEMU with -chardev socket,id=agent,path=${path},server=on,wait=off`
}

/** Where something listens at a socket that is no agent. */
export const NO_AGENT_AT_SOCKET = `let the agent of this physmem serve at the other end (physmem-agent serve), which is written here by: ${WRITE_AGENT}`
