import { type Dirent, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { hasPorts } from '../../linux/cpu.ts'
import { readCpus } from '../../linux/cpu-list.ts'
import type { Files } from '../../linux/files.ts'
import { listI2cBuses, listI2cClients } from '../../linux/i2c.ts'
import {
  addressesHidden,
  type ResourceNode,
  readIomem,
  readIoports,
  resourceTree,
} from '../../linux/iomem.ts'
import { readMaps } from '../../linux/maps.ts'
import { listPci, pciDriver, pciExists, pciFolder, readBars } from '../../linux/pci.ts'
import { namedByIds } from '../../linux/pci-find.ts'
import { listProcesses, type Process } from '../../linux/processes.ts'
import { isThere, readText } from '../../linux/read.ts'
import { listRegmaps, readRegmap, readRegmapDriver, shownNumbers } from '../../linux/regmap.ts'
import { listDmaBuffers } from '../../linux/udmabuf.ts'
import { listUio } from '../../linux/uio.ts'
import { mapName, uioName, uniqueUioName } from '../../linux/uio-find.ts'
import { isOffered, type PlaceUse } from '../../operate/place-uses.ts'
import { formatPlace, parsePlace } from '../../place/place.ts'
import { type Place, prefixed } from '../../place/schemes/index.ts'
import { formatHex } from '../../text/number.ts'
import { printable } from '../../text/refuse.ts'
import type { FileKind } from '../frame/option-spec.ts'
import type { Candidate } from './candidate.ts'
import { fitsKind } from './file-kinds.ts'

/** The machine whose places are offered: which is there, or a simulated one. */
export interface Surroundings {
  files: Files
  simulated: boolean
  /** Whether the files are those of that machine: without it, nothing is known of it. */
  asked: boolean
}

/** Places that begin like this word, as far as there is something to list, and it is not refused. */
export async function completePlace(
  word: string,
  { files, simulated }: Surroundings,
  use: PlaceUse = 'access',
): Promise<Candidate[]> {
  const kinds = prefixed
    .map(({ name }) => name as Place['scheme'])
    .filter((name) => isOffered(name, use, simulated))
  const scheme = word.slice(0, Math.max(0, word.indexOf(':')))
  if (scheme !== '' && !kinds.includes(scheme as (typeof kinds)[number])) return []
  const rest = word.slice(scheme.length + 1)
  switch (scheme) {
    case 'pci':
      return completePci(rest, files, use)
    case 'uio':
      return completeUio(files)
    case 'iomem':
      return completeIomem(rest, files)
    case 'dt':
    case 'dtb':
      return completeNode(scheme, rest, files)
    case 'pid':
      return completePid(rest, files)
    case 'kernel':
      return completeSymbol(rest, files)
    case 'port':
      return completePort(files)
    case 'msr':
      return completeMsr(files)
    case 'regmap':
      return completeRegmap(rest, files)
    case 'i2c':
      return completeI2c(rest, files)
    case 'file':
      return completePath(rest).map((path) => ({ text: `file:${path}` }))
    default:
      return kinds.map((name) => ({ text: `${name}:` }))
  }
}

/** The kinds of which the machine has places with names; all that it may have, where it was not asked. */
export async function completeKind({
  files,
  simulated,
  asked,
}: Surroundings): Promise<Candidate[]> {
  if (simulated) return []
  const found: Candidate[] = []
  for (const kind of NAMED) {
    if (!asked || (await hasPlaces(kind, files))) found.push({ text: `${kind}:` })
  }
  return found
}

const NAMED = ['pci', 'uio', 'dt', 'iomem', 'port', 'file'] as const

/** Of files these are the buffers whose addresses are known. */
async function hasPlaces(kind: (typeof NAMED)[number], files: Files): Promise<boolean> {
  if (kind === 'file') {
    return listDmaBuffers(files).some(({ physicalAddress }) => physicalAddress !== undefined)
  }
  const around = { files, simulated: false, asked: true }
  return (await completePlace(`${kind}:`, around, 'address')).length > 0
}

function completePci(rest: string, files: Files, use: PlaceUse): Candidate[] {
  const slash = rest.indexOf('/')
  const device = slash < 0 ? '' : rest.slice(0, slash)
  if (device === '' || !pciExists(device, files)) {
    const fitting = listPci(files).filter((name) => partsOf(name, files, use).length > 0)
    const byAddress = fitting.map((name) => described(`pci:${name}/`, pciDriver(name, files)))
    return rest === '' ? byAddress : [...byAddress, ...completePciIds(device, fitting, files, use)]
  }
  return partsOf(device, files, use).map((part) => ({ text: `pci:${device}/${part}` }))
}

/** The same by ids, where the word begins with them; after a slash, the BARs. */
function completePciIds(
  device: string,
  fitting: string[],
  files: Files,
  use: PlaceUse,
): Candidate[] {
  const functions = namedByIds(files).filter(({ address }) => fitting.includes(address))
  const found = functions.find(({ ids }) => ids === device)
  if (found === undefined) {
    return functions.map(({ ids, address }) => described(`pci:${ids}/`, pciDriver(address, files)))
  }
  const parts = partsOf(found.address, files, use)
  return parts.map((part) => ({ text: `pci:${device}/${part}` }))
}

/**
 * The BARs that are memory, and configuration space, which has no physical address, and whose registers
 * alone have names.
 */
function partsOf(device: string, files: Files, use: PlaceUse): string[] {
  const bars = readBars(device, files)
    .filter(({ kind, assigned }) => use !== 'naming' && kind === 'memory' && assigned)
    .map(({ number }) => `bar${number}`)
  const takesConfig = ['access', 'stretch', 'naming'].includes(use)
  const hasConfig = takesConfig && isThere(files, join(pciFolder(device), 'config'))
  return hasConfig ? [...bars, 'config'] : bars
}

function completeUio(files: Files): Candidate[] {
  const all = listUio(files)
  return all.flatMap((one) =>
    one.maps.flatMap((map) => {
      const unique = uniqueUioName(one, map, all)
      const texts = [{ device: one.number, map: map.number }, unique].map(
        ({ device, map }) => `uio:${uioName(device)}/${mapName(map)}`,
      )
      return [...new Set(texts)].map((text) => ({ text }))
    }),
  )
}

/** The names that one stretch has alone. Where all addresses are hidden, none can be determined. */
function completeIomem(rest: string, files: Files): Candidate[] {
  const stretches = new Map<string, Set<string>>()
  const resources = readIomem(files)
  if (addressesHidden(resources)) return []
  for (const { name, start, last } of resources) {
    const known = stretches.get(name) ?? new Set()
    stretches.set(name, known.add(`${start}-${last}`))
  }
  const names = [...stretches].flatMap(([name, { size }]) => (size === 1 ? [name] : []))
  // Who begins with the quotes of the grammar goes on with them.
  const place = rest.startsWith('"') ? quotedIomem : iomemPlace
  return names.map((name) => ({ text: place(name) }))
}

/** With quotes of its own only where the name would be taken for something else without. */
function iomemPlace(name: string): string {
  const plain = `iomem:${name}`
  try {
    if (formatPlace(parsePlace(plain)) === formatPlace({ scheme: 'iomem', name, offset: 0 }))
      return plain
  } catch {} // As one that ends like bits.
  return quotedIomem(name)
}

function quotedIomem(name: string): string {
  return `iomem:"${name}"`
}

async function completeNode(
  scheme: 'dt' | 'dtb',
  rest: string,
  files: Files,
): Promise<Candidate[]> {
  const { listRegions, openDeviceTree, readDeviceTree } = await import(
    '../../linux/device-tree/index.ts'
  )
  const colon = rest.lastIndexOf(':')
  if (scheme === 'dtb' && colon < 0) {
    const paths = completePath(rest, 'tree').map((path) => (path.endsWith('/') ? path : `${path}:`))
    return paths.map((path) => ({ text: `dtb:${path}` }))
  }
  const prefix = scheme === 'dtb' ? `dtb:${rest.slice(0, colon)}:` : 'dt:'
  try {
    const tree = scheme === 'dtb' ? readDeviceTree(rest.slice(0, colon)) : openDeviceTree(files)
    const nodes = tree === undefined ? [] : listRegions(tree)
    return nodes.flatMap(({ path, aliases, compatible }) =>
      [...aliases, path].map((name) => described(`${prefix}${name}`, compatible[0])),
    )
  } catch {
    return [] // The place itself will be refused with the reason.
  }
}

/** Processes that have memory of their own, with their names; not this one, which will be gone. */
export function completeProcess(files: Files): Candidate[] {
  const hasMemory = ({ pid, kernelThread, state }: Process) =>
    !kernelThread && state !== 'Z' && pid !== process.pid
  return listProcesses(files)
    .filter(hasMemory)
    .map(({ pid, name }) => described(`${pid}`, name))
}

/** Behind the number, where the mappings of a process start. */
function completePid(rest: string, files: Files): Candidate[] {
  const pid = /^([1-9]\d{0,6}):/.exec(rest)?.[1]
  if (pid === undefined) {
    return completeProcess(files).map((one) => ({ ...one, text: `pid:${one.text}:` }))
  }
  try {
    return readMaps(Number(pid), files).map(({ start, path }) =>
      described(`pid:${pid}:${formatHex(start)}`, path),
    )
  } catch {
    return []
  }
}

/** So many letters must be there: the file has 200,000 lines. */
const SYMBOL_START = 3
const SYMBOLS = 100

/** Those of one place; static ones may occur often. */
function completeSymbol(rest: string, files: Files): Candidate[] {
  if (rest.length < SYMBOL_START || !/^[\w$.]+$/.test(rest)) return []
  const text = readText(files, '/proc/kallsyms') ?? ''
  const pattern = new RegExp(` ${rest.replace(/[$.]/g, '\\$&')}[\\w$.]*`, 'g')
  const times = new Map<string, number>()
  for (const [name] of text.matchAll(pattern)) times.set(name, (times.get(name) ?? 0) + 1)
  const names = [...times].flatMap(([name, count]) => (count === 1 ? [name.slice(1)] : []))
  return names.slice(0, SYMBOLS).map((name) => ({ text: `kernel:${name}` }))
}

/** The innermost resources. */
function completePort(files: Files): Candidate[] {
  if (!hasPorts(files)) return []
  const leaves = (nodes: readonly ResourceNode[]): ResourceNode[] =>
    nodes.flatMap((node) => (node.children.length === 0 ? [node] : leaves(node.children)))
  const ports = leaves(resourceTree(readIoports(files)))
  return ports.map(({ start, name }) => described(`port:${formatHex(start)}`, name))
}

/** The CPUs that are on; which registers they have, none tells. */
function completeMsr(files: Files): Candidate[] {
  if (!hasPorts(files)) return []
  const cpus = readCpus('online', files)?.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  )
  return (cpus ?? []).map((cpu) => ({ text: `msr:cpu${cpu}:` }))
}

/** Behind the name of a regmap, the registers that the kernel shows of it. */
function completeRegmap(rest: string, files: Files): Candidate[] {
  const slash = rest.indexOf('/')
  if (slash < 0) {
    return listRegmaps(files).map((name) =>
      described(`regmap:${name}/`, readRegmapDriver(name, files)),
    )
  }
  const name = rest.slice(0, slash)
  const map = readRegmap(name, files)
  const numbers = map === undefined ? [] : shownNumbers(map)
  return numbers.map((number) => ({ text: `regmap:${name}/${formatHex(number)}` }))
}

/** The buses, and behind one the devices that the kernel knows and no driver has. */
function completeI2c(rest: string, files: Files): Candidate[] {
  const bus = /^(\d{1,7}):/.exec(rest)?.[1]
  if (bus === undefined) {
    return listI2cBuses(files).map(({ number, name }) => described(`i2c:${number}:`, name))
  }
  const free = listI2cClients(Number(bus), files).filter(({ driver }) => driver === undefined)
  return free.map(({ address, name }) => described(`i2c:${bus}:${formatHex(address, 8)}`, name))
}

function described(text: string, description: string | undefined): Candidate {
  return description ? { text, description: printable(description) } : { text }
}

/** Files of a kind, and folders, that begin like this path; folders end in a slash. */
export function completePath(path: string, kind: FileKind = 'any'): string[] {
  const folder = path.endsWith('/') || path === '' ? path : dirname(path)
  const shown = path.includes('/') ? join(folder, '/') : ''
  const prefix = path.startsWith('./') && !shown.startsWith('./') ? `./${shown}` : shown
  try {
    const entries = readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
    const isFolder = (entry: Dirent) => entry.isDirectory() || leadsToFolder(folder, entry)
    const paths = entries.map((entry) => `${prefix}${entry.name}${isFolder(entry) ? '/' : ''}`)
    return paths.filter((one) => fitsKind(one, kind))
  } catch {
    return []
  }
}

function leadsToFolder(folder: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return false
  return statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false
}

/**
 * Files of a kind that begin like this word, also below the home folder as shells write it; none where no
 * file is expected.
 */
export function completeFile(word: string, kind: FileKind | undefined): string[] {
  if (kind === undefined) return []
  const short = word.startsWith('~/') ? homedir() : undefined
  const path = short === undefined ? word : short + word.slice(1)
  const fits = completePath(path, kind).filter(
    (one) => one.startsWith(path) && printable(one) === one,
  )
  return short === undefined ? fits : fits.map((one) => `~${one.slice(short.length)}`)
}
