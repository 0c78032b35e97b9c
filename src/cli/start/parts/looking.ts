/** The command with what map and list need; the build puts it in a file of its own. */
import { start } from '../entry.ts'

start({ saysMachine: true })
