import { isCxlWindow, isKeptMemory, isPciWindow, isSystemRam } from '../linux/iomem.ts'
import type { Region } from './region.ts'

/**
 * Tells what every region of a tree is. A host bridge's windows have the name of the bridge: what
 * holds BARs is one, and so is what has the same name.
 */
export function tellKinds(roots: readonly Region[]): void {
  const windows = new Set<string>()
  for (const root of roots) noteWindows(root, windows)
  for (const root of roots) tellKind(root, undefined, windows)
}

function noteWindows(region: Region, windows: Set<string>): boolean {
  const inside = region.children.map((child) => noteWindows(child, windows)).includes(true)
  const isBar = region.facts.some(({ kind }) => kind === 'bar')
  // A BAR that holds others (Intel VMD) has the name of its function, as other regions of it have.
  if (inside && !isBar) windows.add(region.name)
  return inside || isBar
}

function tellKind(region: Region, parent: Region | undefined, windows: Set<string>): void {
  region.kind = kindOf(region, parent, windows)
  for (const child of region.children) tellKind(child, region, windows)
}

function kindOf({ name, facts }: Region, parent: Region | undefined, windows: Set<string>) {
  if (isSystemRam(name) || uses(facts, 'ram')) return 'ram'
  // What lies in RAM is some use of it, be it "Kernel code" or "reserved".
  if (parent?.kind === 'ram') return facts.some(isDevice) ? 'device' : 'ram'
  if (isKeptMemory(name) || uses(facts, 'reserved')) return 'reserved'
  if (isPciWindow(name) || isCxlWindow(name)) return 'bus'
  if (windows.has(name) && !facts.some(({ kind }) => kind === 'bar')) return 'bus'
  return 'device'
}

function uses(facts: Region['facts'], use: 'ram' | 'reserved'): boolean {
  return facts.some((fact) => fact.kind === 'node' && fact.use === use)
}

function isDevice({ kind }: Region['facts'][number]): boolean {
  return kind === 'bar' || kind === 'device'
}
