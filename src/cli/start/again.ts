/** The line of this process from its start, whose words a smaller file of the command refuses. */
import { runBundle } from './bundle.ts'

/** Runs it by the file that has everything, which explains what is refused and ends the process. */
export function runWhole(): Promise<never> {
  runBundle(`${__dirname}/whole.js`, require, undefined)
  return new Promise(() => {})
}
