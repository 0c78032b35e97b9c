import { PhysmemError } from '../../base/errors.ts'
import type { Session } from '../../device/session.ts'
import type { Files } from '../../linux/files.ts'
import { filesAt } from '../../linux/files-at.ts'
import { NO_FILES } from '../../linux/no-files.ts'
import { listFolder } from '../../linux/read.ts'
import { facilitiesOf, isRemote } from '../../machine/facilities.ts'
import { parseTarget } from '../../place/target.ts'
import { printable } from '../../text/refuse.ts'
import type { Entry } from '../frame/command.ts'
import { type Command, refusedBy, refusedOptions } from '../frame/command.ts'
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
  completeFile,
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

/** What a line says of descriptions, and what it has to do with registers. */
export interface DescribedLine {
  target: string
  command?: Command
  chip?: string | undefined
  board?: string | undefined
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
  const around = surroundingsOf(line.target, files, told)
  const options = optionsFor(line)
  const behind = line.command?.arguments[line.position]
  if (behind?.passed) return completeBy(behind.completes, current, around)

  const withNames = async (word: string, completes: Completes | undefined, byName: boolean) => {
    const places = await completeBy(completes, word, around, line.first)
    if (!byName || names === undefined || line.command?.options.chip === undefined) return places
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
    return keep(line.position === 0 ? await commandsFor(entries) : [], current)
  }
  const specs = line.command?.arguments ?? []
  const last = specs.at(-1)
  const spec = specs[line.position] ?? (last?.several ? last : undefined)
  // Kinds of places stand for any, as for list.
  const isPlace = spec?.completes === 'place' || Array.isArray(spec?.completes)
  return withNames(current, spec?.completes, isPlace)
}

const HERE = globalOptions.target.fallback

async function targetFor(line: Line, target: string | FindTarget): Promise<string> {
  const [given] = line.given
  if (typeof target === 'string') return given ?? target
  return (await target(line, given).catch(noneOfPhysmem)) ?? given ?? HERE
}

/** What is at which place is known of the machine that was asked only; of this one, root has the same. */
function surroundingsOf(target: string, files: Files, told: string): Surroundings {
  const isTold = target === told || (told === HERE && target === 'sudo:')
  const simulated = !isRemote(target) && target !== HERE
  return { files: isTold || simulated ? files : NO_FILES, simulated }
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
async function commandsFor(
  entries: readonly Entry[],
  { target, given, options }: Pick<Line, 'target' | 'given' | 'options'> = NOTHING,
): Promise<Candidate[]> {
  const found: Candidate[] = []
  const has = facilitiesOf(target)
  const isLimited = target !== HERE || options.length > 0
  for (const { name, summary, hidden, load } of entries) {
    if (hidden) continue
    const command = isLimited ? (await load()).default : undefined
    if (command?.needs?.some((one) => !has.includes(one))) continue
    if (command && refusedBy(command).some((one) => options.includes(one))) continue
    if (given.length > 1 && command?.severally === undefined) continue
    found.push({ text: name, description: summary })
  }
  return found
}

/** Those that neither the command nor the target refuses. */
function optionsFor({ command, given }: Line): OptionSpec<unknown>[] {
  const refused = command === undefined ? [] : refusedOptions(command)
  if (!given.every((target) => reachOf(target) === 'ssh')) refused.push('keepConnection')
  if (!given.every((target) => ['ssh', 'exec'].includes(reachOf(target)))) refused.push('sudo')
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

interface Line extends DescribedLine {
  /** The targets that it names. */
  given: readonly string[]
  /** The global options that it has. */
  options: readonly (GlobalName | '--')[]
  name?: string
  /** How many arguments of the command stand before the last word. */
  position: number
  /** The first of them. */
  first?: string
  /** The option whose value the last word is. */
  awaiting?: OptionSpec<unknown>
}

const NOTHING: Line = { position: 0, target: HERE, given: [], options: [] }

async function readLine(words: readonly string[], entries: readonly Entry[]): Promise<Line> {
  const line: Line = { ...NOTHING }
  let options: OptionSpec<unknown>[] = specsOf(globalOptions)
  for (const word of words) {
    if (line.awaiting) {
      keepValue(line, longFlag(line.awaiting), word)
      delete line.awaiting
      continue
    }
    if (line.command?.arguments[line.position]?.passed) continue
    const [flag, value] = splitAt(word, '=')
    const named = Object.entries(globalOptions).find(([, { flags }]) => isOneOf(flags, flag))
    if (named) line.options = [...line.options, named[0] as GlobalName]
    if (value !== undefined) keepValue(line, flag, value)
    if (word.startsWith('-')) {
      const option = options.find(({ flags }) => isOneOf(flags, word))
      if (option?.parse) line.awaiting = option
    } else if (line.name === undefined) {
      line.name = word
      const entry = entries.find(({ name }) => name === word)
      if (entry === undefined) continue
      line.command = (await entry.load()).default
      options = [...options, ...specsOf(line.command.options)]
    } else {
      line.first ??= word
      line.position++
    }
  }
  return line
}

function isOneOf(flags: string, flag: string): boolean {
  return flags.split(/[ ,]+/).includes(flag)
}

function keepValue(line: Line, flag: string, value: string): void {
  if (flag === '--target') line.given = [...line.given, value]
  if (flag === '--chip') line.chip = value
  if (flag === '--board') line.board = value
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

function splitAt(text: string, sign: string): [string, string | undefined] {
  const at = text.indexOf(sign)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
