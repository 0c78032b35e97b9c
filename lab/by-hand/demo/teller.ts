import { styleText } from 'node:util'
import type { Outcome } from '../../machine/physmem.ts'

/** Where a command is typed. */
export interface Shell {
  /** What stands before its prompt. */
  readonly name: string
  /** Runs `physmem` with these arguments. */
  physmem(commandLine: string): Promise<Outcome>
}

/** Prints a story as it happens. Colours come on a terminal only: styleText looks. */
export class Teller {
  readonly #write: (text: string) => void
  #scenes = 0
  #surprises = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** How many commands ended otherwise than the story says. */
  get surprises(): number {
    return this.#surprises
  }

  line(text = ''): void {
    this.#write(`${text}\n`)
  }

  headline(text: string): void {
    this.line(styleText('bold', text))
  }

  scene(title: string): void {
    this.#scenes += 1
    this.line()
    this.headline(`${this.#scenes}. ${title}`)
  }

  /** Says in one line what comes. */
  say(text: string): void {
    this.line()
    this.line(`   ${text}`)
  }

  /** Shows a command as it is typed, and what it really prints. */
  async run(shell: Shell, commandLine: string, exitCode = 0): Promise<Outcome> {
    const prompt = styleText('gray', `${shell.name} #`)
    this.line(`   ${prompt} ${styleText('cyan', `physmem ${commandLine}`)}`)
    const outcome = await shell.physmem(commandLine)
    for (const line of linesOf(outcome.stdout)) this.line(`   ${line}`)
    for (const line of linesOf(outcome.stderr)) this.line(`   ${styleText('yellow', line)}`)
    if (outcome.exitCode !== 0) this.line(styleText('gray', `   exit code ${outcome.exitCode}`))
    if (outcome.exitCode !== exitCode) {
      this.#surprises += 1
      this.line(styleText('red', `   (unexpected: the story says ${exitCode})`))
    }
    return outcome
  }

  /** Tells what somebody else saw of it. `isSo` is false when it is not what it should be. */
  witness(text: string, isSo: boolean): void {
    if (isSo) {
      this.line(styleText('green', `   ✓ ${text}`))
      return
    }
    this.#surprises += 1
    this.line(styleText('red', `   ✗ ${text}`))
  }
}

const linesOf = (text: string): string[] => text.split('\n').slice(0, text === '' ? 0 : -1)
