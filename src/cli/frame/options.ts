import type { Base } from '../../text/base.ts'
import type { OptionSpec } from './option-spec.ts'
import { choice } from './parsers.ts'
import { filePath } from './paths.ts'

/** Options that several commands have. */
export const sharedOptions = {
  base: {
    flags: '--base <base>',
    description: 'how values are printed: hex, dec or bin',
    parse: choice<Base>('a base', ['hex', 'dec', 'bin']),
    fallback: 'hex' as Base,
    fallbackText: 'hex',
    completes: ['hex', 'dec', 'bin'],
  } satisfies OptionSpec<Base>,
  unaligned: {
    flags: '--unaligned',
    description: 'access a misaligned place byte by byte instead of refusing it',
    fallback: false as boolean,
  } satisfies OptionSpec<boolean>,
  dryRun: {
    flags: '--dry-run',
    description: 'do all but the accesses: print what would be done, or why it is refused',
    fallback: false as boolean,
  } satisfies OptionSpec<boolean>,
  verify: {
    flags: '--verify',
    description: 'read everything back and compare; exit 3 when it differs',
    fallback: false as boolean,
  } satisfies OptionSpec<boolean>,
  chip: {
    flags: '--chip <file>',
    description: 'what describes the registers: an SVD file, or another description',
    parse: filePath,
    fallback: undefined as string | undefined,
    completes: { file: 'description' },
  } satisfies OptionSpec<string | undefined>,
  board: {
    flags: '--board <file>',
    description: 'the board file instead of the physmem.yaml that is found; none for no board file',
    parse: filePath,
    fallback: undefined as string | undefined,
    completes: { file: 'board' },
  } satisfies OptionSpec<string | undefined>,
  force: {
    flags: '--force',
    description: 'access registers by name against what their description says',
    fallback: false as boolean,
  } satisfies OptionSpec<boolean>,
}
