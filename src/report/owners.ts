import type { ErrorCode } from '../base/errors.ts'
import { exactAddress, type ShownAddress } from '../operate/shown-address.ts'
import type { OwnedFrame, Owner, OwnersReport } from '../translate/index.ts'
import { type MappingReport, mappingToJson } from './mapping.ts'

/** `physmem owners --json`. */
export interface OwnersDocument {
  /** Bytes. */
  pageSize: number
  /** One frame each. */
  results: FrameReport[]
  /** Processes that this user may not look at. */
  skipped: { process: string; pid: number; code: ErrorCode; reason: string }[]
}

export interface FrameReport extends Omit<OwnedFrame, 'owners' | 'flags' | 'resources'> {
  flags: string[]
  resources: string[]
  owners: OwnerReport[]
}

export interface OwnerReport extends Omit<Owner, 'virtual' | 'mapping'> {
  virtual: ShownAddress
  mapping: MappingReport
}

export function ownersToJson({ frames, pageSize, skipped }: OwnersReport): OwnersDocument {
  const results = frames.map(({ owners, flags = [], resources = [], ...frame }) => ({
    ...frame,
    flags: flags.map((flag) => flag.toLowerCase()),
    resources,
    owners: owners.map(({ virtual, mapping, ...owner }) => ({
      ...{ ...owner, virtual: exactAddress(virtual) },
      mapping: mappingToJson(mapping),
    })),
  }))
  const left = skipped.map(({ name, ...why }) => ({ process: name, ...why }))
  return { pageSize, results, skipped: left }
}
