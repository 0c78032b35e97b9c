/** The command with what a batch of everyday commands needs; the build puts it in a file of its own. */
import { start } from '../entry.ts'

start({ saysMachine: true })
