/** A page of docs/experiments, followed word by word in a guest. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../../machine/machine.ts'
import { inGuest } from '../../machine/physmem.ts'
import { repositoryRoot } from '../../supply/repository.ts'

/** What a reader types, and what the page says is printed then. */
interface Step {
  readonly typed: string
  readonly shown: string
}

export class Page {
  readonly text: string

  constructor(name: string) {
    this.text = readFileSync(join(repositoryRoot(), 'docs/experiments', `${name}.md`), 'utf8')
  }

  /** Every `sh` block, with the `text` block that follows it. */
  get steps(): Step[] {
    const blocks = this.text.matchAll(/^```sh\n(.*?)^```$(?:\n+^```text\n(.*?)^```$)?/gms)
    return [...blocks].map(([, typed = '', shown = '']) => ({ typed, shown }))
  }

  /** The programs that it shows, of this language. */
  programs(language: string): string[] {
    const blocks = this.text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))
    return [...blocks].map(([, program = '']) => program)
  }

  /**
   * Types all steps into one shell, and gives what was printed after each: in `differences`, where
   * that is not what the page shows. Addresses and numbers of processes are those of the day; what is
   * `exact` must come as it stands. The shell begins in `folder`.
   */
  async follow(
    machine: Machine,
    exact: readonly string[] = [],
    folder = '/root',
  ): Promise<Followed> {
    const { steps } = this
    const typed = steps.map((step) => `{ ${step.typed}} 2>&1\necho "${mark}"\n`)
    const script = `cd ${folder}\n${typed.join('')}`
    const { stdout, stderr } = await inGuest(machine, script, { timeoutMs: 240_000 })
    const printed = stdout.split(`${mark}\n`).slice(0, steps.length)
    const differences = steps.flatMap(({ typed, shown }, index) => {
      const came = printed[index] ?? 'nothing: the shell ended'
      return agree(shown, came, exact) ? [] : [{ typed, shown, came }]
    })
    return { printed, differences, stderr }
  }
}

export interface Followed {
  readonly printed: readonly string[]
  readonly differences: readonly { typed: string; shown: string; came: string }[]
  readonly stderr: string
}

const mark = '-- the step is done --'

/** Word by word, whatever stands between the words. */
function agree(shown: string, came: string, exact: readonly string[]): boolean {
  const [left, right] = [shown, came].map((text) => text.split(/\s+/).filter((word) => word !== ''))
  if (left === undefined || right === undefined || left.length !== right.length) return false
  return left.every((word, index) => {
    const other = right[index] ?? ''
    return word === other || (!exact.includes(word) && shape(word) === shape(other))
  })
}

/** The word with all its numbers alike. */
function shape(word: string): string {
  return word.replaceAll(/0x[0-9a-f]+/g, '0x').replaceAll(/\b\d+\b/g, '1')
}
