import type { ErrorData } from './error-data.ts'
import type { PhysmemError } from './errors.ts'
import type { RunResults } from './run-results.ts'

/** What is changed; what is absent stays. */
export interface Retelling {
  message?: string
  /** Laid over the error's own; `undefined` takes a member away. */
  data?: { [K in keyof ErrorData]?: ErrorData[K] | undefined }
  /** `undefined` takes them away. */
  results?: RunResults | undefined
  cause?: unknown
  /** With the present stack, for an error that was made where no caller is. */
  freshStack?: true
}

/** The same error reworded: its class, code, cause and stack stay, and the error itself, too. */
export function retell<E extends PhysmemError>(error: E, change: Retelling): E {
  const Kind = error.constructor as new (...given: ConstructorParameters<typeof PhysmemError>) => E
  const { message = error.message, results = 'results' in change ? undefined : error.results } =
    change
  const { cause = error.cause } = change
  const all = Object.entries({ ...error.data, ...change.data })
  const data: ErrorData = Object.fromEntries(all.filter(([, value]) => value !== undefined))
  // Another cure is told in words alone.
  const remedy = change.data && 'cure' in change.data ? undefined : error.remedy
  const options = { results, remedy, ...(cause === undefined ? {} : { cause }) }
  const told = new Kind(error.code, message, data, options)
  if (change.freshStack) return told
  // A stack begins with the message.
  const stack = error.stack?.replace(error.message, () => told.message)
  Object.defineProperty(told, 'stack', { value: stack, writable: true, configurable: true })
  return told
}
