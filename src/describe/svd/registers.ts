/** Registers and clusters, within what they inherit. */
import { WIDTHS, type Width } from '../../base/width.ts'
import { counted } from '../../text/count.ts'
import type { Access, Cluster, Register } from '../model.ts'
import { type Chain, saidWords } from './derive.ts'
import { applyEffects, fieldOf } from './fields.ts'
import type { Reading } from './reading.ts'
import { repeatOf } from './repeat.ts'
import { Said } from './value.ts'
import { type Element, textOf } from './xml.ts'

/** What is inherited from device, block and cluster (registerPropertiesGroup). */
export interface Inherited {
  size: number
  access: Access
  reset?: bigint
  resetMask?: bigint
}

/** Where nothing is said (registerPropertiesGroup of the format). */
export const DEFAULTS: Inherited = { size: 32, access: 'read-write' }

/** Clusters in clusters: a real file has three. */
const DEEPEST = 16

/** Registers, clusters and fields in one block: a file that derives from itself again and again ends. */
const MOST_IN_BLOCK = 100_000

/** Reads what one block has. */
export class BlockReader {
  readonly #reading: Reading
  readonly #busWidth: Width | undefined
  /** The block, for issues that are of none of its parts. */
  readonly #block: Said
  #made = 0

  constructor(reading: Reading, block: Said, busWidth: Width | undefined) {
    this.#reading = reading
    this.#block = block
    this.#busWidth = busWidth
  }

  /** All that it has. */
  read(inherited: Inherited): (Register | Cluster)[] {
    return this.#childrenOf(this.#block.chain, inherited, this.#block.path, 0)
  }

  /** What an element and all that it is derived from have. */
  #childrenOf(
    chain: Chain,
    inherited: Inherited,
    path: string,
    depth: number,
  ): (Register | Cluster)[] {
    const children: (Register | Cluster)[] = []
    for (const element of this.#reading.derivations.partsOf(chain, path)) {
      if (this.#made++ > MOST_IN_BLOCK) {
        const message = `this block has more than ${MOST_IN_BLOCK} parts: the rest is left out`
        this.#block.fault('too-many', message)
        break
      }
      const one = this.#nodeOf(element, inherited, path, depth)
      if (one !== undefined) children.push(one)
    }
    return children
  }

  #nodeOf(element: Element, inherited: Inherited, above: string, depth: number) {
    const { file, derivations } = this.#reading
    const name = textOf(element, 'name')
    const path = `${above}.${name ?? '?'}`
    const chain = derivations.of(element, path)
    if (chain === undefined) return undefined
    const of = new Said(file, chain, path)
    if (name === undefined) {
      of.fault('no-name', `this ${element.name} has no name: it is left out`)
      return undefined
    }
    const offset = of.small('addressOffset')
    if (offset === undefined) {
      if (!of.has('addressOffset')) {
        of.fault('no-offset', 'addressOffset is missing: it is left out')
      }
      return undefined
    }
    const repeat = repeatOf(of, name)
    if (repeat === undefined) return undefined
    const own = inheritedBy(this.#reading, of, inherited)
    const node = { name, offset, ...(repeat === 'none' ? {} : { repeat }) }
    const description = saidWords(chain, 'description')
    const common = description === undefined ? node : { ...node, description }
    return element.name === 'cluster'
      ? this.#cluster(of, common, own, depth)
      : this.#register(of, common, own)
  }

  #cluster(
    of: Said,
    common: Pick<Cluster, 'name' | 'offset' | 'description'>,
    own: Inherited,
    depth: number,
  ): Cluster | undefined {
    if (depth >= DEEPEST) {
      of.fault('too-deep', `clusters are nested ${DEEPEST} deep: this one is left out`)
      return undefined
    }
    const children = this.#childrenOf(of.chain, own, of.path, depth + 1)
    const cluster: Cluster = { kind: 'cluster', ...common, children }
    const alternate = textOf(of.chain[0], 'alternateCluster')
    if (alternate !== undefined) cluster.alternate = { cluster: alternate }
    return this.#reading.file.keep(cluster, of.chain[0])
  }

  #register(
    of: Said,
    common: Pick<Register, 'name' | 'offset' | 'description'>,
    own: Inherited,
  ): Register | undefined {
    const { size, access } = own
    if (size < 1 || size > 64) {
      of.fault('bad-size', `its size is ${size} bits, expected 1 to 64: it is left out`, 'size')
      return undefined
    }
    const width = this.#width(of, size)
    const register: Register = { kind: 'register', ...common, size, width, access, fields: [] }
    applyResets(of, own, register)
    applyEffects(of, register, size)
    const [element] = of.chain
    const displayName = textOf(element, 'displayName')
    if (displayName !== undefined && displayName !== common.name) register.displayName = displayName
    const other = textOf(element, 'alternateRegister')
    const group = textOf(element, 'alternateGroup')
    if (other !== undefined || group !== undefined) {
      register.alternate = { ...(other && { register: other }), ...(group && { group }) }
    }
    register.fields = this.#reading.derivations.partsOf(of.chain, of.path).flatMap((one) => {
      this.#made++
      return fieldOf(this.#reading, one, size, of.path) ?? []
    })
    return this.#reading.file.keep(register, element)
  }

  /** The size, rounded up to a width, within that of the bus. */
  #width(of: Said, size: number): Width {
    const width = WIDTHS.find((one) => one >= size) ?? 64
    const bus = this.#busWidth
    if (bus === undefined || width <= bus) return width
    const message = `it has ${size} bits, but the bus has ${bus}: it is accessed with ${bus} bits`
    of.doubt('wider-than-bus', message)
    return bus
  }
}

/** What is said for all that is in an element, or what that inherits itself. */
export function inheritedBy(reading: Reading, of: Said, from: Inherited): Inherited {
  const { reset = from.reset, resetMask = from.resetMask } = {
    reset: of.number('resetValue'),
    resetMask: of.number('resetMask'),
  }
  return {
    size: of.small('size', 2 ** 32) ?? from.size,
    access: reading.access(of) ?? from.access,
    ...(reset === undefined ? {} : { reset }),
    ...(resetMask === undefined ? {} : { resetMask }),
  }
}

/** A reset value of its own that is too wide says nothing that can be relied on; an inherited one is cut. */
function applyResets(of: Said, own: Inherited, register: Register): void {
  const all = (1n << BigInt(register.size)) - 1n
  const { reset, resetMask } = own
  if (reset !== undefined && reset > all && of.has('resetValue')) {
    const message = `resetValue 0x${reset.toString(16)} does not fit in ${counted(register.size, 'bit')}`
    of.fault('reset-too-wide', `${message}: it is left out`, 'resetValue')
  } else if (reset !== undefined) register.reset = reset & all
  if (register.reset === undefined || resetMask === undefined) return
  if ((resetMask & all) !== all) register.resetMask = resetMask & all
}
