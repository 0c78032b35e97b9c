import { existsSync } from 'node:fs'
import { sentence } from '../base/cure.ts'
import { RequestError } from '../base/errors.ts'
import { type FoundRegister, find } from '../describe/lookup.ts'
import { glob, isPattern } from '../describe/match.ts'
import { sharingAt, sharingInBlock } from '../describe/sharing.ts'
import type { System } from '../linux/system.ts'
import { placeAt, showPlace } from '../place/at.ts'
import { formatNamed, type NamedOperand } from '../place/named.ts'
import { formatPlace } from '../place/place.ts'
import { onSimulatedBoard } from '../place/target.ts'
import { clip, quote, refusal } from '../text/refuse.ts'
import { nearest } from '../text/suggest.ts'
import { remedied } from '../wording/cure.ts'
import type { BoardFile } from './board-file.ts'
import { isFile } from './files.ts'
import type { Live, LiveDevice } from './live.ts'
import { loadSource } from './load.ts'
import { baseOf, isPlaced, registersAt, withoutPlace } from './located.ts'
import { nothingNamed } from './nothing-named.ts'
import type { UnusableBlock } from './placed.ts'
import type { DeviceRegister } from './register.ts'
import {
  blockIn,
  blockNames,
  type Kind,
  knows,
  onlyBlock,
  placedBlocks,
  type Source,
} from './sources.ts'
import { checkTrusted } from './trusted.ts'
import { refuseUnusable, unusableIn, unusableText, usableOf } from './unusable.ts'

export interface SessionOptions {
  /** A file that describes the chip. */
  chip?: string | undefined
  /** What says what is where. */
  board?: BoardFile | undefined
  /** What a simulated board says of itself. */
  simulated?: Source | undefined
  /** What a machine tells of itself; absent on one that gives nothing. */
  system?: System | undefined
  /** Asks a question of that system again until all facts that it wants have come; see `Facts`. */
  ask?: (<T>(question: () => Promise<T>) => Promise<T>) | undefined
  /** Where no place is taken: what nothing is named is not a place that is misspelt. */
  onlyNames?: boolean | undefined
  /** Is told, once each, of blocks that a pattern means and that are not used; without it, that is an error. */
  tell?: ((text: string) => void) | undefined
}

/** All that describes the registers of one machine, and finds them by their names. */
export class Session {
  /** In the order in which they are asked. */
  readonly sources: readonly Source[]
  readonly #system: System | undefined
  readonly #ask: SessionOptions['ask']
  readonly #onlyNames: boolean
  readonly #isSimulated: boolean
  readonly #tell: SessionOptions['tell']
  readonly #told = new Set<string>()
  readonly #files: Set<string>
  #live: Live | undefined

  private constructor(
    sources: readonly Source[],
    { system, ask, onlyNames = false, tell, simulated }: SessionOptions,
    files: Set<string>,
  ) {
    this.sources = sources
    this.#files = files
    this.#system = system
    this.#ask = ask
    this.#onlyNames = onlyNames
    this.#isSimulated = simulated !== undefined
    this.#tell = tell
  }

  /** The files that were read so far for what they describe. */
  get files(): readonly string[] {
    return [...this.#files]
  }

  /** Loads what the options name. Nothing of the machine is accessed. Rejects as the readers do. */
  static async open(options: SessionOptions): Promise<Session> {
    const { board, simulated } = options
    const chip = options.chip ?? board?.chip
    const overlays = options.chip === undefined ? (board?.overlays ?? []) : []
    const sources: Source[] = []
    const trust = trustOf(board)
    const files = new Set(board && [board.path])
    if (chip !== undefined) {
      const check = noting(files, options.chip === undefined ? trust : undefined)
      sources.push(await loadSource(chip, overlays, check))
    }
    if (simulated !== undefined) sources.push(simulated)
    const session = new Session(sources, options, files)
    if (board === undefined) return session
    const placed = await placedBlocks(board, (is) => session.#kind(is, trust))
    if (placed === undefined) return session
    // What the board says of itself goes before what the chip says of all of its kind.
    return new Session([placed, ...sources], options, files)
  }

  /** All devices that the machine itself names, of kinds that are described. */
  devices(): Promise<LiveDevice[]> {
    return this.#asking(() => this.#devices())
  }

  /** The same, each with why it may not answer. */
  devicesAsTheyAre(): Promise<(LiveDevice & { asleep: string | undefined })[]> {
    return this.#asking(async () =>
      (await this.#devices()).map((device) => ({ ...device, asleep: device.whyAsleep() })),
    )
  }

  /** The registers that an operand means. Rejects with a RequestError for what means none. */
  find(operand: NamedOperand): Promise<DeviceRegister[]> {
    return this.#asking(() => this.#find(operand))
  }

  /**
   * The same to be looked at: a pattern means devices of the machine, too. Rejects as `find` does.
   */
  list(operand: NamedOperand): Promise<DeviceRegister[]> {
    return this.#asking(() => this.#list(operand))
  }

  /** Of a machine far away what was kept of a look before all facts had come is forgotten. */
  #asking<T>(question: () => Promise<T>): Promise<T> {
    if (this.#ask === undefined) return question()
    return this.#ask(() => {
      this.#live = undefined
      return question()
    })
  }

  async #devices(): Promise<LiveDevice[]> {
    return (await (await this.#openLive())?.devices()) ?? []
  }

  async #find(operand: NamedOperand): Promise<DeviceRegister[]> {
    if (operand.at !== undefined || operand.pci !== undefined) return this.#put(operand)
    const [first = ''] = operand.path.split('.')
    if (isPattern(first)) return this.#matching(operand)
    for (const source of this.sources) {
      refuseUnusable(source, first)
      if (!knows(source, first)) continue
      return find(source.device, operand.path).map((found) => this.#located(source, found))
    }
    const live = await this.#liveDevice(first)
    if (live !== undefined) return this.#onDevice(live, operand.path.slice(first.length + 1))
    throw await this.#unknown(operand, first)
  }

  async #list(operand: NamedOperand): Promise<DeviceRegister[]> {
    const [first = ''] = operand.path.split('.')
    const isPut = operand.at !== undefined || operand.pci !== undefined
    if (isPut || !isPattern(first)) return this.#find(operand)
    const rest = operand.path.slice(first.length + 1)
    const devices = await this.#devices()
    const { found } = this.#matchingSources(operand, first)
    for (const isFolded of [false, true]) {
      const fits = glob(first, isFolded)
      for (const device of devices.filter(({ name }) => fits(name))) {
        found.push(...orNone(() => this.#onDevice(device, rest)))
      }
      if (found.length > 0) return found
    }
    return this.#matching(operand)
  }

  /** A name in all descriptions, since a pattern may mean blocks of several. */
  #matching(operand: NamedOperand): DeviceRegister[] {
    const [first = ''] = operand.path.split('.')
    const { found, unusable, kind } = this.#matchingSources(operand, first)
    if (found.length > 0) return found
    if (unusable !== undefined) throw unusable.why
    if (kind !== undefined) throw withoutPlace(kind)
    const path = quote(operand.path)
    const none =
      this.sources.length === 0
        ? `no register matches ${path}: no description is in use`
        : `no register of ${this.sources.map(({ from }) => clip(from)).join(', ')} matches ${path}`
    throw refusal('ENOPLACE', none, operand.path)
  }

  /**
   * What a pattern fits, the first of the blocks that it means and that are not used, and the name of
   * the first that is a kind of block: as long as nothing says where one is, it has no registers.
   */
  #matchingSources(
    operand: NamedOperand,
    first: string,
  ): { found: DeviceRegister[]; unusable?: UnusableBlock; kind?: string } {
    const unusable = this.sources.flatMap((source) => unusableIn(source, first))
    let kind: string | undefined
    const found = this.sources.flatMap((source) =>
      orNone(() => {
        const fitting = find(usableOf(source, first), operand.path)
        const placed = fitting.filter(({ block }) => isPlaced(block))
        kind ??= fitting.find(({ block }) => !isPlaced(block))?.blockPath
        return placed.map((found) => this.#located(source, found))
      }),
    )
    if (found.length > 0) for (const one of unusable) this.#tellOf(one)
    return {
      found,
      ...(unusable[0] && { unusable: unusable[0] }),
      ...(kind !== undefined && { kind }),
    }
  }

  #tellOf(block: UnusableBlock): void {
    if (this.#tell === undefined) throw block.why
    const text = unusableText(block)
    if (!this.#told.has(text)) this.#tell(text)
    this.#told.add(text)
  }

  #located(source: Source, found: FoundRegister): DeviceRegister {
    const { block } = found
    return {
      name: found.path,
      found,
      place: placeAt(baseOf(block, found.blockPath), found.offset),
      sharing: () => this.#sharing(found),
      endian: found.register.endian ?? block.endian ?? source.device.endian,
      from: source.from,
    }
  }

  /** Blocks may lie on each other; of one without an address only its own registers are known. */
  #sharing(found: FoundRegister): FoundRegister[] {
    const { at, base } = found.block
    if (at !== undefined || base === undefined) return [...sharingInBlock(found)]
    const address = base + found.offset
    // A block whose overlay is wrong is used for nothing, so that it hides nothing either.
    return this.sources.flatMap(({ device }) =>
      orNothing(() => [...sharingAt(device, address, found)]),
    )
  }

  /** A kind of block that is put at a place, or what a place is known to be. */
  async #put(operand: NamedOperand): Promise<DeviceRegister[]> {
    const { is, at, pci, path } = operand
    if (at !== undefined && this.#isSimulated) onSimulatedBoard(at)
    const kind = is === undefined ? undefined : await this.#kind(is)
    if (at !== undefined && kind !== undefined) {
      return registersAt(kind, path, {
        name: formatNamed({ is: is ?? '', at, path: '' }, (place) => showPlace(place)),
        place: at,
        from: kind.from,
      })
    }
    const live = await this.#openLive()
    const where = pci ?? (at === undefined ? '' : formatPlace(at))
    const device = await live?.functionAt(where, kind, at)
    if (device !== undefined) return this.#onDevice(device, path)
    const message = `it is not known what ${clip(where)} is: name its description, as in BLOCK@${clip(where)}`
    throw refusal('ENOPLACE', message, where)
  }

  /**
   * Of a device of several blocks what any of them has; of several registers those that the device
   * has room for: an adapter of 6 ports has no registers of 32.
   */
  #onDevice({ name, blocks, whyAsleep }: LiveDevice, path: string): DeviceRegister[] {
    let missed: unknown
    const all: DeviceRegister[] = []
    for (const { kind, place, behind, length = Number.POSITIVE_INFINITY } of blocks) {
      try {
        const every = registersAt(kind, path, { name, place, from: kind.from })
        const isThere = ({ found }: DeviceRegister) =>
          found.offset + found.register.width / 8 <= length
        const found = every.length === 1 ? every : every.filter(isThere)
        all.push(
          ...found.map(({ place, ...one }): DeviceRegister => {
            return behind === undefined ? { ...one, place } : { ...one, start: place, behind }
          }),
        )
      } catch (error) {
        if (!(error instanceof RequestError) || error.code !== 'ENOPLACE') throw error
        if (missed === undefined || error.data.suggestion) missed = error
      }
    }
    if (all.length === 0) throw missed
    const asleep = whyAsleep()
    return asleep === undefined ? all : all.map((one) => ({ ...one, asleep }))
  }

  /** What `BLOCK` of `BLOCK@PLACE` means: a file, a block of the descriptions in use, or one of physmem's. */
  async #kind(is: string, check?: (path: string) => void): Promise<Kind> {
    if (isFile(is)) {
      const source = await loadSource(is, [], noting(this.#files, check))
      return { block: onlyBlock(source), device: source.device, from: source.from }
    }
    for (const source of this.sources) {
      refuseUnusable(source, is)
      const found = blockIn(source, is)
      if (found !== undefined)
        return { block: found.block, device: source.device, from: source.from }
    }
    const { libraryKind, libraryNames } = await import('./kinds.ts')
    const kind = await libraryKind(is)
    if (kind !== undefined) return kind
    const names = [...blockNames(this.sources), ...(await libraryNames())]
    const near = nearest(is, names)
    const wrong = `nothing describes a block ${quote(is)}`
    if (near !== undefined)
      throw refusal('ENOPLACE', { wrong, joint: ', ', meant: clip(near), behind: '' }, is)
    const cure = sentence`${{ act: 'list known chips' }} shows the blocks`
    const message = `${wrong}: expected a file, or the name of a block`
    throw new RequestError('ENOPLACE', message, ...remedied({ cure }, { input: is }))
  }

  async #openLive(): Promise<Live | undefined> {
    if (this.#system === undefined) return undefined
    if (this.#live === undefined) {
      const { Live } = await import('./live.ts')
      this.#live = new Live(this.#system, this.sources)
    }
    return this.#live
  }

  async #liveDevice(name: string): Promise<LiveDevice | undefined> {
    return (await this.#openLive())?.named(name)
  }

  async #unknown({ text }: NamedOperand, first: string): Promise<RequestError> {
    const devices = (await this.#live?.devices()) ?? []
    const known = { sources: this.sources, devices: devices.map(({ name }) => name) }
    return nothingNamed(first, text, known, this.#onlyNames)
  }
}

/** Notes each file before it is opened. */
function noting(files: Set<string>, check?: (path: string) => void): (path: string) => void {
  return (path) => {
    check?.(path)
    files.add(path)
  }
}

/** The test that what a found board file names must pass, as the file itself did. */
function trustOf(board: BoardFile | undefined): ((path: string) => void) | undefined {
  if (board?.foundBy === undefined) return undefined
  const { foundBy, path: namedBy } = board
  return (path) => {
    // What is not there is refused where it is opened.
    if (existsSync(path)) checkTrusted(path, foundBy, { namedBy })
  }
}

function orNone(look: () => DeviceRegister[]): DeviceRegister[] {
  try {
    return look()
  } catch (error) {
    if (error instanceof RequestError && error.code === 'ENOPLACE') return []
    throw error
  }
}

function orNothing<T>(look: () => T[]): T[] {
  try {
    return look()
  } catch (error) {
    if (error instanceof RequestError) return []
    throw error
  }
}
