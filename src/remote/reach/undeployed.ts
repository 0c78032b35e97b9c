/** Why no agent was brought to a board. */
import type { PhysmemError } from '../../base/errors.ts'
import { AGENT_CPUS, type AgentCpu } from '../../engine/agent-file.ts'
import { listed } from '../../text/listed.ts'
import { printable } from '../../text/refuse.ts'
import { connectionError } from '../errors.ts'
import type { Said } from './answers.ts'

export function noAgentFor(name: string, cpu: string, there: readonly AgentCpu[]): PhysmemError {
  const isMissing = AGENT_CPUS.some((one) => one === cpu)
  const cure = isMissing
    ? 'use a package that has it, or build it in a clone'
    : 'run physmem or the devmem of busybox there, or use a debug port of it (gdb:)'
  const why = `its CPU is ${printable(cpu)}, for which there is no agent: there are those for ${there.join(', ')}`
  return connectionError(name, why, cure)
}

export function noAgents(name: string): PhysmemError {
  const cure = 'use a package that has them, or build them in a clone'
  return connectionError(name, 'this physmem has no agent for any CPU', cure)
}

/** `folders` are those that were tried, and behind a colon those that could not hold the agent. */
export function noFolder(name: string, folders: string, bytes: number): PhysmemError {
  const [tried = '', full = ''] = folders.split(':')
  const where = printable(tried.trim()) || 'nowhere'
  if (full.trim() !== '') {
    const room = `there is no room for the agent in ${printable(full.trim())}; tried: ${where}`
    return connectionError(name, room, `free ${Math.ceil(bytes / 1024)} KiB there`)
  }
  return connectionError(
    name,
    `there is no folder for the agent in which its programs can run; tried: ${where}`,
    'mount one of them without noexec, or give the user a folder there in which programs may run',
  )
}

export function unknownAnswer(name: string, { word, rest }: Said): PhysmemError {
  const said = printable(`${word} ${rest}`.trim())
  return connectionError(name, `its shell answers something else: ${said}`)
}

export function notWhole(name: string, folder: string): PhysmemError {
  const why = `the agent did not arrive whole in ${printable(folder)}`
  return connectionError(name, why, 'free some space there')
}

/** `programs` are those that the scripts need and the shell does not find. */
export function missingPrograms(name: string, programs: string): PhysmemError {
  const names = programs.split(' ').map(printable)
  const them = names.length === 1 ? 'it' : 'them'
  return connectionError(
    name,
    `its shell finds no ${listed(names, 'and')}, which bringing the agent needs`,
    `install ${them} there (busybox has ${them}), or let PATH of that shell lead to ${them}`,
  )
}
