import { PhysmemError, RequestError } from '../base/errors.ts'
import type { Evidence } from '../base/evidence.ts'
import type { Width } from '../base/width.ts'
import { WIDTHS } from '../base/width.ts'
import type { Mode } from '../engine/source.ts'
import { systemAt } from '../engine/system-at.ts'
import { describeAddress } from '../inventory/describe.ts'
import { readInventory } from '../inventory/inventory.ts'
import type { Region } from '../inventory/region.ts'
import { readPciFunction } from '../linux/pci.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import {
  addressByFacts,
  addressOfPlace,
  addressOfPlaceBy,
  type PlaceAddress,
} from '../machine/local/address.ts'
import { LocalMachine } from '../machine/local/machine.ts'
import type { Location, Machine } from '../machine/machine.ts'
import { namingPlace } from '../machine/named-refusal.ts'
import type { Memory } from '../memory/memory.ts'
import { PagedMemory } from '../memory/paged.ts'
import { Program } from '../memory/program.ts'
import { PLACE } from '../place/kinds.ts'
import { formatPlace, parsePlace } from '../place/place.ts'
import { registersOf } from '../place/registers.ts'
import type { Place } from '../place/schemes/index.ts'
import { silenceOf } from '../refusal/silent.ts'
import { checkKind, checkOptions, type OptionKinds } from '../text/options.ts'
import type { Asking } from '../translate/asking.ts'
import { PhysicalMemory } from '../ways/physical.ts'
import { wordCure } from '../wording/cure.ts'

/** Whether a place can be read, or written, and how or why not. */
export interface Access {
  verdict: 'works' | 'refused'
  /** What is taken: `/dev/mem`, `pci:0000:00:04.0/bar0`, `/proc/kcore`. */
  way?: string
  /** Bits of the access: fewer than were asked for where the place is not aligned for these. */
  width?: Width
  /** The error that the access ends with: its message is the one that `physmem read` prints. */
  error?: PhysmemError
  cures: readonly string[]
  evidence: readonly Evidence[]
}

/** Something that can be mapped, but gives nothing of use. */
export interface Remark {
  text: string
  /** What helps. */
  cure: string
  evidence: Evidence
}

/** One place: what is there, and whether it can be reached. */
export interface PlaceDiagnosis {
  place: string
  /** Physical address, or number of the port; absent where none is known. */
  address?: number
  /** What is there, outermost first, and how far from the start of each the place is. */
  here: { region: Region; offset: number }[]
  read: Access
  write: Access
  /** What makes an access that works give nothing of use. */
  remarks: readonly Remark[]
}

export interface ExaminePlaceOptions {
  /** Bits of the access. Default 32, of a register of an I2C device 8. */
  width?: Width
}

const OPTIONS: OptionKinds<ExaminePlaceOptions> = { width: WIDTHS }

/**
 * What is at a place, and whether it can be read and written: it is opened and mapped as an access
 * would, without an access. Throws a RequestError for what is not a place, or does not exist.
 */
export function examinePlace(
  place: Place | string,
  options?: ExaminePlaceOptions,
): Promise<PlaceDiagnosis>
/** @internal Of a machine that this is not. */
export function examinePlace(
  place: Place | string,
  options: ExaminePlaceOptions | undefined,
  system: LocalSystem,
): Promise<PlaceDiagnosis>
export async function examinePlace(
  place: Place | string,
  options: ExaminePlaceOptions = {},
  system: LocalSystem = systemAt(),
): Promise<PlaceDiagnosis> {
  checkOptions('examinePlace', options, OPTIONS)
  checkKind('system', system, SYSTEM)
  if (typeof place !== 'string') checkKind('place', place, PLACE)
  const parsed = typeof place === 'string' ? parsePlace(place) : place
  return await examinePlaceOn(thisMachine(system), parsed, widthOf(parsed, options))
}

/** Bits of the access that is examined. */
export function widthOf({ scheme }: Place, { width }: ExaminePlaceOptions): Width {
  return width ?? (scheme === 'i2c' ? 8 : 32)
}

/** A machine of which a place is examined. */
export interface ExaminedMachine {
  look: Machine['look']
  /** Has `work` ask what the place is in, opened for one mode. */
  ask<T>(place: Place, mode: Mode, work: (at: Location) => Promise<T>): Promise<T>
  /** `undefined` where nobody knows it. */
  addressOf(place: Place): Promise<PlaceAddress | undefined>
}

function thisMachine(system: LocalSystem): ExaminedMachine {
  return {
    look: async (question) => question(system.now()),
    ask: async (place, mode, work) => {
      await using machine = new LocalMachine({ mode, system })
      return await work(await machine.locate(place))
    },
    addressOf: (place) => addressOfPlace(place, system),
  }
}

/** A machine with an agent. */
export interface FarMachine extends Pick<Machine, 'look' | 'locate'> {
  /** Its page tables, to be closed. */
  asking(): Promise<Asking | undefined>
}

/** What is opened of it stays so until the machine is closed. */
export function farMachine({ look, locate, asking }: FarMachine): ExaminedMachine {
  return {
    look,
    ask: async (place, mode, work) => work(await locate(place, 1, mode)),
    addressOf: async (place) => {
      // Whose device a file of this machine may be, another machine does not know.
      if (place.scheme === 'file') return undefined
      const told = await look((system) => addressByFacts(place, system))
      const tables = told ? undefined : await asking()
      if (tables === undefined) return told
      return await addressOfPlaceBy(tables, place).finally(() => tables.close())
    },
  }
}

/** The same of a machine wherever it is. */
export async function examinePlaceOn(
  machine: ExaminedMachine,
  place: Place,
  width: Width,
): Promise<PlaceDiagnosis> {
  const read = await tryAccess(machine, place, 'read', width)
  const write = await tryAccess(machine, place, 'write', width)
  // Where it has no address, reading says why.
  const found = await machine.addressOf(place).catch((error: unknown) => {
    if (!(error instanceof PhysmemError) || isEnd(error)) throw error
  })
  const around = await machine.look(async (system) => {
    const inventory = await readInventory(system)
    const here = found ? describeAddress(inventory, found.address, found.space).found : []
    return { here, remarks: here.flatMap(({ region }) => remarksOn(region, system)) }
  })
  return {
    place: formatPlace(place),
    ...(found ? { address: found.address } : {}),
    ...around,
    ...{ read, write },
  }
}

async function tryAccess(
  machine: ExaminedMachine,
  place: Place,
  mode: Mode,
  asked: Width,
): Promise<Access> {
  try {
    return await machine.ask(place, mode, async ({ memory, address }): Promise<Access> => {
      const { misalignment } = memory
      const fitting = misalignment === 'any' ? asked : widest(address, asked)
      const width = registersOf(place)?.width ?? fitting
      const step =
        mode === 'read'
          ? ({ op: 'read', address, width } as const)
          : ({ op: 'write', address, width, value: width === 64 ? 0n : 0 } as const)
      const way = await wayOf(memory, new Program([step], misalignment))
      return { verdict: 'works', way, width, cures: [], evidence: [] }
    })
  } catch (error) {
    if (!(error instanceof PhysmemError) || isEnd(error)) throw error
    // What is wrong with the place is wrong with each access.
    if (mode === 'read' && error instanceof RequestError) throw error
    return refusedBy(namingPlace(error, place))
  }
}

/** The widest access up to `asked` bits that is aligned there. */
function widest(address: number, asked: Width): Width {
  const fits = (width: Width) => width <= asked && address % (width / 8) === 0
  return ([64, 32, 16] as const).find(fits) ?? 8
}

/** Prepares a program, and says what it goes through. */
async function wayOf(memory: Memory, program: Program): Promise<string> {
  if (memory instanceof PagedMemory) {
    const needs = await memory.needsOf(program)
    return wayOf(needs.memory, needs.program)
  }
  if (memory instanceof PhysicalMemory) {
    const [choice] = await memory.waysFor(program)
    return choice?.way ?? memory.name
  }
  await memory.prepare(program)
  return memory.name
}

function refusedBy(error: PhysmemError): Access {
  const { cure, cures = cure === undefined ? [] : [cure], evidence = [] } = error.data
  return { verdict: 'refused', error, cures, evidence }
}

function remarksOn({ facts }: Region, system: System): Remark[] {
  return facts.flatMap((fact) => {
    if (fact.kind !== 'bar') return []
    const pci = readPciFunction(fact.device, system.files)
    const silence = pci && silenceOf(pci, fact.io ? 'io' : 'memory', system)
    return silence === undefined ? [] : { ...silence, cure: wordCure(silence.cure) }
  })
}

/** The machine is not there any more, or nobody waits for what is said of it. */
function isEnd({ code }: PhysmemError): boolean {
  return code === 'ECONNECTION' || code === 'EABORT'
}
