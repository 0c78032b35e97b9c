import { expect } from 'vitest'
import { RequestError } from '../../base/errors.ts'

/** `CODE message` of the RequestError that `act` throws; anything else fails the test. */
export function refused(act: () => unknown): string {
  const error = caught(act)
  expect(error).toBeInstanceOf(RequestError)
  if (!(error instanceof RequestError)) throw error
  expect(typeof error.data.input).toBe('string')
  return `${error.code} ${error.message}`
}

/** What `act` returns, or `undefined` when it refuses; any other throw fails the test. */
export function acceptedBy<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch (error) {
    if (error instanceof RequestError && typeof error.data.input === 'string') return undefined
    throw error
  }
}

function caught(act: () => unknown): unknown {
  let result: unknown
  try {
    result = act()
  } catch (error) {
    return error
  }
  throw new Error(`accepted, as ${String(result)}`)
}
