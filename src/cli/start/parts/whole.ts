/** The command with everything; the build puts it in a file of its own. */
import { start } from '../entry.ts'

start()
