import type { Value, ValueOf, Width } from '../../base/width.ts'
import type { UpdateResult } from '../../memory/memory.ts'

/** Single accesses of each width, and the same with the width as an argument. */
export abstract class ByWidth {
  /** One 8-bit load. */
  abstract read8(offset: number): number
  /** One 16-bit load. */
  abstract read16(offset: number): number
  /** One 32-bit load. */
  abstract read32(offset: number): number
  /** One 64-bit load. EWIDTH on a 32-bit CPU. */
  abstract read64(offset: number): bigint

  /** One load of `width` bits. A `bigint` at 64 bits, otherwise a `number`. */
  read<W extends Width>(offset: number, width: W): ValueOf<W>
  read(offset: number, width: Width): Value {
    switch (width) {
      case 8:
        return this.read8(offset)
      case 16:
        return this.read16(offset)
      case 32:
        return this.read32(offset)
      case 64:
        return this.read64(offset)
      default:
        return this.refuseWidth(offset, width)
    }
  }

  /**
   * One 8-bit store, and no load. Takes 0 to 0xff, and negative values down to -2^7 as two's
   * complement, since `|` and `~` give such.
   */
  abstract write8(offset: number, value: number): void
  /** As `write8`, with 16 bits. */
  abstract write16(offset: number, value: number): void
  /** As `write8`, with 32 bits. */
  abstract write32(offset: number, value: number): void
  /**
   * As `write8`, with 64 bits. A `number` is taken from 0 to 2^53 - 1; what is negative is a `bigint`.
   * EWIDTH on a 32-bit CPU.
   */
  abstract write64(offset: number, value: Value): void

  /** One store of `width` bits, and no load. Values are taken as `write8` and `write64` take them. */
  write(offset: number, width: Width, value: Value): void {
    if (width === 8) this.write8(offset, value as number)
    else if (width === 16) this.write16(offset, value as number)
    else if (width === 32) this.write32(offset, value as number)
    else if (width === 64) this.write64(offset, value)
    else this.refuseWidth(offset, width)
  }

  /**
   * One load, then one store of `(old & ~mask) | (value & mask)`; tells both values. EVALUE, and no
   * access, when the mask or the value does not fit; EREADONLY, and no load either, where nothing may
   * be stored. A negative value is taken as `write8` does, a negative mask when its complement fits,
   * as `~0x80`.
   */
  abstract update8(offset: number, mask: number, value: number): UpdateResult<number>
  /** As `update8`, with 16 bits. */
  abstract update16(offset: number, mask: number, value: number): UpdateResult<number>
  /** As `update8`, with 32 bits. */
  abstract update32(offset: number, mask: number, value: number): UpdateResult<number>
  /** As `update8`, with 64 bits; numbers are taken as `write64` takes them. */
  abstract update64(offset: number, mask: Value, value: Value): UpdateResult<bigint>

  /** As `update8`, with `width` bits. */
  update<W extends Width>(
    offset: number,
    width: W,
    mask: Value,
    value: Value,
  ): UpdateResult<ValueOf<W>>
  update(offset: number, width: Width, mask: Value, value: Value): UpdateResult {
    switch (width) {
      case 8:
        return this.update8(offset, mask as number, value as number)
      case 16:
        return this.update16(offset, mask as number, value as number)
      case 32:
        return this.update32(offset, mask as number, value as number)
      case 64:
        return this.update64(offset, mask, value)
      default:
        return this.refuseWidth(offset, width)
    }
  }

  /** Says why there is no access of this width. */
  protected abstract refuseWidth(offset: number, width: never): never
}
