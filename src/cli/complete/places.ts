import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hasPorts } from '../../linux/cpu.ts'
import { type ResourceNode, readIomem, readIoports, resourceTree } from '../../linux/iomem.ts'
import { readMaps } from '../../linux/maps.ts'
import { listPci, pciDriver, pciExists, readBars } from '../../linux/pci.ts'
import { listProcesses } from '../../linux/processes.ts'
import { readText } from '../../linux/read.ts'
import { listUio } from '../../linux/uio.ts'
import { mapName, uioName, uniqueUioName } from '../../linux/uio-find.ts'
import { prefixed } from '../../place/schemes/index.ts'
import { formatHex } from '../../text/number.ts'
import { printable } from '../../text/refuse.ts'
import type { Candidate } from './candidates.ts'

/** Places that begin like this word, as far as there is something to list. */
export async function completePlace(word: string, root: string): Promise<Candidate[]> {
  const scheme = word.slice(0, word.indexOf(':'))
  const rest = word.slice(scheme.length + 1)
  switch (scheme) {
    case 'pci':
      return completePci(rest, root)
    case 'uio':
      return completeUio(root)
    case 'iomem':
      return completeIomem(rest, root)
    case 'dt':
    case 'dtb':
      return completeNode(scheme, rest, root)
    case 'pid':
      return completePid(rest, root)
    case 'kernel':
      return completeSymbol(rest, root)
    case 'port':
      return completePort(root)
    case 'file':
      return completePath(rest).map((path) => ({ text: `file:${path}` }))
    default:
      return prefixed.map(({ name }) => ({ text: `${name}:` }))
  }
}

function completePci(rest: string, root: string): Candidate[] {
  const slash = rest.indexOf('/')
  const device = slash < 0 ? '' : rest.slice(0, slash)
  if (device === '' || !pciExists(device, root)) {
    return listPci(root).map((name) => described(`pci:${name}/`, pciDriver(name, root)))
  }
  const bars = readBars(device, root).filter(({ kind }) => kind === 'memory')
  return bars.map(({ number }) => ({ text: `pci:${device}/bar${number}` }))
}

function completeUio(root: string): Candidate[] {
  const all = listUio(root)
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

/** With quotes, unless the word goes on without one: they group the words of a name in a shell. */
function completeIomem(rest: string, root: string): Candidate[] {
  const names = new Set(readIomem(root).map(({ name }) => name))
  const quote = rest === '' || rest.startsWith('"') ? '"' : ''
  return [...names].map((name) => ({ text: `iomem:${quote}${name}${quote}` }))
}

async function completeNode(
  scheme: 'dt' | 'dtb',
  rest: string,
  root: string,
): Promise<Candidate[]> {
  const { listRegions, openDeviceTree, readDeviceTree } = await import(
    '../../linux/device-tree/index.ts'
  )
  const colon = rest.lastIndexOf(':')
  if (scheme === 'dtb' && colon < 0) {
    const isTree = ({ text }: Candidate) => text.endsWith('/') || text.endsWith('.dtb:')
    const paths = completePath(rest).map((path) => (path.endsWith('/') ? path : `${path}:`))
    return paths.map((path) => ({ text: `dtb:${path}` })).filter(isTree)
  }
  const prefix = scheme === 'dtb' ? `dtb:${rest.slice(0, colon)}:` : 'dt:'
  try {
    const tree = scheme === 'dtb' ? readDeviceTree(rest.slice(0, colon)) : openDeviceTree(root)
    const nodes = tree === undefined ? [] : listRegions(tree)
    return nodes.flatMap(({ path, aliases, compatible }) =>
      [...aliases, path].map((name) => described(`${prefix}${name}`, compatible[0])),
    )
  } catch {
    return [] // The place itself will be refused with the reason.
  }
}

/** Processes that have memory of their own; behind the number, where their mappings start. */
function completePid(rest: string, root: string): Candidate[] {
  const pid = /^([1-9]\d{0,6}):/.exec(rest)?.[1]
  if (pid === undefined) {
    const processes = listProcesses(root).filter(({ kernelThread }) => !kernelThread)
    return processes.map(({ pid, name }) => described(`pid:${pid}:`, name))
  }
  try {
    return readMaps(Number(pid), root).map(({ start, path }) =>
      described(`pid:${pid}:${formatHex(start)}`, path),
    )
  } catch {
    return []
  }
}

/** So many letters must be there: the file has 200,000 lines. */
const SYMBOL_START = 3
const SYMBOLS = 100

function completeSymbol(rest: string, root: string): Candidate[] {
  if (rest.length < SYMBOL_START || !/^[\w$.]+$/.test(rest)) return []
  const text = readText(join(root, 'proc/kallsyms')) ?? ''
  const pattern = new RegExp(` ${rest.replace(/[$.]/g, '\\$&')}[\\w$.]*`, 'g')
  const names = new Set<string>()
  for (const [name] of text.matchAll(pattern)) {
    names.add(name.slice(1))
    if (names.size >= SYMBOLS) break
  }
  return [...names].map((name) => ({ text: `kernel:${name}` }))
}

/** The innermost resources. */
function completePort(root: string): Candidate[] {
  if (!hasPorts(root)) return []
  const leaves = (nodes: readonly ResourceNode[]): ResourceNode[] =>
    nodes.flatMap((node) => (node.children.length === 0 ? [node] : leaves(node.children)))
  const ports = leaves(resourceTree(readIoports(root)))
  return ports.map(({ start, name }) => described(`port:${formatHex(start)}`, name))
}

function described(text: string, description: string | undefined): Candidate {
  return description ? { text, description: printable(description) } : { text }
}

/** Files and folders that begin like this path; folders end in a slash. */
export function completePath(path: string): string[] {
  const folder = path.endsWith('/') || path === '' ? path : dirname(path)
  const shown = path.includes('/') ? join(folder, '/') : ''
  const prefix = path.startsWith('./') && !shown.startsWith('./') ? `./${shown}` : shown
  try {
    const entries = readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
    return entries.map((entry) => `${prefix}${entry.name}${entry.isDirectory() ? '/' : ''}`)
  } catch {
    return []
  }
}
