import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { placeExamples } from '../../place/schemes/index.ts'
import { registry } from '../registry.ts'
import { run } from '../testing/run.ts'
import { has } from '../testing/terminal.ts'
import { globalOptions } from './globals.ts'
import { overview } from './help.ts'
import { longFlag, type OptionSpecs } from './option-spec.ts'

const { out: page } = await run('__man')
const visible = registry.filter(({ hidden }) => !hidden)
/** As a reader sees it. */
const plain = page
  .replaceAll(/\\f[BIR]/g, '')
  .replaceAll('\\-', '-')
  .replaceAll('\\(dq', '"')
  .replaceAll('\\(aq', "'")
  .replaceAll('\\(ti', '~')

describe('the man page', () => {
  it('is in a list in package.json: npm links no other into a man path', () => {
    const { man } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(man).toEqual(['./dist/man/physmem.1'])
  })

  it('has every command with its options and examples, as help has', async () => {
    for (const { name, load } of visible) {
      const { options, examples } = (await load()).default
      expect(plain).toContain(`.SS "physmem ${name}`)
      for (const spec of Object.values(options as OptionSpecs))
        expect(plain).toContain(longFlag(spec))
      for (const [line] of examples) {
        expect(plain).toContain(`physmem ${line}`)
      }
    }
  })

  it('has every kind of place and every option of all commands', () => {
    for (const { example } of placeExamples) expect(plain).toContain(example)
    expect(plain).toContain('pci:8086:100e/bar0')
    for (const spec of Object.values(globalOptions)) expect(plain).toContain(longFlag(spec))
  })

  it('has what help says of the environment, and what a shell shows of signals', async () => {
    const help = (await run('--help')).out
    for (const [name, meaning] of overview.environment) {
      expect(plain).toContain(`\n.TP\n${name}\n${meaning}\n`)
      expect(help).toMatch(new RegExp(`\n  ${name} +${meaning.slice(0, 20)}`))
    }
    expect(plain).toContain('a shell shows 130, 143 or 129')
  })

  it('is ASCII without lines that would be taken for requests', () => {
    expect(page).toMatch(/^[\n -~]+$/)
    for (const line of page.split('\n'))
      expect(line).toMatch(/^(?:$|\.(?:TH|SH|SS|TP|PP|B|nf|fi)\b|[^.'])/)
  })

  it.skipIf(!has('man'))(
    `is read by man without a warning${has('man') ? '' : ' (man is missing)'}`,
    () => {
      const { status, stderr, stdout } = spawnSync('man', ['--warnings', '-l', '-P', 'cat', '-'], {
        input: page,
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C', MANWIDTH: '80' },
      })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toContain('physmem - read, write, wait on and dump')
    },
  )

  it.skipIf(!has('mandoc'))(
    `is taken by mandoc${has('mandoc') ? '' : ' (mandoc is missing)'}`,
    () => {
      const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], {
        input: page,
        encoding: 'utf8',
      })
      // There is no date, so that a build is the same on every day.
      expect(stdout.split('\n').filter((line) => line && !line.includes('missing date'))).toEqual(
        [],
      )
    },
  )
})
