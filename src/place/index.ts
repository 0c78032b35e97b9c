/**
 * The grammar of places, values and ranges, from text to data and back; nothing here opens a file
 * or touches memory. Every `parse…` throws only `RequestError`, and every `format…` gives the
 * canonical text, which parses to the same data again.
 *
 * ```text
 * NUMBER      0x1f  0b101  0o17  31  1_000     SIZE: a number and k, M or G (powers of 1024)
 * PLACE       ADDRESS[+OFFSET]…
 *             pci:[DOMAIN:]BUS:DEVICE.FUNCTION/barN[_wc][+OFFSET]
 *             pci:VENDOR:DEVICE[#N]/barN[_wc][+OFFSET]   four hexadecimal digits each
 *             uio:DEVICE/MAP[+OFFSET]
 *             iomem:"NAME"[+OFFSET]
 *             dt:NODE[#REGION][+OFFSET]
 *             dtb:FILE:NODE[#REGION][+OFFSET]
 *             pid:PID:VIRTUAL[+OFFSET]
 *             kernel:SYMBOL[+OFFSET] | kernel:VIRTUAL[+OFFSET]
 *             port:NUMBER[+OFFSET]
 *             msr:[cpuN:]NUMBER[+NUMBER]
 *             regmap:NAME/NUMBER[+NUMBER]
 *             i2c:BUS:ADDRESS[/reg16][+REGISTER]
 *             file:PATH[+OFFSET]
 * OPERAND     PLACE[:BIT | :HIGH:LOW]
 * RANGE       PLACE..END (exclusive) | PLACE..+LENGTH | PLACE.. (to the end of what it names)
 * VALUE       NUMBER | -NUMBER (two's complement) | ~NUMBER (every other bit)
 * ASSIGNMENT  OPERAND=VALUE
 * CONDITION   OPERAND=VALUE | OPERAND!=VALUE, and with <, <=, > and >=
 * ```
 *
 * A path or a name that itself ends like a suffix or an operator (`+1`, `:5`, `..5`, `=`, `!`, `-`) is closed by `+0`;
 * none may end in `..`.
 *
 * @module
 */

export { ADDRESS_LIMIT } from '../base/limits.ts'
export {
  type Bits,
  bitsMask,
  checkBits,
  countBits,
  extractBits,
  formatBits,
  parseBits,
  placeBits,
} from '../text/bits.ts'
export { formatDuration, parseDurationUs } from '../text/duration.ts'
export {
  formatHex,
  type NumberRules,
  parseAddress,
  parseNumber,
  parseOffset,
  parseSize,
} from '../text/number.ts'
export { nearest } from '../text/suggest.ts'
export { checkAligned } from './align.ts'
export {
  type Assignment,
  type Condition,
  formatAssignment,
  formatCondition,
  parseAssignment,
  parseCondition,
} from './assignment.ts'
export { formatOperand, type Operand, parseOperand } from './operand.ts'
export { formatPattern, type Pattern, type PatternOptions, parsePattern } from './pattern.ts'
export { formatPlace, parsePlace } from './place.ts'
export {
  formatRange,
  type OpenRange,
  parseOperandOrRange,
  parseRange,
  parseRangeOrPlace,
  type Range,
  rangeEnd,
  type WholePlace,
} from './range.ts'
export { isMet, type Relation } from './relation.ts'
export type { AddressPlace } from './schemes/address.ts'
export type { DtbPlace, DtPlace, NodeRegion } from './schemes/device-tree.ts'
export type { FilePlace } from './schemes/file.ts'
export type { I2cPlace } from './schemes/i2c.ts'
export { type Place, placeExamples } from './schemes/index.ts'
export type { IomemPlace } from './schemes/iomem.ts'
export type { KernelPlace } from './schemes/kernel.ts'
export type { MsrPlace } from './schemes/msr.ts'
export {
  type PciConfigPlace,
  type PciIdConfigPlace,
  type PciIdPlace,
  type PciPlace,
  pciAddress,
} from './schemes/pci.ts'
export { type PidPlace, parsePid, parseVirtual } from './schemes/pid.ts'
export type { PortPlace } from './schemes/port.ts'
export type { RegmapPlace } from './schemes/regmap.ts'
export type { UioPlace } from './schemes/uio.ts'
export {
  checkValue,
  formatLiteral,
  type Literal,
  literalValue,
  parseLiteral,
  parseValue,
  parseWidth,
  swapValue,
} from './value.ts'
