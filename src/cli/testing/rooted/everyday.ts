/** As src/cli/start/parts/everyday.ts is. */
import { runRooted } from './run.ts'

runRooted({ again: async () => (await import('../../start/again.ts')).runWhole() })
