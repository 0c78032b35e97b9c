/** Run by set-up. `--refresh` looks for newer kernels; `--built` builds the lab's own, too. */
import { cacheFolder } from './cache.ts'
import { forgetKernels, prepareLab } from './preparation.ts'

const report = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

if (process.argv.includes('--refresh')) await forgetKernels()
const failures = await prepareLab(report, { built: process.argv.includes('--built') })
if (failures > 0) report(`lab: ${failures} of its parts are missing; their tests will be skipped`)
else report(`lab: ready in ${cacheFolder()}`)
