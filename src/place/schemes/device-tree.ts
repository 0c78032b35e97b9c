import { malformed } from '../../text/refuse.ts'
import { type PhysicalScheme, withOffset } from '../scheme.ts'

/** One region of a device tree node, by the node's path, alias or label. */
export interface NodeRegion {
  /** A path (`/soc/serial@7e201000`), an alias (`serial0`), or an alias and a path after it. */
  node: string
  /** Which region of its `reg`: a number, counted from 0, or a name of `reg-names`. */
  region: number | string
}

/** A device of this machine's device tree: `dt:serial0+0x18`, `dt:/soc/pcie@fd500000#1+0x10`. */
export interface DtPlace extends NodeRegion {
  scheme: 'dt'
  offset: number
}

/** The same in a tree that is read from a file: `dtb:board.dtb:serial0+0x18`. */
export interface DtbPlace extends NodeRegion {
  scheme: 'dtb'
  /** The file in which the flattened tree is. */
  path: string
  offset: number
}

export const dt: PhysicalScheme<DtPlace> = {
  name: 'dt',
  example: 'dt:serial0+0x18',
  freeText: 'node',
  suffixesFrom: () => 0,
  parse: (subject, offset) => ({ scheme: 'dt', ...parseNodeRegion(subject, 'dt:'), offset }),
  format: (place) => withOffset(formatNodeRegion(place), place.offset),
  stretch: async (place, { files }) => {
    const { stretchInTree } = await import('../../ways/named/device-tree.ts')
    return stretchInTree(place, files, `dt:${dt.format(place)}`)
  },
}

export const dtb: PhysicalScheme<DtbPlace> = {
  name: 'dtb',
  example: 'dtb:board.dtb:serial0+0x18',
  freeText: 'node',
  suffixesFrom: (body) => body.search(nodeAtEnd) + 1,
  parse: (subject, offset) => {
    const colon = subject.lastIndexOf(':')
    if (colon <= 0) {
      const why = 'expected dtb:FILE:NODE, such as dtb:board.dtb:serial0'
      throw malformed(`dtb:${subject}`, 'a device in a device tree file', why)
    }
    const path = subject.slice(0, colon)
    if (path.includes('\0')) {
      throw malformed(
        `dtb:${subject}`,
        'a device in a device tree file',
        'a path cannot hold a NUL character',
      )
    }
    const where = parseNodeRegion(subject.slice(colon + 1), `dtb:${path}:`)
    return { scheme: 'dtb', path, ...where, offset }
  },
  format: (place) => withOffset(`${place.path}:${formatNodeRegion(place)}`, place.offset),
  stretch: async (place) => {
    const { stretchInFile } = await import('../../ways/named/device-tree.ts')
    return stretchInFile(place)
  },
}

/** The colon in front of the node: neither it nor bits after it begin like the other. */
export const nodeAtEnd = /:[A-Za-z_/][^:]*(?::[0-9]\w*)*$/

/** Devicetree Specification 2.2.1 and 2.3.1: what names of nodes and of regions are made of. */
const nodeName = /^[A-Za-z_/][\w,.+@/-]*$/
const regionName = /^[\w,.+-]+$/

function parseNodeRegion(subject: string, prefix: string): NodeRegion {
  const [node = '', region, ...more] = subject.split('#')
  const what = 'a device tree node'
  const whole = prefix + subject
  if (node === '') throw malformed(whole, what, `it names none, such as ${prefix}serial0`)
  if (!nodeName.test(node)) {
    throw malformed(
      whole,
      what,
      'expected a path or an alias, such as /soc/serial@7e201000 or serial0',
    )
  }
  if (region === undefined) return { node, region: 0 }
  if (more.length > 0 || !regionName.test(region)) {
    throw malformed(
      whole,
      what,
      '# is followed by the number or the name of a region, such as #1 or #config',
    )
  }
  return { node, region: /^(?:0|[1-9][0-9]{0,3})$/.test(region) ? Number(region) : region }
}

function formatNodeRegion({ node, region }: NodeRegion): string {
  return region === 0 ? node : `${node}#${region}`
}
