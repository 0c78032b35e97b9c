/** The classes of a block and of its clusters: one over a window, one over a memory. */
import { counted } from '../../text/count.ts'
import { formatAddress } from '../../text/number.ts'
import type { Block, Cluster, Register, Repeat } from '../model.ts'
import { ACCESS, docComment, hex, plain, READ_EFFECT, sentence, WRITE_EFFECT } from './comment.ts'
import { Names, quoted } from './names.ts'
import { type PlannedRegister, planRegister } from './plan.ts'
import { ENDINGS, registerText, type Shared } from './register.ts'

/** Lists (`PMUX%s`) of so many become members of their own; longer ones are arrays. */
const MOST_LISTED = 64

/** What a file has so far. */
export interface Written extends Shared {
  readonly names: Names
  /** The classes of what is the same as `node` except for its place; made where there are none. */
  same(kind: string, node: unknown, make: () => string): string
  add(lines: readonly string[]): void
}

/** What it is in. */
export interface Within {
  /** For messages and comments: `UART0`, `DMA.CH`. */
  path: string
  /** As part of names. */
  name: string
  /** Of the block that is named by `path`, where that is one. */
  address: number | undefined
  isSwapped(register: Register): boolean
}

/** A member of a class. */
interface Member {
  key: string
  doc: string[]
  /** Bytes after its class. */
  offset: number
  repeat: Repeat | undefined
  /** Its class over a window. */
  onWindow: string
  /** What it is over a memory, and what makes it there of an address. */
  inMemory: string
  make(at: string): string
  path: string
}

/** `SPI` of `SPI[%s]` and of `SPI%s`. */
export function commonKey(name: string): string {
  return name.replace('[%s]', '').replace('%s', '')
}

export function isList(node: { name: string; repeat?: Repeat }): boolean {
  const { name, repeat } = node
  return (
    repeat !== undefined &&
    !name.includes('[%s]') &&
    name.includes('%s') &&
    repeat.count <= MOST_LISTED
  )
}

/** The names of the elements of a list. */
export function listed(name: string, { count, names }: Repeat): string[] {
  return Array.from({ length: count }, (_, index) =>
    name.replace('%s', () => names?.[index] ?? `${index}`),
  )
}

/** Two classes for these children: `NAME` over a window, and `NAMEInMemory`. */
export function classesOf(
  name: string,
  children: readonly (Register | Cluster)[],
  within: Within,
  written: Written,
  statics: readonly string[] = [],
  doc: readonly string[] = [],
): string[] {
  const keys = Names.ofMembers()
  const members = children.flatMap((child) => membersOf(child, within, keys, written))
  for (const { repeat } of members) if (repeat !== undefined) usesArray(repeat, written)
  written.uses('type Memory')
  return [
    ...doc,
    `export class ${name} {`,
    ...statics,
    ...members.flatMap((member) => [
      ...member.doc,
      `  readonly ${member.key}: ${typeOf(member, 'window')}`,
    ]),
    members.length === 0
      ? '  constructor(_window: Accessors, _offset: number) {}'
      : '  constructor(window: Accessors, offset: number) {',
    ...members.map((member) => `    this.${member.key} = ${onWindow(member)}`),
    ...(members.length === 0 ? [] : ['  }']),
    '}',
    ...doc,
    `export class ${name}InMemory {`,
    ...placeLines(members),
    ...members.flatMap(memberText),
    '}',
  ]
}

/** The expression of a register, a cluster or an array of them; an array makes its own when asked. */
function onWindow(member: Member): string {
  const { offset, repeat, path } = member
  const at = offset === 0 ? 'offset' : `offset + ${hex(offset)}`
  const one = (place: string) => `new ${member.onWindow}(window, ${place})`
  if (repeat === undefined) return one(at)
  const types = argumentsOf(member.onWindow, repeat)
  const element = one(`${at} + index * ${hex(repeat.stride)}`)
  return `elements${types}(${quoted(path)}, ${repeat.count}, (index) => ${element})`
}

function placeLines(members: readonly Member[]): string[] {
  if (members.length === 0) return ['  constructor(_memory: Memory, _base: number) {}']
  const kept = members
    .filter(({ repeat }) => repeat !== undefined)
    .map((member) => `  #${member.key}?: ${typeOf(member, 'memory')}`)
  return [
    '  readonly #memory_: Memory',
    '  readonly #base_: number',
    ...kept,
    '  constructor(memory: Memory, base: number) {',
    '    this.#memory_ = memory',
    '    this.#base_ = base',
    '  }',
  ]
}

function typeOf(member: Member, what: string): string {
  const { repeat } = member
  return repeat === undefined ? oneOf(member, what) : arrayOf(oneOf(member, what), repeat)
}

const oneOf = ({ onWindow, inMemory }: Member, what: string) =>
  what === 'window' ? onWindow : inMemory

/** Of so many elements the type knows each index. */
const MOST_KNOWN = 256

/** Notes what an array imports. */
export function usesArray({ count }: Repeat, written: Shared): void {
  written.uses('elements', 'type RegisterArray', ...(count <= MOST_KNOWN ? ['type Below'] : []))
}

/** `RegisterArray<T, Below<4>>` */
export function arrayOf(type: string, repeat: Repeat): string {
  return `RegisterArray${argumentsOf(type, repeat)}`
}

/** `<T, Below<4>>` */
export function argumentsOf(type: string, { count }: Repeat): string {
  return count <= MOST_KNOWN ? `<${type}, Below<${count}>>` : `<${type}>`
}

function memberText(member: Member): string[] {
  const { key, doc, offset, repeat, make, path } = member
  const at = offset === 0 ? 'this.#base_' : `this.#base_ + ${hex(offset)}`
  const lines = [...doc, `  get ${key}(): ${typeOf(member, 'memory')} {`]
  if (repeat === undefined) return [...lines, `    return ${make(at)}`, '  }']
  const element = make(`${at} + index * ${hex(repeat.stride)}`)
  const types = argumentsOf(member.inMemory, repeat)
  return [
    ...lines,
    `    this.#${key} ??= elements${types}(${quoted(path)}, ${repeat.count}, (index) =>`,
    `      ${element})`,
    `    return this.#${key}`,
    '  }',
  ]
}

function membersOf(
  node: Register | Cluster,
  within: Within,
  keys: Names,
  written: Written,
): Member[] {
  const own = commonKey(node.name)
  const path = `${within.path}.${own}`
  const member =
    node.kind === 'register'
      ? ofRegister(node, path, within, written)
      : ofCluster(node, path, within, written)
  const { repeat } = node
  if (repeat === undefined || !isList(node)) {
    return [
      { ...member, key: keys.take(own), doc: docOf(node, node.offset, within, member, repeat) },
    ]
  }
  return listed(node.name, repeat).map((one, index) => {
    const offset = node.offset + index * repeat.stride
    return {
      ...member,
      key: keys.take(one),
      offset,
      repeat: undefined,
      doc: docOf(node, offset, within, member),
    }
  })
}

type Made = Omit<Member, 'key' | 'doc'> & { plan?: PlannedRegister }

function ofRegister(register: Register, path: string, within: Within, written: Written): Made {
  const plan = planRegister(register, within.isSwapped(register))
  const {
    name: _,
    description: __,
    displayName: ___,
    offset,
    repeat,
    reset: _reset,
    alternate: _alternate,
    ...same
  } = register
  const key = {
    same,
    rest: `${plan.rest}`,
    fixed: [`${plan.fixed.mask}`, `${plan.fixed.bits}`],
    swapped: plan.isSwapped,
  }
  const name = written.same('register', key, () => {
    const taken = written.names.take(`${within.name}_${commonKey(register.name)}`, ENDINGS)
    written.add(registerText(taken, path, plan, written))
    return taken
  })
  return {
    ...{ path, offset, repeat, plan, onWindow: name },
    inMemory: `${name}InMemory`,
    make: (at) => `inMemory(this.#memory_, ${at}, ${name}_layout)`,
  }
}

function ofCluster(cluster: Cluster, path: string, within: Within, written: Written): Made {
  const { offset, repeat, children } = cluster
  const name = written.same('cluster', children, () => {
    const part = `${within.name}_${commonKey(cluster.name)}`
    const taken = written.names.take(part, ['', 'InMemory'])
    const inner: Within = { ...within, path, name: taken, address: undefined }
    const doc = docComment('', [`${path}: ${sentence(plain(cluster.description)) || 'registers.'}`])
    written.add(classesOf(taken, children, inner, written, [], doc))
    return taken
  })
  return {
    ...{ path, offset, repeat, onWindow: name, inMemory: `${name}InMemory` },
    make: (at) => `new ${name}InMemory(this.#memory_, ${at})`,
  }
}

function docOf(
  node: Register | Cluster,
  offset: number,
  { address, path }: Within,
  { plan }: Made,
  repeat?: Repeat,
): string[] {
  const at = address === undefined ? '' : `, in ${path} at ${formatAddress(address + offset)}`
  const many =
    repeat === undefined
      ? ''
      : `, ${repeat.count} of them, each ${counted(repeat.stride, 'byte')} on`
  const where = `Offset ${hex(offset)}${at}${many}`
  if (node.kind === 'cluster')
    return docComment('  ', [sentence(plain(node.description)), `${where}.`])
  const { size, access, reset, readEffect, writeEffect, displayName, highWordMask } = node
  const facts = [
    where,
    counted(size, 'bit'),
    ACCESS[access],
    ...(reset === undefined ? [] : [`${hex(reset)} after a reset`]),
    ...(readEffect === undefined ? [] : [READ_EFFECT[readEffect]]),
    ...(writeEffect === undefined ? [] : [WRITE_EFFECT[writeEffect]]),
    ...(highWordMask ? ['a bit is written where its bit in the upper half is set'] : []),
  ]
  const shown = displayName === node.name ? '' : plain(displayName)
  return docComment('  ', [
    sentence([shown, plain(node.description)].filter((one) => one !== '').join(': ')),
    sentence(facts.join(', ')),
    plan?.why && plan.fields.some((one) => one.isWritten)
      ? sentence(`No \`modify\`: ${plan.why}`)
      : '',
  ])
}

/** What is said of a block. */
export function blockDoc(block: Block, path: string): string[] {
  const { base, description, source, repeat } = block
  const at = base === undefined ? '' : `At ${formatAddress(base)}`
  const many =
    repeat === undefined
      ? ''
      : `, ${repeat.count} of them, each ${counted(repeat.stride, 'byte')} on`
  return docComment('', [
    `${path}: ${sentence(plain(description)) || 'registers.'}`,
    at === '' ? '' : sentence(at + many),
    source === undefined ? '' : sentence(`From ${plain(source)}`),
  ])
}
