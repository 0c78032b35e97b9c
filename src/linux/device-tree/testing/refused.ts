import { PhysmemError } from '../../../base/errors.ts'

/** `CODE message` of the PhysmemError that `act` throws; anything else fails the test. */
export function refused(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof PhysmemError) return `${error.code} ${error.message}`
    throw error
  }
  throw new Error('nothing was refused')
}

/** What `act` gives, or `undefined` when it refuses; any other throw fails the test. */
export function unlessRefused<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch (error) {
    if (error instanceof PhysmemError) return undefined
    throw error
  }
}
