import type { Width } from '../base/width.ts'
import type { Told } from '../doctor/finding.ts'
import type { Host } from '../doctor/host.ts'
import type { Access, PlaceDiagnosis } from '../doctor/place.ts'
import type { Region } from '../inventory/region.ts'
import { type ErrorReport, errorToJson } from './error.ts'

/** `physmem doctor --json`: of this machine, of a simulated board, of a debug port, or of one place. */
export type DoctorDocument = DiagnosisReport | BoardReport | DebugPortReport | PlaceDiagnosisReport

export interface DiagnosisReport {
  host: Host
  findings: readonly Told[]
  /** The file, with `--report`. */
  report?: string
}

export interface BoardReport {
  target: string
  /** Its name. */
  board: string
  findings: readonly Told[]
}

export interface DebugPortReport {
  target: string
  /** What it says that it is. */
  server: string
  findings: readonly Told[]
}

export interface PlaceDiagnosisReport extends Omit<PlaceDiagnosis, 'here' | 'read' | 'write'> {
  /** What is there, outermost first, and how far from the start of each the place is. */
  here: (Pick<Region, 'start' | 'name' | 'kind'> & { end: number; offset: number })[]
  read: AccessReport
  write: AccessReport
}

export interface AccessReport extends Pick<Access, 'verdict' | 'way'> {
  width?: Width | undefined
  error?: ErrorReport
}

export function placeDiagnosisToJson(diagnosis: PlaceDiagnosis): PlaceDiagnosisReport {
  const { here, read, write, ...rest } = diagnosis
  const regions = here.map(({ region: { start, last, name, kind }, offset }) => ({
    ...{ start, end: last, name, kind, offset },
  }))
  return { ...rest, here: regions, read: accessToJson(read), write: accessToJson(write) }
}

function accessToJson({ verdict, way, width, error }: Access): AccessReport {
  return {
    verdict,
    ...(way === undefined ? {} : { way, width }),
    ...(error === undefined ? {} : { error: errorToJson(error) }),
  }
}
