import type { Reporter, TestModule } from 'vitest/node'

const shown = 10

/** Ends a run of tests with its slowest files, so that what makes it slow is seen when it comes. */
export class SlowestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const line of slowest(modules.map(measured))) console.log(line)
  }
}

interface Measured {
  readonly file: string
  readonly ms: number
}

const measured = (module: TestModule): Measured => ({
  file: module.relativeModuleId,
  ms: module.diagnostic().duration,
})

/** The lines to print: none for a single file, whose time was told already. */
export function slowest(files: readonly Measured[]): string[] {
  if (files.length < 2) return []
  const sorted = [...files].sort((one, other) => other.ms - one.ms).slice(0, shown)
  const lines = sorted.map(({ file, ms }) => `${(ms / 1000).toFixed(1).padStart(8)} s  ${file}`)
  return ['', ' The slowest files:', ...lines, '']
}
