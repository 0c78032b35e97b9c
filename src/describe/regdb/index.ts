/** Register databases of rwmem, version 3 (.regdb). */
export { readRegdb } from './read.ts'
