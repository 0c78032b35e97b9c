/**
 * Run by set-up: for the tests, with `--built` for what those in lab/tests/built need besides, or with
 * `--demo` for the demo. `--fetch` builds nothing; `--refresh` looks for newer kernels.
 */
import { cacheFolder } from './cache.ts'
import { forgetKernels, type Purpose, prepareLab } from './preparation.ts'

const has = (option: string): boolean => process.argv.includes(`--${option}`)
const report = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const purpose: Purpose = has('demo') ? 'demo' : has('built') ? 'built' : 'tests'
const fetchOnly = has('fetch')
if (has('refresh')) await forgetKernels()
const failures = await prepareLab(report, purpose, { fetchOnly })
if (failures > 0 && !fetchOnly) {
  report(`lab: ${failures} of its parts are missing; what needs them will be skipped`)
} else if (!fetchOnly) report(`lab: ready in ${cacheFolder()}`)
