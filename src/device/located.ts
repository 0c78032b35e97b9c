/** Where the registers of a block are, once it is known where the block is. */
import { RequestError } from '../base/errors.ts'
import { type FoundRegister, find, findRegister, registersOf } from '../describe/lookup.ts'
import type { Block } from '../describe/model.ts'
import { sharingInBlock } from '../describe/sharing.ts'
import { placeAt } from '../place/at.ts'
import { parsePlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { clip, refusal } from '../text/refuse.ts'
import type { SettledRegister } from './register.ts'
import { deviceOf, type Kind } from './sources.ts'

/** Where a block's offset 0 is. Throws EUSAGE where only the machine would know. */
export function baseOf(block: Block, name: string): Place {
  if (block.at !== undefined) return parsePlace(block.at)
  if (block.base !== undefined) return { scheme: 'address', offset: block.base }
  throw withoutPlace(name)
}

/** Its description says where it is; a kind of block is wherever a machine has one. */
export function isPlaced({ at, base }: Block): boolean {
  return at !== undefined || base !== undefined
}

export function withoutPlace(name: string): RequestError {
  const message = `${clip(name)} is a kind of block, but nothing says where one is: name the place, as in ${clip(name)}@0x40000000`
  return refusal('EUSAGE', message, name)
}

/** The registers of a block that is at a place, whatever its own base says. */
export function registersAt(
  { block, device }: Pick<Kind, 'block' | 'device'>,
  path: string,
  { name, place, from }: { name: string; place: Place; from: string },
): SettledRegister[] {
  const located = (found: FoundRegister): SettledRegister => ({
    ...{ name: found.path, found, from },
    sharing: () => [...sharingInBlock(found)],
    place: placeAt(place, found.offset),
    endian: found.register.endian ?? block.endian ?? device.endian,
  })
  const at = { path: name, offset: 0 }
  if (path === '') return [...registersOf(block, at)].map(located)
  if (!/[*?]/.test(path)) {
    try {
      return [located(findRegister(block, path, at))]
    } catch (error) {
      // A cluster, or an array: all registers in it.
      if (!(error instanceof RequestError) || error.code !== 'EUSAGE') throw error
    }
  }
  const single = { ...block, name: 'X', children: block.children, repeat: undefined }
  const { repeat: _, ...alone } = single
  return find(deviceOf(alone, device), `X.${path}`).map((found) => {
    const renamed = { ...found, path: `${name}.${found.name}`, blockPath: name }
    return located(renamed)
  })
}
