import { PhysmemError } from '../../base/errors.ts'
import { after, attempt, type Pending } from '../../base/pending.ts'
import type { Width } from '../../base/width.ts'
import type { Mode } from '../../engine/source.ts'
import { systemAt } from '../../engine/system-at.ts'
import { NO_FILES } from '../../linux/no-files.ts'
import type { LocalSystem, System } from '../../linux/system.ts'
import {
  type Facility,
  facilitiesOf,
  isConnected,
  isDebugPort,
  isRemote,
} from '../../machine/facilities.ts'
import type { Facts } from '../../machine/machine.ts'
import { withFiles } from '../../machine/with-files.ts'
import type { Board, BoardOptions, SimMemory } from '../../memory/sim/index.ts'
import { Blanks } from '../../operate/blanks.ts'
import type { Locator } from '../../operate/locator.ts'
import { refuseUnsaidWidth } from '../../operate/unsaid-width.ts'
import type { Place } from '../../place/schemes/index.ts'
import { atDebugPort, onSimulatedBoard, type Target } from '../../place/target.ts'
import type { Trials } from '../../remote/trials.ts'
import { errorToJson } from '../../report/error.ts'
import { toJson } from '../../report/json.ts'
import { printable } from '../../text/refuse.ts'
import { shellLine } from '../../text/shell-words.ts'
import type { Asking } from '../../translate/asking.ts'
import { wordCure } from '../../wording/cure.ts'
import { BoardConsole } from './board-console.ts'
import type { ContextOptions, Origin } from './context-options.ts'
import { describeError } from './exit.ts'
import type { Settings } from './globals.ts'
import { type Io, UnwritableOutput } from './io.ts'
import {
  type OpenedMachine,
  OpenedMachines,
  type OpenMachine,
  openTarget,
} from './opened-machines.ts'
import { ownWords } from './own-line.ts'
import { namingOrigin, saidTarget } from './said-target.ts'

/** What is asked of a machine; it may load what it needs. */
type Question<T> = (system: System) => T | Promise<T>

/** What a command works with: the global options, the streams, and the machine of the target. */
export class Context {
  readonly command: string
  readonly io: Io
  /** The machine that the command runs on. */
  readonly system: LocalSystem
  /** What the consoles of simulated boards print on. */
  readonly console: BoardConsole
  /** What it was made with. */
  readonly options: ContextOptions
  /**
   * What `--json` prints: `one` document when the command has ended, well or not, with its name,
   * what was recorded, and `error` when it failed; a document a line, of which the last holds the
   * error (`lines`); or what the command itself prints, the error too (`own`).
   */
  jsonStyle: 'one' | 'lines' | 'own' = 'one'
  /** What was read as all ones or zeros, or stored: told when the command has ended. */
  readonly blanks: Blanks
  #document: Record<string, unknown> | undefined
  #settings: Settings
  /** Opens the machine of a target. */
  readonly openMachine: OpenMachine
  readonly #machines: OpenedMachines
  readonly #origin: Origin | undefined
  #done: string | (() => string) | undefined
  #turn: Promise<void> | undefined
  #target: Target | undefined
  /** What waits to be said until it is its turn; `undefined` from then on. */
  #early: string[] | undefined

  constructor(
    command: string,
    settings: Settings,
    io: Io,
    options: ContextOptions = {},
    origin: Origin | undefined = undefined,
  ) {
    this.command = command
    this.#settings = settings
    this.io = io
    this.options = options
    this.#origin = origin
    this.#early = options.turn && []
    this.console = options.console ?? new BoardConsole(io)
    this.system = options.system ?? systemAt()
    this.blanks = new Blanks(this.system)
    this.openMachine = options.openMachine ?? openTarget
    this.#machines = options.machines ?? new OpenedMachines(settings.target)
  }

  /** What was done, to be said when standard output does not take the result; or what tells it. */
  set done(done: string | (() => string)) {
    this.#done = done
  }

  get done(): string | undefined {
    return typeof this.#done === 'function' ? this.#done() : this.#done
  }

  /** The global options. */
  get settings(): Settings {
    return this.#settings
  }

  /** Has what follows be of this width, where the command line leaves it to physmem. */
  useWidth(width: Width): void {
    this.#settings = { ...this.#settings, width }
  }

  /**
   * Throws for places that the target cannot have, which needs no machine to be known, and for those of
   * which nothing says how wide they are; `byWidth` are those that are accessed with --width.
   */
  check(places: readonly Place[], byWidth = places): void {
    this.#target ??= saidTarget(this.settings)
    const check = checks[this.#target.kind]
    // A file is here, whatever the target.
    if (check) for (const place of places) if (place.scheme !== 'file') check(place)
    if (!this.settings.widthGiven) for (const place of byWidth) refuseUnsaidWidth(place)
  }

  /**
   * Resolves when it is this command's turn to act. Before, it has only parsed what it was given: in a
   * batch that is done for all lines before the first acts. `machine` waits by itself. Before it, the
   * places are checked.
   */
  async turn(places: readonly Place[] = [], byWidth = places): Promise<void> {
    this.check(places, byWidth)
    if (this.options.turn === undefined) return
    this.#turn ??= this.options.turn()
    await this.#turn
    const early = this.#early ?? []
    this.#early = undefined
    for (const text of early) this.#say(text)
  }

  /** Says before its turn that this command reads standard input. Throws EUSAGE where another one does. */
  takeInput(): void {
    this.options.input?.take(`line ${this.#origin?.line} reads it`)
  }

  /**
   * The machine of `--target`, closed with this context, for accesses at these places, as `turn` takes
   * them. Throws ESCHEME for a malformed target, and for places that it cannot have.
   */
  async machine(mode: Mode, places: readonly Place[], byWidth = places): Promise<Locator> {
    await this.turn(places, byWidth)
    return await this.opened(mode)
  }

  /** The same when it is its turn, and the places are checked. */
  opened(mode: Mode): Pending<Locator> {
    return after(this.#machines.of(mode, this.#open), (machine) => ({
      locate: (place, length, given = mode) => machine.locate(place, length, given),
    }))
  }

  readonly #open = (mode: Mode, outlives = false): Pending<OpenedMachine> => {
    const { system } = this
    const { actOnPorts, actOnI2c, sudo, keepConnection: keepS, target } = this.settings
    const notify = (text: string) => {
      if (this.settings.verbose) this.complain(text)
    }
    const tellCommand = (argv: readonly string[]) => notify(`runs ${shellLine(argv)}`)
    const onPrint = (byte: number) => this.console.print(byte)
    const openBoard = (file: string) => this.#openBoard(file, { onPrint })
    // What runs there, and the program that leads there, is ended before this one ends; a machine at a
    // debug port is left as it was found.
    const signal = isConnected(target) ? this.io.interrupted() : undefined
    const options = {
      ...{
        system,
        notify,
        actOnPorts,
        actOnI2c,
        sudo,
        keepS,
        signal,
        outlives,
        openBoard,
        tellCommand,
      },
    }
    return attempt(
      () => this.openMachine(target, mode, options),
      (error) => namingOrigin(error, this.settings),
    )
  }

  /**
   * Answers a pure question about the machine of the target: of a simulated board, which tells nothing,
   * as of this machine; of a debug port as of one without devices. It may be asked several times, until
   * all facts that it wants have come.
   */
  async look<T>(question: Question<T>): Promise<T> {
    if (!isRemote(this.settings.target)) return await question(this.#facts)
    const { system, ask } = await this.remoteFacts()
    return await ask(async () => question(system))
  }

  /** The facts of a machine far away, which is reached for it. */
  async remoteFacts(): Promise<Facts> {
    await this.turn()
    return await this.#machines.far('facts', this.#open)
  }

  /** What a doctor may try of the nodes of a machine far away. */
  async remoteTrials(): Promise<Trials> {
    await this.turn()
    return await this.#machines.far('trials', this.#open)
  }

  /** The page tables of a machine far away, to be closed; `undefined` where they are those of this one. */
  async remoteAsking(): Promise<Asking | undefined> {
    if (!isRemote(this.settings.target)) return undefined
    await this.turn()
    return await this.#machines.far('asking', this.#open)
  }

  /**
   * A machine far away, which may take locks, store in files of sysfs, and knows its caches. `outlives`:
   * Ctrl-C of a terminal leaves the way to it, if this reaches it.
   */
  async remoteMachine(
    outlives = false,
  ): Promise<Pick<OpenedMachine, 'asking' | 'caches' | 'locks' | 'sysfs'>> {
    await this.turn()
    return await this.#machines.of('write', (mode) => this.#open(mode, outlives))
  }

  /** What is known of the target's machine before it is reached; `undefined` where it is far away. */
  get facts(): System | undefined {
    return isRemote(this.settings.target) ? undefined : this.#facts
  }

  /** A debug port tells nothing of its machine. */
  get #facts(): System {
    const system = this.system.now()
    return isDebugPort(this.settings.target) ? withFiles(system, NO_FILES) : system
  }

  /**
   * A board that has just been switched on, where the target is a simulated one; `undefined` where it
   * is this machine. Throws ESCHEME for a malformed target.
   */
  async board(): Promise<Board | undefined> {
    return (await this.boardMemory())?.board
  }

  /** The same as a memory; its consoles print nowhere. */
  async boardMemory(): Promise<SimMemory | undefined> {
    const target = saidTarget(this.settings)
    return target.kind === 'sim' ? this.#openBoard(target.board) : undefined
  }

  async #openBoard(file: string, options: BoardOptions = {}): Promise<SimMemory> {
    const { openSim } = await import('../../memory/sim/index.ts')
    return openSim(file, options).catch((error) => namingOrigin(error, this.settings))
  }

  /** Whether the machine that a place is on has this: a file is here, whatever the target. */
  has(facility: Facility, place?: Place): boolean {
    return place?.scheme === 'file' || facilitiesOf(this.settings.target).includes(facility)
  }

  /** Whether the machine that a place is on may have this, but it is not reached from here. */
  isOutOfReach(facility: Facility, place?: Place): boolean {
    return isConnected(this.settings.target) && !this.has(facility, place)
  }

  /** Says why what was read may be no data, or what was stored be lost. Whether anything was said. */
  tellOfSilence(): Pending<boolean> {
    return this.blanks.areNone ? false : this.#tellOfSilence()
  }

  async #tellOfSilence(): Promise<boolean> {
    const hasPci = () => this.has('PCI functions')
    const look = <T>(question: Question<T>) => this.look(question)
    const remarks = await this.blanks.remarks({ look, hasPci }).catch(noneOfTheLost)
    for (const { text, cure } of remarks)
      this.note(text, `  cure: ${wordCure(cure, ownWords(this.settings))}`)
    return remarks.length > 0
  }

  /** Prints lines on stdout: any number of them, in lists. */
  print(...lines: readonly (string | readonly string[])[]): void {
    const all = lines.flat()
    if (all.length === 0) return
    this.console.beforeResult()
    this.io.stdout.write(`${all.join('\n')}\n`)
  }

  /** Says something that is not a result, on stderr, on one line or more; not with `--quiet`. */
  note(...lines: string[]): void {
    const text = lines.map(printable).join('\n')
    if (!this.settings.quiet) this.#sayInTurn(`${this.#speaker}: ${text}\n`)
  }

  /** Says something on stderr, also with `--quiet`: why the exit code is not 0, or what was asked for. */
  complain(text: string): void {
    this.#sayInTurn(`${this.#speaker}: ${printable(text)}\n`)
  }

  /** The same where it is known before the command's turn that there will be none. */
  complainNow(text: string): void {
    this.#say(`${this.#speaker}: ${printable(text)}\n`)
  }

  /** Says on stderr what went wrong, what was done before it, and what helps. */
  tell(error: unknown): void {
    this.#say(describeError(error, this.#speaker, ownWords(this.settings)))
  }

  /** A line that is only tried, or beside one that is wrong, is not run: nothing is to be said of it. */
  #sayInTurn(text: string): void {
    if (this.#early) this.#early.push(text)
    else this.#say(text)
  }

  #say(text: string): void {
    this.console.endLine()
    this.io.stderr.write(text)
  }

  get #speaker(): string {
    const origin = this.#origin
    return origin === undefined ? 'physmem' : `physmem: ${printable(origin.file)}:${origin.line}`
  }

  /** What every JSON document begins with. */
  get head(): Record<string, unknown> {
    const { command } = this
    const { label } = this.options
    const origin = this.#origin
    const { boardTarget, target } = this.settings
    return {
      command,
      ...((label ?? boardTarget) !== undefined && { target }),
      ...(origin && { line: origin.line }),
    }
  }

  /** Adds members to the JSON document, whose type is named. */
  record<Document extends object = never>(members: NoInfer<Partial<Document>>): void {
    if (this.settings.json) this.#document = Object.assign(this.#document ?? {}, members)
  }

  /** Prints one JSON document, whose type is named, on stdout. */
  printJson<Document extends object = never>(document: NoInfer<Document>): void {
    this.console.beforeResult()
    this.io.stdout.write(`${toJson({ ...this.head, ...document })}\n`)
  }

  /** Prints what there is before an error is thrown, which is not lost when that fails, too. */
  printBefore(print: () => void): void {
    try {
      print()
    } catch (error) {
      if (!(error instanceof UnwritableOutput)) throw error
      this.complain(error.message)
    }
  }

  /** Prints the JSON that is due at the end. */
  finish(error?: unknown): void {
    const { jsonStyle } = this
    if (!this.settings.json || jsonStyle === 'own') return
    const failure =
      error === undefined ? {} : { error: errorToJson(error, ownWords(this.settings)) }
    if (jsonStyle === 'one') this.printJson<object>({ ...this.#document, ...failure })
    else if (error !== undefined) this.printJson<object>(failure)
  }

  close(): Pending<void> {
    const closed = this.options.machines === undefined ? this.#machines.close() : undefined
    return after(closed, () => this.#endConsole())
  }

  #endConsole(): void {
    if (this.options.console === undefined) this.console.end()
  }
}

/** What the machines of some targets cannot have. */
const checks: Partial<Record<Target['kind'], (place: Place) => void>> = {
  sim: onSimulatedBoard,
  debug: atDebugPort,
}

/** Of a machine to which the connection is lost nothing more is said. */
function noneOfTheLost(error: unknown): never[] {
  if (error instanceof PhysmemError && error.code === 'ECONNECTION') return []
  throw error
}
