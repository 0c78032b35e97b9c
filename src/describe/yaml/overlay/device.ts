import { quote } from '../../../text/refuse.ts'
import type { Block, CheckChanges, Description, Device, Issue, SourceText } from '../../model.ts'
import { changedBlock, readBlocks, withChildren } from '../blocks.ts'
import { optional } from '../fields.ts'
import { Part } from '../reading.ts'
import { mapTree } from '../tree.ts'
import { ENDIANS } from '../words.ts'
import { patchChildren } from './block.ts'
import { Files, type Keyed, type Layer, textsAt, within } from './layers.ts'
import { ownNames } from './names.ts'
import { NOTHING_NAMED } from './register.ts'
import { type Context, keysOf, layersIn, namesAmong, refuseUnknown, select } from './select.ts'
import { stripped } from './strip.ts'

const SECTIONS = ['_peripherals', '_blocks']

const CHANGES = [
  ...['_svd', '_include', '_delete', '_copy', '_modify', '_add', '_strip', '_strip_end'],
  ...['_derive', '_rebase', '_interrupts', ...SECTIONS],
]

/** What a `_modify` says of the device itself; of the others of its properties the model has none. */
const DEVICE_KEYS = ['name', 'description', 'vendor', 'version', 'endian']
const OTHER_DEVICE_KEYS = [
  ...['cpu', 'series', 'width', 'addressUnitBits', 'size', 'access', 'resetValue', 'resetMask'],
  ...['vendorID', 'licenseText', 'headerSystemFilename', 'headerDefinitionsPrefix', 'protection'],
]

/**
 * The file that an overlay is for, by its `_svd`; nothing without. Throws ESYNTAX for what is not
 * YAML.
 */
export function overlayBase(overlay: SourceText): string | undefined {
  const base = new Files().open(overlay)?.map.entries.get('_svd')?.value
  return base?.kind === 'text' && base.text !== '' ? base.text : undefined
}

/**
 * A description with the changes that an overlay says (docs/register-yaml.md). Those to a block's
 * registers are made when its registers are first asked for, and what is wrong with them is
 * reported then, to `check`, too, each time that they are asked for: what it throws, they throw.
 * Throws ESYNTAX, with file, line and column, for what is not YAML.
 */
export function applyOverlay(
  description: Description,
  overlay: SourceText,
  check: CheckChanges = () => {},
): Description {
  const files = new Files()
  const opened = files.open(overlay)
  const layers = opened === undefined ? [] : files.withIncluded(opened)
  const device = patchDevice(description.device, layers, { files, path: '', check })
  const overlayIssues = [...(description.overlayIssues ?? []), ...files.issues]
  return {
    device,
    get issues() {
      return [...description.issues, ...files.issues]
    },
    overlayIssues,
  }
}

interface Checked extends Context {
  check: CheckChanges
}

function patchDevice(device: Device, layers: readonly Layer[], context: Checked): Device {
  refuseUnknown(layers, CHANGES, '')
  let blocks = [...device.blocks]
  for (const keyed of textsAt(layers, '_delete', '', SECTIONS)) {
    const { chosen } = select(blocks, keyed, 'block', context)
    blocks = blocks.filter((block) => !chosen.has(block))
  }
  for (const keyed of within(layers, '_copy', '')) blocks = taken(blocks, keyed, 'from', context)
  let changed = device
  for (const keyed of namesAmong(within(layers, '_modify', ''), SECTIONS)) {
    if (OTHER_DEVICE_KEYS.includes(keyed.key)) continue
    if (DEVICE_KEYS.includes(keyed.key) && keyed.value.kind === 'text') {
      changed = changedDevice(changed, keyed)
      continue
    }
    const { chosen } = select(blocks, keyed, 'block', context)
    blocks = blocks.map((block) => (chosen.has(block) ? modified(block, keyed, context) : block))
  }
  const names = stripped(
    blocks.map(({ name }) => ({ name })),
    layers,
    '',
  )
  blocks = blocks.map((block, index) => {
    const { name = block.name } = names[index] ?? {}
    return name === block.name ? block : withChildren(block, { name }, () => block.children)
  })
  for (const keyed of namesAmong(within(layers, '_add', ''), SECTIONS)) {
    for (const block of added(keyed, context)) {
      if (!blocks.some(({ name }) => name === block.name)) blocks.push(block)
      else {
        const message = `_add: there is a block ${quote(block.name)} already`
        keyed.layer.reading.error('duplicate-name', '', keyed.at, message)
      }
    }
  }
  for (const keyed of within(layers, '_derive', '')) blocks = taken(blocks, keyed, '_from', context)
  // Which block has another one's registers is already so in the model: only the names are checked.
  for (const keyed of within(layers, '_rebase', '')) select(blocks, keyed, 'block', context)
  return { ...changed, blocks: patchedBlocks(blocks, layers, context) }
}

function patchedBlocks(
  blocks: readonly Block[],
  layers: readonly Layer[],
  context: Checked,
): Block[] {
  const patches = new Map<Block, Keyed[]>()
  const all = new Map(blocks.map((block) => [block.name, block]))
  for (const keyed of namesAmong(keysOf(layers), SECTIONS)) {
    const { chosen } = select(blocks, keyed, 'block', context)
    if (chosen.size === 0) continue
    for (const block of blocks) {
      // What is derived is patched with what it is derived from, and only once where both match.
      if (!familyOf(block, all).some((one) => chosen.has(one))) continue
      const known = patches.get(block)
      if (known === undefined) patches.set(block, [keyed])
      else known.push(keyed)
    }
  }
  return blocks.map((block) => {
    const keys = patches.get(block)
    if (keys === undefined) return block
    return checked(block, context, () => {
      const here = { ...context, path: block.name }
      const inner = keys.flatMap((keyed) => layersIn(keyed, here))
      return patchChildren(block.children, inner, here)
    })
  })
}

/** A block with the registers that `make` gives, and what is wrong with them checked. */
function checked(
  block: Block,
  { files, check }: Checked,
  make: () => Block['children'],
  known: readonly Issue[] = [],
): Block {
  return withChildren(block, {}, () => {
    const before = files.issues.length
    const made = make()
    check([...known, ...files.issues.slice(before)])
    return made
  })
}

function familyOf(block: Block, all: ReadonlyMap<string, Block>): Block[] {
  const family = [block]
  for (let one: Block | undefined = block; one?.derivedFrom !== undefined; ) {
    one = all.get(one.derivedFrom)
    if (one === undefined || family.includes(one)) break
    family.push(one)
  }
  return family
}

/** `NEW: OLD`, or `NEW: { from: OLD, … }`: a block with the registers of another one. */
function taken(blocks: readonly Block[], keyed: Keyed, fromKey: string, context: Checked): Block[] {
  const { key, value } = keyed
  const from = value.kind === 'map' ? value.entries.get(fromKey)?.value : value
  const text = from?.kind === 'text' ? from.text : ''
  if (text.includes(':')) {
    const message = `${fromKey}: a block of another file cannot be copied: only one of this description`
    keyed.layer.reading.error('unsupported', key, from?.at ?? value.at, message)
    return [...blocks]
  }
  const { chosen } = select(blocks, { ...keyed, value: from ?? value, text }, 'block', context)
  const [base] = chosen
  if (base === undefined) return [...blocks]
  const now = blocks.find(({ name }) => name === key)
  const derived = fromKey === '_from' ? { derivedFrom: base.name } : { derivedFrom: undefined }
  const place = now ?? withChildren(base, { base: undefined, at: undefined }, () => [])
  const copy = withChildren(place, { name: key, ...derived }, () => base.children)
  const own =
    value.kind === 'map' ? [...value.entries.values()].filter((one) => one.key !== fromKey) : []
  const made = modified(copy, { ...keyed, value: mapTree(value.at, own) }, context)
  return now === undefined
    ? [...blocks, made]
    : blocks.map((block) => (block === now ? made : block))
}

function modified(block: Block, keyed: Keyed, context: Checked): Block {
  const { layer, value } = keyed
  const { issues } = context.files
  const before = issues.length
  const map = value.kind === 'map' ? value : mapTree(value.at, [])
  if (value.kind !== 'map') {
    layer.reading.error('value', block.name, value.at, 'expected a mapping from properties')
  }
  const made = changedBlock(layer.reading, block, ownNames(map, true))
  const wrong = issues.slice(before)
  return wrong.length === 0 ? made : checked(made, context, () => made.children, wrong)
}

function added(keyed: Keyed, context: Checked): Block[] {
  const { layer, value } = keyed
  const { issues } = context.files
  const before = issues.length
  const own = value.kind === 'map' ? ownNames(value, true) : value
  const map = mapTree(keyed.at, [{ ...keyed, value: own }])
  const blocks = readBlocks(layer.reading, map, NOTHING_NAMED, { width: 32, access: 'read-write' })
  const wrong = issues.slice(before)
  return blocks.map((block) => checked(block, context, () => block.children, wrong))
}

function changedDevice(device: Device, { key, at, value, layer }: Keyed): Device {
  const part = new Part(layer.reading, '', mapTree(at, [{ key, at, value }]), DEVICE_KEYS)
  return {
    ...device,
    ...optional('name', part.text('name')),
    ...optional('description', part.text('description')),
    ...optional('vendor', part.text('vendor')),
    ...optional('version', part.text('version')),
    ...optional('endian', part.choice('endian', ENDIANS)),
  }
}
