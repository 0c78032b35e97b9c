import { facilitiesOf } from '../../machine/facilities.ts'
import type { Candidate } from '../complete/candidate.ts'
import { type FindTarget, type OpenGroups, type OpenNames, offer } from '../complete/candidates.ts'
import { completeFile } from '../complete/places.ts'
import { quoted, readTypedLine } from '../complete/shell-words.ts'
import { mayBoardSay } from '../frame/board-here.ts'
import type { Entry } from '../frame/command.ts'
import { defineCommand, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { mayBeOfBoard } from '../frame/several/targets.ts'
import { withGroups } from '../frame/several/with-groups.ts'

/** What the scripts of `completion` call; see `complete/scripts.ts`. */
export default (commands: readonly Entry[]) =>
  defineCommand({
    arguments: [
      {
        name: 'word',
        several: true,
        description: 'the words after physmem, the last one unfinished',
      },
    ],
    options: {
      bash: {
        flags: '--bash <characters>',
        description:
          'the word is a whole line, up to the cursor; bash breaks words at these characters',
        parse: (text: string) => text,
        fallback: undefined as string | undefined,
      },
      files: {
        flags: '--files',
        description: 'print names of files as words, too',
        fallback: false as boolean,
      },
      typed: {
        flags: '--typed',
        description: 'the last word may have quotes of a shell',
        fallback: false as boolean,
      },
    },
    examples: [['__complete -- read pci:', 'the PCI devices of this machine']],
    inBatches: 'it is for shells',
    async run(context, args, { bash, files: asWords, typed }) {
      const words = several(args, 0)
      if (bash !== undefined) return completeInBash(context, commands, words[0] ?? '', bash)
      const last = words.at(-1) ?? ''
      // Blanks stand in a word that is being typed only in quotes.
      const current = typed ? readTypedLine(last).words.join(' ') : last
      const { candidates, files } = await offer(
        [...words.slice(0, -1), current],
        commands,
        context.system.files,
        targetFor(context),
        namesFor(context),
        groupsFor(context),
      )
      const line = ({ text, description }: Candidate) =>
        description === undefined ? text : `${text}\t${description}`
      const paths = asWords ? completeFile(current) : [':file']
      context.print(...candidates.map(line), ...(files ? paths : []))
      return 0
    },
  })

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

/** What the line that is being typed could open; it says nothing meanwhile. */
function namesFor({ system, options }: Context): OpenNames {
  return async ({ target, chip, board }) => {
    const { openSession } = await import('./named/session.ts')
    const settings = { target, verbose: false }
    const facts = facilitiesOf(target).includes('named places') ? system.now() : undefined
    return openSession({ facts, options, settings, complain: () => {} }, { chip, board })
  }
}

function groupsFor({ options }: Context): OpenGroups {
  return async ({ board }) => {
    const { groupNames } = await import('../frame/several/groups.ts')
    return groupNames({ board, env: options.env ?? process.env })
  }
}

/** A line for each reply: what bash puts in place of what it takes for the word. */
async function completeInBash(
  context: Context,
  commands: readonly Entry[],
  line: string,
  breaks: string,
): Promise<0> {
  const { words, quote, kept } = readTypedLine(line, breaks)
  const { system } = context
  const { candidates, files } = await offer(
    words.slice(1),
    commands,
    system.files,
    targetFor(context),
    namesFor(context),
    groupsFor(context),
  )
  const current = words.at(-1) ?? ''
  const texts = [...candidates.map(({ text }) => text), ...(files ? completeFile(current) : [])]
  context.print(...texts.map((text) => quoted(text.slice(kept), quote)))
  return 0
}
