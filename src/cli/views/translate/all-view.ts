import { largest } from '../../../base/extreme.ts'
import type { Files } from '../../../linux/files.ts'
import { isSystemRam, readIomem } from '../../../linux/iomem.ts'
import type { Mapping } from '../../../linux/maps.ts'
import { readProcess } from '../../../linux/processes.ts'
import { errorToJson } from '../../../report/error.ts'
import { toJson } from '../../../report/json.ts'
import { mappingToJson } from '../../../report/mapping.ts'
import { runToJson } from '../../../report/translate.ts'
import { counted } from '../../../text/count.ts'
import { printable } from '../../../text/refuse.ts'
import type { Asking } from '../../../translate/asking.ts'
import { describeMapping, showVirtual } from '../../../translate/mappings.ts'
import { type Run, type Totals, translateAllBy } from '../../../translate/translate-all.ts'
import type { Context } from '../../frame/context.ts'
import { ownWords } from '../../frame/own-line.ts'
import { showSize } from '../format/size.ts'
import { Lines } from './lines.ts'
import { showPhysical } from './text.ts'

/** What all mappings of a process are printed on, run by run. */
interface View {
  mapping(mapping: Mapping): void
  run(run: Run): void
  /** After a failure what was counted is not a total. */
  end(totals: Totals, error?: unknown): void
}

/** Prints everything that a process has mapped, piece by piece. What fails is printed, and thrown. */
export async function printAll(context: Context, asking: Asking, pid: number): Promise<void> {
  const { system } = asking
  const { name, ramEnd } = await asking.ask(() => ({
    name: readProcess(pid, system.files)?.name ?? '',
    ramEnd: endOfRam(system.files),
  }))
  const view = viewFor(context, pid, name, ramEnd)
  const all = translateAllBy(asking, pid)
  try {
    for await (const { mapping, runs } of all.mappings()) {
      view.mapping(mapping)
      for (const run of runs) view.run(run)
    }
  } catch (error) {
    context.printBefore(() => view.end(all.totals, error))
    throw error
  }
  view.end(all.totals)
}

function viewFor(context: Context, pid: number, name: string, ramEnd: number): View {
  const { json, quiet } = context.settings
  if (json) return new JsonView(context, pid, name)
  const lines = new Lines(context)
  return quiet ? new QuietView(lines, ramEnd) : new TextView(lines, ramEnd)
}

/** The largest address of RAM; 0 where that is hidden. */
function endOfRam(files: Files): number {
  return largest(readIomem(files).map(({ name, last }) => (isSystemRam(name) ? last : 0)))
}

/** VIRTUAL PHYSICAL LENGTH of what has a physical address. */
class QuietView implements View {
  readonly #lines: Lines
  readonly #ramEnd: number

  constructor(lines: Lines, ramEnd: number) {
    this.#lines = lines
    this.#ramEnd = ramEnd
  }

  mapping(): void {}

  run({ virtual, address, length, same }: Run): void {
    if (address === undefined) return
    const line = `${showVirtual(virtual)} ${showPhysical(address, this.#ramEnd)} 0x${length.toString(16)}`
    this.#lines.add(same ? `${line} same` : line)
  }

  end(): void {
    this.#lines.flush()
  }
}

class TextView implements View {
  readonly #lines: Lines
  readonly #ramEnd: number

  constructor(lines: Lines, ramEnd: number) {
    this.#lines = lines
    this.#ramEnd = ramEnd
  }

  mapping(mapping: Mapping): void {
    this.#lines.add(describeMapping(mapping))
  }

  run(run: Run): void {
    const where =
      run.address === undefined ? STATES[run.kind] : showPhysical(run.address, this.#ramEnd)
    const notes = [
      ...(run.zeroPage ? ['the zero page'] : run.same ? ['one frame'] : []),
      ...(run.source === undefined ? [] : [`by ${printable(run.source)}`]),
    ]
    const size = showSize(run.length).padStart(10)
    const note = notes.length > 0 ? `  ${notes.join(', ')}` : ''
    this.#lines.add(`  ${showVirtual(run.virtual)}  ${where?.padEnd(14)}  ${size}${note}`)
  }

  end(totals: Totals, error?: unknown): void {
    if (error === undefined) for (const line of totalLines(totals)) this.#lines.add(line)
    this.#lines.flush()
  }
}

/** What stands in place of an address. */
const STATES: Partial<Record<Run['kind'], string>> = {
  swap: 'in swap',
  migration: 'being moved',
  hwpoison: 'broken',
  guard: 'guard region',
  marker: 'marked',
  unknown: 'unknown',
  unresolved: 'address not known',
  'device-private': 'in a device',
}

function totalLines(totals: Totals): string[] {
  const { mappings, mapped, present, huge, zeroPage, swapped, device, guard, runs } = totals
  const parts = [
    ...[`${showSize(mapped)} in ${counted(mappings, 'mapping')}: ${showSize(present)} in RAM`],
    ...(huge > 0 ? [`${showSize(huge)} of it in huge pages`] : []),
    ...(zeroPage > 0 ? [`${showSize(zeroPage)} of it the zero page`] : []),
    ...(swapped > 0 ? [`${showSize(swapped)} in swap`] : []),
    ...(device > 0 ? [`${showSize(device)} of devices`] : []),
    ...(guard > 0 ? [`${showSize(guard)} of guard regions`] : []),
    `${counted(runs, 'run')} of contiguous frames`,
  ]
  const failures = Object.entries(totals.failures).map(([code, count]) => `${count} × ${code}`)
  return [parts.join(', '), ...(failures.length > 0 ? [`no address: ${failures.join(', ')}`] : [])]
}

/** One document, printed piece by piece. */
class JsonView implements View {
  readonly #context: Context
  #mappings = 0
  #runs = 0

  constructor(context: Context, pid: number, process: string) {
    context.jsonStyle = 'own'
    this.#context = context
    const start = toJson({ command: context.command, pid, process }).slice(0, -1)
    this.#print(`${start},"mappings":[`)
  }

  mapping(mapping: Mapping): void {
    this.#close()
    const start = toJson(mappingToJson(mapping)).slice(0, -1)
    this.#print(`${this.#mappings++ > 0 ? ',' : ''}${start},"runs":[`)
    this.#runs = 0
  }

  run(run: Run): void {
    this.#print(`${this.#runs++ > 0 ? ',' : ''}${toJson(runToJson(run))}`)
  }

  end(totals: Totals, error?: unknown): void {
    this.#close()
    const last =
      error === undefined
        ? { totals }
        : { error: errorToJson(error, ownWords(this.#context.settings)) }
    this.#print(`],${toJson(last).slice(1)}\n`)
  }

  #close(): void {
    if (this.#mappings > 0) this.#print(']}')
  }

  #print(text: string): void {
    this.#context.io.stdout.write(text)
  }
}
