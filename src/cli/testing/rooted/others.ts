/** As the other files of src/cli/start/parts are. */
import { runRooted } from './run.ts'

runRooted()
