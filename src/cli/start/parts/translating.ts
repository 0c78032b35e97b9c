/** The command with what translate needs; the build puts it in a file of its own. */
import { start } from '../entry.ts'

start({ saysMachine: true })
