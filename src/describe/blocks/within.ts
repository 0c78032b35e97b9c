import { RequestError } from '../../base/errors.ts'
import { WIDTHS, type Width } from '../../base/width.ts'
import { quote } from '../../text/refuse.ts'

/** A stretch of a device that a block describes, as `Matches.within` names it. */
export interface Within {
  region:
    | { kind: 'bar'; index: number }
    /** The entry of the node's `reg`, or of the memory resources that ACPI gives. */
    | { kind: 'reg'; index: number; child?: string }
    /** PCI configuration space. */
    | { kind: 'config' }
    /** What the virtio capability of this `cfg_type` points to (`virtioStructures`). */
    | { kind: 'virtio'; structure: number }
  /**
   * The block begins so many bytes after the region's start as the device itself says there: the
   * value of a register of `width` bits at `offset`, whose load has no effect.
   */
  behind?: { offset: number; width: Width }
}

const FORM = /^(?:(bar|virtio)(\d)|(config)|(?:([\w-]+)\/)?reg(\d+))(?:\+\[(\d+):(\d+)\])?$/
const EXPECTED =
  'bar0, reg1, frame/reg0 (of the children named frame), config, virtio1, or one with an offset that the device says, bar0+[0:8]'

/**
 * Where in a device a block is: of several, separated by blanks, the first whose kind the device
 * has. `bar5`: a PCI function's BAR; of what is not a PCI function, the first `reg`. Throws
 * ESYNTAX.
 */
export function parseWithin(text: string): Within[] {
  return text.split(' ').map((word) => {
    const match = FORM.exec(word)
    if (match === null) {
      throw new RequestError(
        'ESYNTAX',
        `${quote(word)} is not a place in a device: expected ${EXPECTED}`,
      )
    }
    const [, numbered, number, config, child, reg, offset, bits] = match
    return { region: regionOf(), ...behindOf() }

    function regionOf(): Within['region'] {
      if (numbered === 'bar') return { kind: 'bar', index: Number(number) }
      if (numbered === 'virtio') return { kind: 'virtio', structure: Number(number) }
      if (config !== undefined) return { kind: 'config' }
      return { kind: 'reg', index: Number(reg), ...(child !== undefined && { child }) }
    }

    function behindOf(): { behind?: NonNullable<Within['behind']> } {
      if (offset === undefined) return {}
      const width = WIDTHS.find((one) => one === Number(bits))
      if (width === undefined) {
        const message = `${quote(word)}: expected 8, 16, 32 or 64 bits, got ${bits}`
        throw new RequestError('ESYNTAX', message)
      }
      return { behind: { offset: Number(offset), width } }
    }
  })
}
