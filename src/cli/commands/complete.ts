import type { Candidate } from '../complete/candidate.ts'
import { askShellFor } from '../complete/file-kinds.ts'
import { completeFile } from '../complete/places.ts'
import { quoted, readTypedLine } from '../complete/shell-words.ts'
import type { Entry } from '../frame/command.ts'
import { defineCommand, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import type { FileKind } from '../frame/option-spec.ts'
import { offerHere } from './offering.ts'

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
      const typedWords = [...words.slice(0, -1), current]
      const { candidates, files } = await offerHere(context, typedWords, commands)
      const line = ({ text, description }: Candidate) =>
        description === undefined ? text : `${text}\t${description}`
      const paths = (kind: FileKind) =>
        asWords ? completeFile(current, kind) : [askShellFor(kind)]
      context.print(candidates.map(line), files === undefined ? [] : paths(files))
      return 0
    },
  })

/** A line for each reply: what bash puts in place of what it takes for the word. */
async function completeInBash(
  context: Context,
  commands: readonly Entry[],
  line: string,
  breaks: string,
): Promise<0> {
  const { words, quote, kept } = readTypedLine(line, breaks)
  const { candidates, files } = await offerHere(context, words.slice(1), commands)
  const current = words.at(-1) ?? ''
  const texts = [...candidates.map(({ text }) => text), ...completeFile(current, files)]
  context.print(texts.map((text) => quoted(text.slice(kept), quote)))
  return 0
}
