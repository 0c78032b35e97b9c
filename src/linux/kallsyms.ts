import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readText } from './read.ts'

/** A symbol of the running kernel or of a module. */
export interface KernelSymbol {
  /** Virtual; 0 where kptr_restrict hides it from this reader (see `symbolsHidden`). */
  address: bigint
  /** As `nm` has it: `T` and `t` code, `D` `d` `B` `b` data, `R` `r` constants, `A` `a` absolute. */
  type: string
  name: string
  /** The module it belongs to, or `bpf`; absent for the kernel itself. */
  module?: string
}

// kernel/kallsyms.c, s_show: `%px %c %s\t[%s]`
const form = /^([0-9a-f]{1,16}) (\S) ([^\t\n]+)(?:\t\[([^\]\n]*)\])?[ \t]*$/

function parseSymbol(line: string): KernelSymbol | undefined {
  const match = form.exec(line)
  if (!match) return undefined
  const [, address = '', type = '', name = '', module] = match
  const symbol = { address: BigInt(`0x${address}`), type, name }
  return module === undefined ? symbol : { ...symbol, module }
}

/** Parses /proc/kallsyms; lines of another form are passed over. */
export function parseSymbols(text: string): KernelSymbol[] {
  return text.split('\n').flatMap((line) => parseSymbol(line) ?? [])
}

/** The symbols of this very name in the text of /proc/kallsyms: static ones may occur often. */
export function symbolsNamed(text: string, name: string): KernelSymbol[] {
  const found: KernelSymbol[] = []
  if (name === '') return found
  // 200,000 lines: only those that hold the name are parsed, each once.
  for (let at = text.indexOf(name); at >= 0; ) {
    const start = text.lastIndexOf('\n', at) + 1
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const symbol = parseSymbol(text.slice(start, end))
    if (symbol?.name === name) found.push(symbol)
    at = text.indexOf(name, end)
  }
  return found
}

/** All symbols; empty where the file cannot be read. There are 100,000 and more: `findSymbol` is quicker. */
export function readSymbols(files: Files = filesAt()): KernelSymbol[] {
  return parseSymbols(readSymbolText(files))
}

/** What /proc/kallsyms has, without the addresses of 200,000 symbols. */
export interface SymbolSurvey {
  readonly names: ReadonlySet<string>
  readonly symbols: number
  /** Those of the kernel itself that are not code: types D, d, B, b, R and r. */
  readonly variables: number
}

/** All names at once; no names where the file cannot be read. */
export function surveySymbols(files: Files = filesAt()): SymbolSurvey {
  const names = new Set<string>()
  let [symbols, variables] = [0, 0]
  for (const line of readSymbolText(files).split('\n')) {
    const [, , type = '', name = '', module] = form.exec(line) ?? []
    if (name === '') continue
    names.add(name)
    symbols += 1
    if (module === undefined && /^[DdBbRr]$/.test(type)) variables += 1
  }
  return { names, symbols, variables }
}

/** The symbols of this very name. Empty when there is none, or where the file cannot be read. */
export function findSymbol(name: string, files: Files = filesAt()): KernelSymbol[] {
  return symbolsNamed(readSymbolText(files), name)
}

/**
 * Whether the kernel hides the addresses from this reader (kptr_restrict, or no CAP_SYSLOG);
 * `undefined` where that cannot be determined. The start of the code is never at 0, as some symbols
 * are.
 */
export function symbolsHidden(files: Files = filesAt()): boolean | undefined {
  const start = findSymbol('_stext', files).at(0) ?? findSymbol('_text', files).at(0)
  return start === undefined ? undefined : start.address === 0n
}

function readSymbolText(files: Files): string {
  return readText(files, '/proc/kallsyms') ?? ''
}
