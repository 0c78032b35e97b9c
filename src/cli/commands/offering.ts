import { PhysmemError } from '../../base/errors.ts'
import type { Files } from '../../linux/files.ts'
import { facilitiesOf } from '../../machine/facilities.ts'
import {
  type FindTarget,
  type Offer,
  type OpenGroups,
  type OpenNames,
  offer,
} from '../complete/candidates.ts'
import { completeFile } from '../complete/places.ts'
import { quoted, readTypedLine } from '../complete/shell-words.ts'
import { mayBoardSay } from '../frame/board-here.ts'
import type { Entry } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import type { Completions } from '../frame/prompt/lines.ts'
import { mayBeOfBoard } from '../frame/several/targets.ts'
import { withGroups } from '../frame/several/with-groups.ts'
import type { SessionContext } from './named/session.ts'

/** What fits the last of these words, of the machine that a command runs on; nothing is said meanwhile. */
export function offerHere(
  context: Context,
  words: readonly string[],
  commands: readonly Entry[],
  files: Files = context.system.files,
  reached: Pick<SessionContext, 'remoteFacts'> = {},
): Promise<Offer> {
  const names = namesFor(context, reached)
  const told = files === context.system.files ? undefined : context.settings.target
  return offer(words, commands, files, targetFor(context), names, groupsFor(context), told)
}

/**
 * What fits a line that is typed at a prompt, up to the cursor. The places of a machine far away, which
 * `context` has reached, are asked of that machine.
 */
export async function offerAtPrompt(
  context: Context,
  line: string,
  commands: readonly Entry[],
): Promise<Completions> {
  const { words, quote, kept } = readTypedLine(line)
  const asked = words[0] === 'physmem' && words.length > 1 ? words.slice(1) : words
  const taken = await takenAtPrompt(commands)
  const { candidates, files } = await offerThere(context, asked, taken).catch(noneOfPhysmem)
  const current = words.at(-1) ?? ''
  const texts = [...candidates.map(({ text }) => text), ...completeFile(current, files)]
  const replaced = quoted(current.slice(kept), quote)
  if (!line.endsWith(replaced)) return { texts: [], replaced: '' }
  const written = texts.map((text) => quoted(text.slice(kept), quote))
  const [only = '', ...others] = written
  const isWhole = others.length === 0 && quote === '' && only !== '' && !/[:/=.]$/.test(only)
  return { texts: isWhole ? [`${only} `] : written, replaced }
}

async function takenAtPrompt(commands: readonly Entry[]): Promise<Entry[]> {
  const loaded = await Promise.all(
    commands.map(async (entry) => ({ entry, command: (await entry.load()).default })),
  )
  return loaded.flatMap(({ entry, command }) => (command.atPrompt === undefined ? [entry] : []))
}

/** The command itself will say it. */
function noneOfPhysmem(error: unknown): Offer {
  if (!(error instanceof PhysmemError)) throw error
  return { candidates: [] }
}

async function offerThere(context: Context, words: readonly string[], commands: readonly Entry[]) {
  const { facts } = context
  const isOther = words.some((word) => /^(?:-t|--target)/.test(word))
  if (isOther) return await offerHere(context, words, commands)
  if (facts !== undefined) return await offerHere(context, words, commands, facts.files)
  const { system, ask } = await context.remoteFacts()
  const reached = { remoteFacts: async () => ({ system, ask }) }
  return await ask(() => offerHere(context, words, commands, system.files, reached))
}

/** The target that the line will have; of a group the first, since a board file is for all of them. */
function targetFor({ io, settings, options }: Context): FindTarget {
  const { env = process.env } = options
  return async ({ board, command }, given) => {
    const values = { board }
    let target = given ?? settings.target
    const isOfBoard = given === undefined && mayBeOfBoard({ settings })
    if (isOfBoard && !command?.takesNoBoardTarget && mayBoardSay(board, env)) {
      const { boardTarget } = await import('../frame/several/board-target.ts')
      target = boardTarget(values, env).target ?? target
    }
    const asked = { settings: { ...settings, target, verbose: false }, values }
    const { targets } = await withGroups(asked, env, io)
    return targets[0] ?? target
  }
}

/** What the line that is being typed could open. */
function namesFor(
  { system, options }: Context,
  reached: Pick<SessionContext, 'remoteFacts'>,
): OpenNames {
  return async ({ target, chip, board }) => {
    const { openSession } = await import('./named/session.ts')
    const settings = { target, verbose: false }
    const facts = facilitiesOf(target).includes('named places') ? system.now() : undefined
    const context = { facts, options, settings, complain: () => {}, ...reached }
    return openSession(context, { chip, board })
  }
}

function groupsFor({ options }: Context): OpenGroups {
  return async ({ board }) => {
    const { groupNames } = await import('../frame/several/groups.ts')
    return groupNames({ board, env: options.env ?? process.env })
  }
}
