/**
 * A document as it stands in JSON: what is a bigint in physmem, a value of 64 bits or an address that
 * no number has exactly, is a string in hexadecimal there; bytes are a string of hexadecimal digits.
 */
export type Printed<T> = T extends bigint | Uint8Array
  ? string
  : T extends readonly (infer One)[]
    ? readonly Printed<One>[]
    : T extends object
      ? { [K in keyof T]: Printed<T[K]> }
      : T
