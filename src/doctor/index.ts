/**
 * What works on this machine, what does not, why, and what helps.
 *
 *     import { examine } from 'physmem/doctor'
 *     const { findings } = await examine()
 */

export { type Diagnosis, type ExamineOptions, examine } from './examine.ts'
export type { Told as Finding, Verdict } from './finding.ts'
export type { Host, Word } from './host.ts'
export {
  type Access,
  type ExaminePlaceOptions,
  examinePlace,
  type PlaceDiagnosis,
  type Remark,
} from './place.ts'
export { reportText, writeReport } from './report.ts'
