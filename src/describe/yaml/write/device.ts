import type { Block, Device, Extent, Issue } from '../../model.ts'
import { Names } from './names.ts'
import { putRepeat, writeRegisters } from './registers.ts'
import { hex, key, Lines, list, text } from './scalars.ts'

/** A description as YAML, and what had to be said otherwise than it was. */
export interface WrittenYaml {
  text: string
  /** Names that YAML does not take, or that stood twice. */
  changes: readonly Issue[]
}

const NAME = /^[\w-]*(?:\[%s\]|%s)?[\w-]*$/

/**
 * A device in our own YAML, which reads as the same device. What is derived from another
 * block and has its registers is written so: `is: UART0`. All registers are asked for. `file` is
 * the file that changes are reported for.
 */
export function writeYaml(device: Device, file: string): WrittenYaml {
  const changes: Issue[] = []
  const names = new Names(changes, file)
  const lines = new Lines(0)
  lines.put('name', text(device.name))
  if (device.description !== undefined) lines.put('description', text(device.description))
  if (device.vendor !== undefined) lines.put('vendor', text(device.vendor))
  if (device.version !== undefined) lines.put('version', text(device.version))
  if (device.endian !== 'little') lines.put('endian', device.endian)
  if (device.busWidth !== undefined) lines.put('bus-width', `${device.busWidth}`)
  const below = writeBlocks(device, names)
  if (below === '') lines.put('blocks', '{}')
  lines.nest('blocks', below)
  return { text: `${lines}\n`, changes }
}

/** A block that was written: what one that is derived from it would take over. */
interface Written {
  name: string
  registers: string
  /** The keys that it has, and that are taken over. */
  inherited: ReadonlySet<string>
}

function writeBlocks({ blocks, busWidth }: Device, names: Names): string {
  const lines = new Lines(1)
  const own = names.fresh()
  const written = new Map<string, Written>()
  for (const block of blocks) {
    const name = own.takeOf(block, block.name, NAME, /[^\w-]/g)
    const short =
      block.repeat && name.endsWith('[%s]') && name.length > 4 ? name.slice(0, -4) : name
    const below = new Lines(2)
    const inherited = putHead(below, block, names)
    const registers = writeRegisters(block.children, block.name, 3, names, busWidth)
    const base = block.derivedFrom === undefined ? undefined : written.get(block.derivedFrom)
    const isSame = base?.registers === registers
    if (isSame && [...base.inherited].every((one) => inherited.has(one))) {
      below.put('is', text(base.name))
    } else {
      if (registers === '') below.put('registers', '{}')
      below.nest('registers', registers)
    }
    if (!written.has(block.name)) written.set(block.name, { name: short, registers, inherited })
    lines.nest(key(short), below.toString())
  }
  return lines.toString()
}

/** All but the registers. Gives the keys that `is` would take over. */
function putHead(lines: Lines, block: Block, names: Names): Set<string> {
  const inherited = new Set<string>()
  const put = (name: string, value: string | undefined) => {
    lines.put(name, value)
    if (value !== undefined) inherited.add(name)
  }
  const said = (value: string | undefined) => (value === undefined ? undefined : text(value))
  put('description', said(block.description))
  put('group', said(block.group))
  put('source', said(block.source))
  lines.put('base', block.base === undefined ? undefined : hex(block.base))
  lines.put('at', said(block.at))
  const { matches = {} } = block
  const texts = (all: readonly string[] | undefined) => (all ? list(all.map(quoted)) : undefined)
  lines.put('compatible', texts(matches.compatible))
  lines.put('pci', texts(matches.pci))
  lines.put('class', texts(matches.pciClass))
  lines.put('acpi', texts(matches.acpi))
  lines.put('within', said(matches.within))
  // Some files say of a block that it has no bytes: that says nothing.
  const extents = block.extents.filter(({ length }) => length > 0)
  const [first] = extents
  const isSize = extents.length === 1 && first?.offset === 0 && isRegisters(first)
  if (isSize) put('size', hex(first.length))
  else if (extents.length > 0) put('extents', list(extents.map(extent)))
  put('endian', block.endian)
  putRepeat(lines, block.repeat, isSize ? first.length : undefined, block.name, names)
  lines.put('alternate', said(block.alternate))
  return inherited
}

function isRegisters({ usage }: Extent): boolean {
  return usage === undefined || usage === 'registers'
}

function extent({ offset, length, usage }: Extent): string {
  const what = usage === undefined ? '' : `, usage: ${usage}`
  return `{ offset: ${hex(offset)}, length: ${hex(length)}${what} }`
}

function quoted(value: string): string {
  return JSON.stringify(value)
}
