import { clip } from '../text/refuse.ts'
import type { CheckChanges, Description, SourceText } from './model.ts'
import { notDescribing } from './notes.ts'

/** What a description can be written in. */
export type Format = 'svd' | 'yaml' | 'overlay' | 'litex' | 'regdb' | 'ipxact' | 'hwh' | 'xsa'

/** What a person calls each. */
export const FORMATS: Readonly<Record<Format, string>> = {
  svd: 'CMSIS-SVD',
  yaml: 'YAML',
  overlay: 'an overlay',
  litex: 'LiteX',
  regdb: 'rwmem regdb',
  ipxact: 'IP-XACT',
  hwh: 'Vivado .hwh',
  xsa: 'Vivado .xsa',
}

/**
 * The description in a file, whatever it is written in: that shows from what is in it, not from its
 * name. Only its reader is loaded. `check` is that of `applyOverlay`. Rejects with ESYNTAX, with file,
 * line and column, for what is not a description.
 */
export async function readDescription(
  source: SourceText,
  check?: CheckChanges,
): Promise<Description> {
  switch (formatOf(source)) {
    case 'svd':
      return (await import('./svd/read.ts')).readSvd(source)
    case 'litex':
      return (await import('./litex/index.ts')).readLitex(source)
    case 'regdb':
      return (await import('./regdb/index.ts')).readRegdb(source)
    case 'ipxact':
      return (await import('./ipxact/index.ts')).readIpxact(source)
    case 'hwh':
      return (await import('./xilinx/index.ts')).readHwh(source)
    case 'xsa':
      return (await import('./xilinx/index.ts')).readXsa(source)
    case 'yaml':
      return (await import('./yaml/index.ts')).readYaml(source)
    case 'overlay':
      return patched(source, check)
  }
}

/** Changes in an overlay name what they are changes to, as those of svdtools do: `_svd: chip.svd`. */
async function patched(overlay: SourceText, check?: CheckChanges): Promise<Description> {
  const { applyOverlay, overlayBase } = await import('./yaml/index.ts')
  const name = overlayBase(overlay)
  if (name === undefined) {
    const cure =
      'name it under "overlays" beside the chip that it changes, or say there "_svd: FILE"'
    throw notDescribing(overlay.name, `this is an overlay, and names no device: ${cure}`)
  }
  const base = overlay.open(name)
  if (formatOf(base) === 'overlay') {
    throw notDescribing(overlay.name, `_svd: ${clip(name)} is an overlay, too: expected a device`)
  }
  return applyOverlay(await readDescription(base), overlay, check)
}

/** How much of a text is looked at to tell what it is. */
const LOOK = 64 * 1024

/** What a file is written in. Throws ESYNTAX for what is none of all. */
export function formatOf(source: SourceText): Format {
  const { name } = source
  const start = source.text.slice(0, LOOK).replace(/^\ufeff/, '')
  const binary = ofBytes(source)
  if (binary !== undefined) return binary
  const text = start.trimStart()
  if (text === '') throw notDescribing(name, 'expected a description of registers, but it is empty')
  if (start.includes('\0')) throw notDescribing(name, `this is neither text nor a supported format`)
  if (text.startsWith('<')) return ofXml(text, name)
  if (text.startsWith('{') && /"csr_(?:bases|registers)"/.test(source.text)) return 'litex'
  if (/^csr_(?:base|register),/m.test(source.text)) return 'litex'
  return ofYaml(text)
}

/** By its first bytes: a zip archive, a database of rwmem. */
function ofBytes({ bytes, text, name }: SourceText): Format | undefined {
  const starts = (...first: number[]) => first.every((byte, at) => bytes?.[at] === byte)
  if (starts(0x50, 0x4b, 0x03, 0x04)) return 'xsa'
  if (starts(0x55, 0x15, 0xe1, 0x00)) return 'regdb'
  if (bytes === undefined && text.startsWith('PK\u0003\u0004'))
    throw notDescribing(name, 'an archive is read from its bytes, but only text was given')
  return undefined
}

/** By the first element. */
function ofXml(text: string, name: string): Format {
  const { name: root, isPage } = firstElement(text)
  if (isPage)
    throw notDescribing(name, 'this is a web page, not a description: download the raw file')
  if (root === 'device' || root === '') return 'svd'
  if (IPXACT.includes(root)) return 'ipxact'
  if (root === 'EDKSYSTEM' || root === 'EDKPROJECT') return 'hwh'
  const known = '<device> (CMSIS-SVD), <component> (IP-XACT) or <EDKSYSTEM> (Vivado)'
  throw notDescribing(name, `expected ${known}, and found <${clip(root)}>`)
}

/** What may stand before the first element, and how it ends. */
const PROLOG = [
  ['<?', '?>'],
  ['<!--', '-->'],
  ['<!', '>'],
] as const

/** The name of the first element, empty where there is none. Each character is looked at once. */
function firstElement(text: string): { name: string; isPage: boolean } {
  let at = text.indexOf('<')
  let isPage = false
  while (at >= 0) {
    const [start, end] = PROLOG.find(([start]) => text.startsWith(start, at)) ?? []
    if (start === undefined || end === undefined) break
    isPage ||= /^<!doctype\s+html\b/i.test(text.slice(at, at + 64))
    const over = text.indexOf(end, at + start.length)
    at = over < 0 ? -1 : text.indexOf('<', over + end.length)
  }
  const tag =
    at < 0 ? undefined : /^<(?:[\w.-]{1,256}:)?([\w.-]{1,256})/.exec(text.slice(at, at + 520))
  const name = tag?.[1] ?? ''
  return { name, isPage: isPage || /^(?:html|head|body)$/i.test(name) }
}

/** What IP-XACT has at the top of a file; of what has no registers, its reader says so. */
const IPXACT = [
  ...['component', 'design', 'busDefinition', 'abstractionDefinition', 'catalog'],
  ...['abstractor', 'designConfiguration', 'generatorChain', 'typeDefinitions'],
]

/** A patch describes no device by itself. Everything else is for the reader of YAML to refuse. */
function ofYaml(text: string): Format {
  const isOwn = /^(?:["']?(?:blocks|regions)["']?\s*:|\{)/m.test(text)
  const patch = /^_(?:svd|include|modify|add|delete|strip|array|cluster|copy|derive)\s*:/m
  return !isOwn && patch.test(text) ? 'overlay' : 'yaml'
}
