import { PhysmemError } from '../../base/errors.ts'
import type { Session } from '../../device/session.ts'
import type { Files } from '../../linux/files.ts'
import { filesAt } from '../../linux/files-at.ts'
import { NO_FILES } from '../../linux/no-files.ts'
import { listFolder } from '../../linux/read.ts'
import { facilitiesOf, isRemote } from '../../machine/facilities.ts'
import { isNamed } from '../../place/named-words.ts'
import { parseTarget } from '../../place/target.ts'
import { printable } from '../../text/refuse.ts'
import type { Entry } from '../frame/command.ts'
import { type Command, refusedOptions } from '../frame/command.ts'
import { type GlobalName, globalOptions } from '../frame/globals.ts'
import {
  type Completes,
  type FileKind,
  longFlag,
  type OptionSpec,
  type OptionSpecs,
} from '../frame/option-spec.ts'
import { beginsLike, type Candidate } from './candidate.ts'
import {
  type DescribedLine,
  HERE,
  type Line,
  NOTHING,
  readLine,
  splitAt,
  takesOptions,
} from './line.ts'
import {
  completeFile,
  completeKind,
  completePath,
  completePlace,
  completeProcess,
  type Surroundings,
} from './places.ts'

/** What the shell may offer for the last word; with `files`, names of files of that kind besides. */
export interface Offer {
  candidates: Candidate[]
  files?: FileKind
}

const helpOption: OptionSpec<boolean> = {
  flags: '--help',
  description: 'print the help',
  fallback: false,
}
/** What commander has besides our commands. */
const help: Candidate = { text: 'help', description: 'print the help of a command' }

const version: OptionSpec<boolean> = {
  flags: '--version',
  description: 'print the version',
  fallback: false,
}

/** Opens all that describes registers. It may reject: then no name is offered. */
export type OpenNames = (line: DescribedLine) => Promise<Session>

/** The groups of targets in the board file of a line. It may throw: then none is offered. */
export type OpenGroups = (line: DescribedLine) => Promise<readonly string[]>

/**
 * The target of a line, which may name it: one machine, and no group. It may reject: then the line is as
 * one without a board file.
 */
export type FindTarget = (line: DescribedLine, given: string | undefined) => Promise<string>

/**
 * What completes the last of `words`, which follow `physmem`; it may be empty. `target` is
 * that of lines which name none. Without `names`, no registers are offered. `told` is the target of
 * whose machine `files` tell.
 */
export async function offer(
  words: readonly string[],
  entries: readonly Entry[],
  files: Files = filesAt(),
  target: string | FindTarget = globalOptions.target.fallback,
  names?: OpenNames,
  groups?: OpenGroups,
  told = HERE,
): Promise<Offer> {
  const current = words.at(-1) ?? ''
  const line = await readLine(words.slice(0, -1), entries)
  line.target = await targetFor(line, target)
  if (isRefused(line)) return { candidates: [] }
  const around = surroundingsOf(line.target, files, told)
  const options = optionsFor(line)
  const behind = line.command?.arguments[line.words.length]
  if (behind?.passed) return completeBy(behind.completes, current, around)

  const withNames = async (word: string, completes: Completes | undefined, byName: boolean) => {
    const places = await completeBy(completes, word, around, line.words[0])
    if (!byName || names === undefined || line.command?.options.chip === undefined) return places
    if (isForPlaces(line)) return places
    const registers = await registersFor(word, line, names)
    return { ...places, candidates: [...keepNames(registers, word), ...places.candidates] }
  }
  const offerValue = async (word: string, spec: Pick<OptionSpec<unknown>, 'completes'>) => {
    const { completes } = spec
    // What may be several targets may be a group.
    const isGroup = word.startsWith('@') && completes === globalOptions.target.completes
    if (!isGroup) return withNames(word, completes, completes === 'place')
    const named = (await groups?.(line).catch(noneOfPhysmem)) ?? []
    return keep(
      named.map((text) => ({ text })),
      word,
    )
  }
  if (line.awaiting) return offerValue(current, line.awaiting)
  const [flag, value] = splitAt(current, '=')
  if (current.startsWith('--') && value !== undefined) {
    const found = options.find((option) => longFlag(option) === flag)
    const { candidates, files } = await offerValue(value, found ?? {})
    const texts = [...candidates.map(({ text }) => text), ...completeFile(value, files)]
    return { candidates: texts.map((text) => ({ text: `${flag}=${text}` })) }
  }
  if (current.startsWith('-')) {
    return keep(
      options.map((option) => ({ text: longFlag(option), description: option.description })),
      current,
    )
  }
  if (line.name === undefined) {
    const all = [...(await commandsFor(entries, line)), help]
    return keep(all, current)
  }
  if (line.name === help.text) {
    return keep(line.words.length === 0 ? await commandsFor(entries) : [], current)
  }
  const specs = line.command?.arguments ?? []
  const last = specs.at(-1)
  const spec = specs[line.words.length] ?? (last?.several ? last : undefined)
  if (spec?.completes === 'kind') {
    // A list is of places of the machine, or of registers, or of a device tree in a file.
    const ofPlaces = line.chip === undefined && line.board === undefined && !ofTree(line)
    return withNames(current, ofPlaces ? 'kind' : undefined, line.words.every(isNamed))
  }
  return withNames(current, spec?.completes, takesNames(spec?.completes))
}

async function targetFor(line: Line, target: string | FindTarget): Promise<string> {
  const [given] = line.given
  if (typeof target === 'string') return given ?? target
  return (await target(line, given).catch(noneOfPhysmem)) ?? given ?? HERE
}

/** What is at which place is known of the machine that was asked only; of this one, root has the same. */
function surroundingsOf(target: string, files: Files, told: string): Surroundings {
  const isTold = target === told || (told === HERE && target === 'sudo:')
  const simulated = !isRemote(target) && target !== HERE
  const asked = isTold || simulated
  return { files: asked ? files : NO_FILES, simulated, asked }
}

/** The command itself will say it. */
function noneOfPhysmem(error: unknown): undefined {
  if (!(error instanceof PhysmemError)) throw error
}

/** What reads each register that it is given by name. */
const READING = ['read', 'wait', 'watch', 'record']

async function registersFor(word: string, line: Line, open: OpenNames): Promise<Candidate[]> {
  // An address, or a kind of place that has no registers.
  if (/^(?:\d|(?!pci:)[a-z][a-z0-9]*:)/.test(word) && !word.includes('.')) return []
  const session = await open(line).catch(noneOfPhysmem)
  if (session === undefined) return []
  const { completeRegister } = await import('./registers.ts')
  const use = line.name === 'write' ? 'write' : READING.includes(line.name ?? '') ? 'read' : 'look'
  return completeRegister(word, session, use)
}

/** What places have after a prefix. */
async function behind(
  prefix: string | undefined,
  word: string,
  around: Surroundings,
): Promise<Offer> {
  const places = prefix === undefined ? [] : await completePlace(prefix + word, around)
  const rest = places.flatMap((place) =>
    place.text.startsWith(prefix ?? '') ? { ...place, text: place.text.slice(prefix?.length) } : [],
  )
  return keep(rest, word)
}

/** Those that people use, and that take what the line has so far: its target, and its options. */
async function commandsFor(entries: readonly Entry[], line: Line = NOTHING): Promise<Candidate[]> {
  const found: Candidate[] = []
  const isLimited = line.target !== HERE || line.options.length > 0
  for (const { name, summary, hidden, load } of entries) {
    if (hidden) continue
    if (isLimited && !takes((await load()).default, line)) continue
    found.push({ text: name, description: summary })
  }
  return found
}

/** Whether a command takes the target of a line, and its options. */
function takes(command: Command, line: Line): boolean {
  const has = facilitiesOf(line.target)
  return takesOptions(command, line) && (command.needs ?? []).every((one) => has.includes(one))
}

/** Whether what the line has so far is refused, whatever follows. */
function isRefused(line: Line): boolean {
  if (line.command && !takes(line.command, line)) return true
  return refusedByTargets(line.given).some((one) => line.options.includes(one))
}

/** Whether options of the line are for places, so that a register by its name is refused. */
function isForPlaces({ command, options, words }: Line): boolean {
  const own = Object.entries(command?.options ?? {})
  if (own.some(([name, { forPlaces }]) => forPlaces && options.includes(name))) return true
  return options.includes('width') && words.every(isNamed)
}

function takesNames(completes: Completes | undefined): boolean {
  if (completes === 'place') return true
  return typeof completes === 'object' && 'place' in completes && completes.place === 'naming'
}

function ofTree({ words: [first = ''] }: Line): boolean {
  return first.startsWith('dtb:')
}

/** What all that can be given with these targets leaves out. */
function refusedByTargets(given: readonly string[]): GlobalName[] {
  const refused: GlobalName[] = []
  if (!given.every((target) => reachOf(target) === 'ssh')) refused.push('keepConnection')
  if (!given.every((target) => ['ssh', 'exec'].includes(reachOf(target)))) refused.push('sudo')
  return refused
}

/** Those that neither the command nor the target refuses. */
function optionsFor({ command, given }: Line): OptionSpec<unknown>[] {
  const refused: string[] = refusedByTargets(given)
  if (command !== undefined) refused.push(...refusedOptions(command))
  const all = Object.entries(globalOptions).filter(([name]) => !refused.includes(name))
  const own = command === undefined ? [version] : specsOf(command.options)
  return [...all.map(([, spec]) => spec), helpOption, ...own]
}

/** By what a machine is reached; of a group that its board file says. */
function reachOf(target: string): string {
  if (target.startsWith('@')) return 'ssh'
  try {
    const parsed = parseTarget(target)
    return parsed.kind === 'remote' ? parsed.reach.by : parsed.kind
  } catch (error) {
    noneOfPhysmem(error)
    return ''
  }
}

async function completeBy(
  completes: Completes | undefined,
  word: string,
  around: Surroundings,
  before = '',
): Promise<Offer> {
  const { files } = around
  const none: Offer = { candidates: [] }
  if (completes === undefined) return none
  if (completes === 'file') return { ...none, files: 'any' }
  if (typeof completes === 'object' && 'file' in completes)
    return { ...none, files: completes.file }
  if (typeof completes === 'object' && 'place' in completes) {
    return keep(await completePlace(word, around, completes.place), word)
  }
  if (typeof completes === 'object' && 'behind' in completes) {
    return behind(completes.behind(before), word, around)
  }
  if (completes === 'place' || completes === 'place-or-file') {
    const places = await completePlace(word, around)
    return completes === 'place' ? keep(places, word) : { ...keep(places, word), files: 'any' }
  }
  if (completes === 'kind') return keep(await completeKind(around), word)
  if (completes === 'process' && around.simulated) return none
  if (completes === 'process') return keep([{ text: 'kernel' }, ...completeProcess(files)], word)
  if (completes === 'pci-function') return offerNames('/sys/bus/pci/devices', word, files)
  if (completes === 'pci-driver') return offerNames('/sys/bus/pci/drivers', word, files)
  if (word.startsWith('sim:') && completes.includes('sim:')) {
    const boards = completePath(word.slice(4), 'board').map((path) => ({ text: `sim:${path}` }))
    return keep(boards, word)
  }
  return keep(
    completes.map((text) => ({ text })),
    word,
  )
}

function offerNames(folder: string, word: string, files: Files): Offer {
  return keep(
    listFolder(files, folder).map((text) => ({ text })),
    word,
  )
}

/** Not what a terminal or the shell would act on: a device, or a file, may be named anything. */
function keep(candidates: Candidate[], word: string): Offer {
  const fits = ({ text }: Candidate) => text.startsWith(word) && printable(text) === text
  return { candidates: candidates.filter(fits) }
}

/** Names may be typed in any case: where none begins as it was typed, the shell puts in the name as it is. */
function keepNames(names: Candidate[], word: string): Candidate[] {
  const { candidates } = keep(names, word)
  if (candidates.length > 0) return candidates
  return names.filter(({ text }) => beginsLike(text, word) && printable(text) === text)
}

function specsOf(specs: OptionSpecs): OptionSpec<unknown>[] {
  return Object.values(specs)
}
