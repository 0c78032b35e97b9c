/** Runs what the fuzz of native/test/fuzz_program.c has found once more, under sanitizers. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const native = fileURLToPath(new URL('../../native/', import.meta.url))

function cannotBuild(): string | undefined {
  const words = ['-fsanitize=address,undefined', '-x', 'c', '-', '-o', '/dev/null']
  const built = spawnSync('cc', words, { input: 'int main(void) { return 0; }' })
  return built.status === 0 ? undefined : 'cc has no sanitizers'
}

const reason = process.platform === 'linux' ? cannotBuild() : 'it needs Linux'

it.skipIf(reason)(
  `hostile programs are refused, or run inside their bounds${reason ? ` [skipped: ${reason}]` : ''}`,
  () => {
    const make = spawnSync('make', ['-C', native, 'fuzz-replay'], { encoding: 'utf8' })
    expect(make.stderr).toBe('')
    const files = readdirSync(`${native}test/corpus`).map((file) => `${native}test/corpus/${file}`)
    expect(files.length).toBeGreaterThan(50)
    const program = `${native}../build/test/linux-${process.arch}/fuzz_replay`
    const run = spawnSync(program, files, { encoding: 'utf8', timeout: 60_000 })
    expect(run.stderr).toBe('')
    expect(run.stdout).toBe(`ok ${files.length} programs\n`)
  },
)
