/** The widths that a CPU accesses in one piece, and the values that they take. */

/** Every width of an access, in bits. */
export const WIDTHS = [8, 16, 32, 64] as const

/** Access width in bits. One access is one load or store of exactly this many bits. */
export type Width = (typeof WIDTHS)[number]

/** Up to 32 bits a `number`, at 64 bits a `bigint`; both are accepted wherever a value is given. */
export type Value = number | bigint

/** The type of what was read with a width: `bigint` at 64 bits, otherwise `number`. */
export type ValueOf<W extends Width> = W extends 64 ? bigint : number
