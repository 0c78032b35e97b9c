import { readKernelConfig, readRelease } from './kernel-config.ts'
import { allSpecialTypes, type SpecialTypes, specialTypesOf } from './pagemap.ts'

/** The special swap types of the running kernel; all that there are where it does not tell. */
export function readSpecialTypes(root = '/'): SpecialTypes {
  const release = readRelease(root)
  const config = readKernelConfig(root, release)
  return config === undefined ? allSpecialTypes : specialTypesOf(config, release)
}
