import type { Value, Width } from '../base/width.ts'

/**
 * Elements of `width` bits in private bytes, little-endian, at any offset. Never for a live mapping:
 * what a DataView does there is not one access.
 */
export function getElement(view: DataView, offset: number, width: Width): Value {
  switch (width) {
    case 8:
      return view.getUint8(offset)
    case 16:
      return view.getUint16(offset, true)
    case 32:
      return view.getUint32(offset, true)
    case 64:
      return view.getBigUint64(offset, true)
  }
}

export function setElement(view: DataView, offset: number, width: Width, value: Value): void {
  if (width === 8) view.setUint8(offset, Number(value))
  else if (width === 16) view.setUint16(offset, Number(value), true)
  else if (width === 32) view.setUint32(offset, Number(value), true)
  else view.setBigUint64(offset, BigInt(value), true)
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** `value` in the type that a value of `width` bits has. */
export function asValue(value: Value, width: Width): Value {
  return width === 64 ? BigInt(value) : Number(value)
}
