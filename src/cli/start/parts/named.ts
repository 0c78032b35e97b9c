/** The command with what reads, writes and waits by name need; the build puts it in a file of its own. */
import { start } from '../entry.ts'

start({ saysMachine: true })
