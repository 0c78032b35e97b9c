/** Runs what the fuzzes of native/test have found once more, and its line with noise, under sanitizers. */
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

const suffix = reason ? ` [skipped: ${reason}]` : ''

it.skipIf(reason).each([
  ['programs are refused, or run inside their bounds', 'fuzz-replay', 'corpus'],
  ['frames are answered, or end the agent', 'fuzz-frames-replay', 'frames'],
  ['packets on a serial line are passed over, or carry data', 'fuzz-line-replay', 'line'],
])(`hostile %s${suffix}`, (_title, target, folder) => {
  const make = spawnSync('make', ['-C', native, target], { encoding: 'utf8' })
  expect(make.stderr).toBe('')
  const corpus = `${native}test/${folder}`
  const files = readdirSync(corpus).map((file) => `${corpus}/${file}`)
  expect(files.length).toBeGreaterThan(10)
  const program = `${native}../build/test/linux-${process.arch}/${target.replaceAll('-', '_')}`
  const run = spawnSync(program, files, { encoding: 'utf8', timeout: 60_000 })
  expect(run.stderr).toBe('')
  expect(run.stdout).toBe(`ok ${files.length} inputs\n`)
})

it.skipIf(reason)(`what goes over a serial line arrives once and in order${suffix}`, () => {
  const make = spawnSync('make', ['-C', native, 'line-test'], { encoding: 'utf8' })
  expect(make.stderr).toBe('')
  const program = `${native}../build/test/linux-${process.arch}/line_test`
  const run = spawnSync(program, { encoding: 'utf8', timeout: 60_000 })
  expect({ out: run.stdout, err: run.stderr }).toEqual({ out: 'ok\n', err: '' })
})
