/** Compares what physmem reads from a device tree with what dtc and fdtdump print of it. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseHeader } from '../../../src/linux/device-tree/header.ts'
import {
  type DeviceTreeNode,
  listRegions,
  parseFlattened,
  type RegEntry,
} from '../../../src/linux/device-tree/index.ts'
import { type Dts, type DtsNode, decompile, dumpHeader } from './dts.ts'
import { dtsPaths, dtsRegions } from './dts-addresses.ts'

/** What was compared, and what differed: each line names the board. */
export class Findings {
  readonly differences: string[] = []
  boards = 0
  nodes = 0
  properties = 0
  regions = 0
  /** Regions with an address that is another than `reg` says. */
  translated = 0
}

/** The first thing in which a node differs from dtc's. */
function difference(node: DeviceTreeNode, dts: DtsNode, findings: Findings): string | undefined {
  findings.nodes++
  if (node.name !== dts.name) return `${node.path} is ${dts.name}`
  const names = [...node.properties.keys()]
  const expected = [...dts.properties.keys()]
  if (names.join() !== expected.join()) return `${node.path} has ${names}, not ${expected}`
  for (const [name, hex] of dts.properties) {
    findings.properties++
    const value = Buffer.from(node.properties.get(name) ?? []).toString('hex')
    if (value !== hex) return `${name} of ${node.path} is ${value}, not ${hex}`
  }
  const children = dts.children
  if (node.children.length !== children.length) return `${node.path} has other children`
  for (const [index, child] of node.children.entries()) {
    const found = difference(child, children[index] as DtsNode, findings)
    if (found !== undefined) return found
  }
  return undefined
}

/** A region in the words of dts-addresses.ts. */
function inWords({ address, length, reason = '' }: RegEntry): string {
  if (address !== undefined) return `${BigInt(address)}+${length}`
  if (reason.endsWith('addresses below it are its own')) return `own addresses+${length}`
  if (/ is 0: its children (are not memory|have no addresses)$/.test(reason))
    return `no memory+${length}`
  if (reason.includes(' is outside of the ranges of ')) return `outside+${length}`
  if (reason.startsWith('it is in the PCI configuration space')) return `configuration+${length}`
  return reason
}

function compareRegions(
  board: string,
  list: ReturnType<typeof listRegions>,
  dts: Dts,
  findings: Findings,
) {
  const ours = new Map(list.map(({ path, regions }) => [path, regions]))
  for (const way of dtsPaths([dts.root])) {
    const path = way.map(({ name }) => name).join('/')
    const expected = dtsRegions(way)
    const regions = ours.get(path) ?? []
    ours.delete(path)
    const words = regions.map(inWords).join(', ')
    const theirs = expected.map(({ address, size }) => `${address}+${size}`).join(', ')
    if (words !== theirs) findings.differences.push(`${board}: ${path} has ${words}, not ${theirs}`)
    findings.regions += expected.length
    findings.translated += expected.filter(
      ({ address, said }) => typeof address === 'bigint' && address !== said,
    ).length
  }
  for (const path of ours.keys()) findings.differences.push(`${board}: ${path} is not a node`)
}

async function compare(file: string, findings: Findings): Promise<void> {
  const board = basename(file)
  const [bytes, dts, dump] = await Promise.all([readFile(file), decompile(file), dumpHeader(file)])
  findings.boards++
  const tree = parseFlattened(bytes, board)
  const differs = difference(tree.root, dts.root, findings)
  if (differs !== undefined) findings.differences.push(`${board}: ${differs}`)

  const header = parseHeader(bytes, board)
  const digits = (number: bigint) => number.toString(16).padStart(16, '0')
  const reserved = tree.reservations.map(({ address, length }) => [digits(address), digits(length)])
  const { start } = header.structure
  const facts = {
    totalsize: header.totalSize,
    version: header.version,
    boot_cpuid_phys: header.bootCpu,
    off_dt_struct: start,
    size_dt_struct: header.structure.end - start,
    off_dt_strings: header.strings.start,
    size_dt_strings: header.strings.end - header.strings.start,
    reserved,
  }
  const dumped = Object.fromEntries(Object.keys(facts).map((name) => [name, dump[name]]))
  if (JSON.stringify(facts) !== JSON.stringify(dumped)) {
    findings.differences.push(`${board}: ${JSON.stringify(facts)}, not ${JSON.stringify(dumped)}`)
  }
  if (JSON.stringify(reserved) !== JSON.stringify(dts.reserved)) {
    findings.differences.push(`${board}: other reserved memory than dtc has`)
  }

  const list = listRegions(tree)
  for (const { problem } of list) if (problem) findings.differences.push(`${board}: ${problem}`)
  compareRegions(board, list, dts, findings)
}

/** With two boards at a time: while one is waited for, the other is compared. */
export async function compareBoards(files: readonly string[]): Promise<Findings> {
  const findings = new Findings()
  const waiting = [...files]
  const worker = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      await compare(file, findings)
    }
  }
  await Promise.all([worker(), worker()])
  return findings
}
