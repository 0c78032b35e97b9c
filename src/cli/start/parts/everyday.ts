/** The command with what the commands need that scripts run by the thousand; the build puts it in a file of its own. */
import { start } from '../entry.ts'

start({ saysMachine: true, again: async () => (await import('../again.ts')).runWhole() })
