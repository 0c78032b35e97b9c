/** What must be read of a configuration space to know its capabilities, and nothing else of it. */

const HEADER_END = 0x40
const EXTENDED = 0x100
const CAPABILITIES_LIST = 0x10
const PCI_EXPRESS = 0x10
/** Of its capability, the word after the header has what says how many registers there are. */
const RESIZABLE_BAR = 0x0015

/**
 * A space of `length` bytes with what `pciConfigBlock` looks at: the header, the first word of each
 * capability, and the word that says how many resizable BARs there are. All else is zero. A read of
 * all of it could do something: one of virtio's registers reads the BAR that it points to (VIRTIO 1.2,
 * 4.1.4.9). `read32` gives the word at an offset; what it rejects with, this rejects with.
 */
export async function readOutline(
  read32: (offset: number) => Promise<number>,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  const seen = new Set<number>()
  const read = async (offset: number): Promise<number> => {
    const value = await read32(offset)
    view.setUint32(offset, value, true)
    return value
  }
  const isNew = (offset: number) =>
    offset + 4 <= length && !seen.has(offset) && seen.add(offset) !== undefined
  for (let offset = 0; offset < Math.min(HEADER_END, length); offset += 4) await read(offset)
  const isSilent = length < HEADER_END || view.getUint16(0, true) === 0xffff
  if (isSilent || !(view.getUint16(6, true) & CAPABILITIES_LIST)) return bytes
  const pointer = (view.getUint8(0x0e) & 0x7f) === 2 ? 0x14 : 0x34
  let isExpress = false
  let next = view.getUint8(pointer) & 0xfc
  while (next >= HEADER_END && isNew(next)) {
    const head = await read(next)
    if ((head & 0xff) === 0xff) break
    if ((head & 0xff) === PCI_EXPRESS) isExpress = true
    next = (head >>> 8) & 0xfc
  }
  next = isExpress ? EXTENDED : 0
  while (next >= EXTENDED && isNew(next)) {
    const head = await read(next)
    if (head === 0 || head === 0xffff_ffff) break
    if ((head & 0xffff) === RESIZABLE_BAR && next + 12 <= length) await read(next + 8)
    next = (head >>> 20) & 0xffc
  }
  return bytes
}
