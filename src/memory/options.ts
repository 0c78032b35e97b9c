import { checkKind, checkOptions, type OptionKinds, shape } from '../text/options.ts'
import { Program } from './program.ts'
import type { RunOptions, WaitOptions } from './run-options.ts'

const RUN_OPTIONS: OptionKinds<RunOptions> = {
  ...{ signal: 'AbortSignal', buffer: 'Uint8Array', ahead: 'object' },
}

const WAIT_OPTIONS: OptionKinds<WaitOptions> = {
  mask: 'value',
  equals: 'value',
  negate: 'boolean',
  timeoutMs: 'number',
  intervalUs: 'number',
  signal: 'AbortSignal',
}

const { signal: _, ...WINDOW_WAIT_OPTIONS } = WAIT_OPTIONS

/** Of a Program that another copy of the class made, of which a bundle may hold two. */
const PROGRAM = shape<Program>('a Program', {
  steps: 'array',
  encoded: 'Uint8Array',
  end: 'number',
})

/**
 * Throws EUSAGE for what is not a program: a list of steps is none, since nothing has checked it.
 */
export function checkProgram(program: Program): void {
  if (!(program instanceof Program)) checkKind('program', program, PROGRAM)
}

/** Throws EUSAGE for no program, and for options of a run that there are not: before anything is touched. */
export function checkRun(program: Program, options: RunOptions): void {
  checkProgram(program)
  checkOptions('run', options, RUN_OPTIONS, '{ signal }')
}

/** The same of a wait. */
export function checkWaitOptions(options: WaitOptions): void {
  checkOptions('wait', options, WAIT_OPTIONS, '{ equals: 0 }')
}

/** The same of a wait of a window, which returns only when it has ended: no signal could stop it. */
export function checkWindowWaitOptions(options: Omit<WaitOptions, 'signal'>): void {
  checkOptions('a wait of a window', options, WINDOW_WAIT_OPTIONS, '{ equals: 0 }')
}
