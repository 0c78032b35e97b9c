import {
  AccessError,
  ConditionError,
  type ErrorCode,
  PhysmemError,
  RefusedError,
  RequestError,
} from './errors.ts'

const CLASSES = { PhysmemError, RequestError, RefusedError, AccessError, ConditionError }

/**
 * An error of another copy of this package as one of this copy, with its stack; `undefined` for what
 * none of them made. A process may have two: the command, and what a script imports.
 */
export function sameError(thrown: unknown): PhysmemError | undefined {
  if (thrown instanceof PhysmemError) return thrown
  if (!(thrown instanceof Error) || !Object.hasOwn(CLASSES, thrown.name)) return undefined
  const { code, data, remedy, cause } = thrown as Partial<PhysmemError>
  if (typeof code !== 'string' || typeof data !== 'object' || data === null) return undefined
  const Class = CLASSES[thrown.name as keyof typeof CLASSES]
  const error = new Class(code as ErrorCode, thrown.message, data, { remedy, cause })
  if (thrown.stack !== undefined) error.stack = thrown.stack
  return error
}
