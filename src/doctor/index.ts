/**
 * What works on this machine, what does not, why, and what helps.
 *
 *     import { examine } from 'physmem/doctor'
 *     const { findings } = await examine()
 */

export type { Remark } from '../refusal/silent.ts'
export { type Diagnosis, type ExamineOptions, examine } from './examine.ts'
export type { Finding, Verdict } from './finding.ts'
export type { Host, Word } from './host.ts'
export {
  type Access,
  type ExaminePlaceOptions,
  examinePlace,
  type PlaceDiagnosis,
} from './place.ts'
export { reportText, writeReport } from './report.ts'
