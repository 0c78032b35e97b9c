import { checkKind } from '../text/options.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readText } from './read.ts'

/** One word of the kernel's command line. */
export interface CommandLineToken {
  /** As it stands there, with quotes. */
  text: string
  name: string
  /** What follows the first `=`, without quotes around it; absent without `=`. */
  value?: string
}

/** The command line that the kernel was started with. */
export class CommandLine {
  readonly text: string
  /** What is for the kernel: words after ` -- ` are for the first process. */
  readonly tokens: readonly CommandLineToken[]

  constructor(text: string) {
    checkKind('text', text, 'string')
    this.text = text.trim()
    const words = splitWords(this.text)
    const end = words.indexOf('--')
    this.tokens = (end < 0 ? words : words.slice(0, end)).map(parseToken)
  }

  /** Whether a word of this name is there; `-` and `_` count as equal, as for the kernel. */
  has(name: string): boolean {
    return this.all(name).length > 0
  }

  /** The value of the last word of this name: where words contradict, mostly the last counts. */
  value(name: string): string | undefined {
    return this.all(name).at(-1)?.value
  }

  /** All words of this name, in their order. */
  all(name: string): CommandLineToken[] {
    checkKind('name', name, 'string')
    return this.tokens.filter((token) => sameName(token.name, name))
  }
}

function sameName(one: string, other: string): boolean {
  return one.replaceAll('-', '_') === other.replaceAll('-', '_') // kernel/params.c, parameq
}

/** lib/cmdline.c, next_arg: blanks end a word but between quotes, which need not stand at its ends. */
function splitWords(text: string): string[] {
  return text.match(/(?:"[^"]*(?:"|$)|[^\s"])+/g) ?? []
}

function parseToken(text: string): CommandLineToken {
  const bare = text.startsWith('"') ? text.slice(1).replace(/"$/, '') : text
  const equals = bare.indexOf('=')
  if (equals <= 0) return { text, name: bare }
  const value = bare.slice(equals + 1).replace(/^"(.*?)"?$/s, '$1')
  return { text, name: bare.slice(0, equals), value }
}

/** The command line of the kernel; empty where it cannot be read. */
export function readCommandLine(files: Files = filesAt()): CommandLine {
  return new CommandLine(readText(files, '/proc/cmdline') ?? '')
}

/** A word that bears on physical memory, or that people use because they believe so. */
export interface MemoryWord {
  token: CommandLineToken
  /** Whether the kernel knows it. It passes over unknown ones without a word. */
  known: boolean
  /** What it does, in one sentence without a full stop. */
  effect: string
}

type Effect = (value: string | undefined) => Omit<MemoryWord, 'token'>

const does = (effect: string): Effect => {
  return () => ({ known: true, effect })
}
const doesNothing = (instead: string): Effect => {
  return () => ({ known: false, effect: `no kernel knows this word: it does nothing; ${instead}` })
}
const oneOf = (effects: Record<string, string>): Effect => {
  return (value = '') => {
    const effect = Object.hasOwn(effects, value) ? effects[value] : undefined
    const choices = Object.keys(effects).join(' or ')
    return {
      known: effect !== undefined,
      effect: effect ?? `does nothing: expected ${choices}`,
    }
  }
}

const iommu = 'settings of the IOMMU: behind one, devices use other addresses than the CPU'
const builtIn = 'CONFIG_STRICT_DEVMEM is fixed when the kernel is built'

/** kernel/dma/swiotlb.c, setup_io_tlb_npages(): sizes, and then one of two words. */
const swiotlbEffect: Effect = (value = '') => {
  const words = value.split(',')
  const what = 'bounce buffers, which stand between devices and memory that they cannot reach'
  if (words.includes('noforce')) return { known: true, effect: `DMA uses no ${what}` }
  if (words.includes('force')) return { known: true, effect: `all DMA goes through ${what}` }
  return { known: true, effect: `the size of the ${what}` }
}

/** Documentation/admin-guide/kernel-parameters.txt */
const memoryWords: Record<string, Effect> = {
  iomem: oneOf({
    relaxed: 'lets /dev/mem and BARs be mapped where a driver claims them; never RAM',
    strict: 'does not let /dev/mem and BARs reach what drivers claim',
  }),
  lockdown: oneOf({
    integrity: 'forbids /dev/mem, I/O ports and BARs; /proc/kcore stays readable',
    confidentiality: 'forbids /dev/mem, I/O ports, BARs and /proc/kcore',
  }),
  nopat: does('turns the page attribute table off; matters only without CONFIG_STRICT_DEVMEM'),
  mem: does('limits the RAM that the kernel uses, which leaves the rest to others'),
  memmap: does('says what memory is: N$START reserves it, N!START makes it persistent memory'),
  hugepages: does('sets huge pages aside'),
  hugepagesz: does('the size of huge pages that are set aside'),
  cma: does('sets memory aside for contiguous buffers'),
  swiotlb: swiotlbEffect,
  intel_iommu: does(iommu),
  amd_iommu: does(iommu),
  iommu: does(iommu),
  nokaslr: does('the kernel is at the address that it was linked to'),
  nomodule: does('no modules can be loaded'),
  'module.sig_enforce': does('only signed modules can be loaded'),
  crashkernel: does('sets memory aside for a crash kernel'),
  strict_devmem: doesNothing(builtIn),
  devmem: doesNothing('CONFIG_DEVMEM is fixed when the kernel is built'),
  nostrict_devmem: doesNothing(builtIn),
  io_strict_devmem: doesNothing('iomem=relaxed is the word for it'),
  iomem_relaxed: doesNothing('iomem=relaxed is the word for it'),
  config_strict_devmem: doesNothing(builtIn),
  config_io_strict_devmem: doesNothing('iomem=relaxed is the word for it'),
  nolockdown: doesNothing('lockdown is off unless lockdown= or Secure Boot turns it on'),
}

/** The words that bear on physical memory, and those that people believe to, in their order. */
export function memoryWordsOf(commandLine: CommandLine): MemoryWord[] {
  return commandLine.tokens.flatMap((token) => {
    const name = token.name.toLowerCase().replaceAll('-', '_')
    const effect = Object.hasOwn(memoryWords, name) ? memoryWords[name] : undefined
    return effect === undefined ? [] : { token, ...effect(token.value) }
  })
}
