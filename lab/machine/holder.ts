/** A process in a guest whose pages are known: see guest/holder.c. */
import type { GuestArch } from '../supply/arch.ts'
import type { ArchiveEntry } from '../supply/cpio.ts'
import { compileForGuest } from '../supply/runner.ts'
import type { Machine } from './machine.ts'
import { inGuest } from './physmem.ts'

const outputFile = '/tmp/holder'

/** The program, to be put into a machine's `files`. */
export async function holderProgram(arch: GuestArch): Promise<ArchiveEntry> {
  return { path: '/lab/holder', source: await compileForGuest(arch, 'holder'), mode: 0o755 }
}

export class Holder {
  readonly pid: number
  /** Virtual addresses of its pages, by what they are. */
  readonly at: Readonly<Record<string, string>>
  readonly #machine: Machine

  constructor(machine: Machine, pid: number, at: Readonly<Record<string, string>>) {
    this.#machine = machine
    this.pid = pid
    this.at = at
  }

  /** What it has printed, as soon as that is what is waited for. */
  output(isThere: (text: string) => boolean): Promise<string> {
    return waitForOutput(this.#machine, isThere)
  }
}

/** Starts the process in the background, with arguments as a shell takes them. */
export async function startHolder(machine: Machine, devices = ''): Promise<Holder> {
  const { stdout } = await inGuest(machine, `/lab/holder ${devices} > ${outputFile} 2>&1 & echo $!`)
  const isThere = (text: string) => text.endsWith('}\n') || text.includes('holder:')
  const text = await waitForOutput(machine, isThere)
  return new Holder(machine, Number(stdout), JSON.parse(text) as Record<string, string>)
}

async function waitForOutput(
  machine: Machine,
  isThere: (text: string) => boolean,
): Promise<string> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const text = (await machine.readFile(outputFile)).toString()
    if (isThere(text)) return text
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`the process has printed only: ${await machine.readFile(outputFile)}`)
}
