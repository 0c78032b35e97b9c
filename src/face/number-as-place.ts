import { RequestError } from '../base/errors.ts'

/**
 * Throws EUSAGE, for `what`, where a number stands in the place of a text: a program without types means
 * an address of physical memory, for which `instead` says what is expected.
 */
export function refuseNumber(
  what: string,
  given: unknown,
  instead: (address: number | bigint) => string,
): void {
  if (typeof given !== 'number' && typeof given !== 'bigint') return
  const address = given >= 0 && Number.isSafeInteger(Number(given)) ? given : EXAMPLE
  const expected = `expected ${instead(address)}, or a text such as 'pci:0000:00:04.0/bar0'`
  const message = `${what}: a ${typeof given} is no place: ${expected}`
  throw new RequestError('EUSAGE', message, { input: `${given}` })
}

const EXAMPLE = 0x1000_0000
