import { exactAddress, type ShownAddress } from '../operate/shown-address.ts'
import type { KernelTranslation, Run, Totals, Translation } from '../translate/index.ts'
import { type MappingReport, mappingToJson } from './mapping.ts'

/** `physmem translate --json`: of addresses, or with `--all` of a process. */
export type TranslateDocument = TranslationsReport | ProcessReport

export interface TranslationsReport {
  results: (TranslationReport | KernelReport)[]
}

/** An address of a process. */
export interface TranslationReport
  extends Omit<Translation, 'virtual' | 'mapping' | 'marks' | 'flags'>,
    Partial<NonNullable<Translation['marks']>> {
  virtual: ShownAddress
  flags: string[]
  mapping: MappingReport
}

/** An address or a symbol of the kernel. */
export interface KernelReport extends Omit<KernelTranslation, 'virtual' | 'symbol'> {
  virtual: ShownAddress
  symbol?: string
  /** Of the symbol, as in /proc/kallsyms. */
  type?: string
  module?: string
}

export interface ProcessReport {
  pid: number
  process: string
  mappings: MappingRuns[]
  totals: Totals
}

export interface MappingRuns extends MappingReport {
  runs: RunReport[]
}

export interface RunReport extends Omit<Run, 'mapping' | 'virtual'> {
  virtual: ShownAddress
}

export function runToJson({ mapping: _mapping, virtual, ...run }: Run): RunReport {
  return { virtual: exactAddress(virtual), ...run }
}

export function translationToJson(found: Translation): TranslationReport {
  const { virtual, mapping, marks, flags = [], ...rest } = found
  const at = exactAddress(virtual)
  const lower = flags.map((flag) => flag.toLowerCase())
  return { virtual: at, ...rest, ...marks, flags: lower, mapping: mappingToJson(mapping) }
}

export function kernelToJson({
  virtual,
  address,
  length,
  symbol,
}: KernelTranslation): KernelReport {
  const name = symbol === undefined ? {} : { symbol: symbol.name, type: symbol.type }
  const module = symbol?.module === undefined ? {} : { module: symbol.module }
  return { virtual: exactAddress(virtual), address, length, ...name, ...module }
}
