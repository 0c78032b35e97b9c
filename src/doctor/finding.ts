import type { Cure } from '../base/cure.ts'
import type { ErrorCode } from '../base/errors.ts'
import type { Evidence } from '../base/evidence.ts'
import { explainOpen } from '../refusal/node.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { wordCure } from '../wording/cure.ts'

/**
 * `absent`: there is no such thing on this machine. `unknown`: it could not be determined, see
 * `reason`.
 */
export type Verdict = 'works' | 'refused' | 'absent' | 'unknown'

/** One thing that was examined. */
export interface Finding {
  /** Stable, for programs: `devmem.open`, `bar:0000:00:04.0/bar0`. */
  id: string
  /** What a person calls it: `RAM through /dev/mem, read()`. */
  title: string
  verdict: Verdict
  /** One line: why not; of what works, what was tried, or what is to be known of it. */
  reason: string
  /** Of a refusal: the code of the error that an access ends with. */
  code?: ErrorCode
  /** Of a refusal: the name of the system's answer. */
  errno?: string
  /** What shows it. */
  evidence: readonly Evidence[]
  /** What helps, in order of preference. */
  cures: readonly Cure[]
  /** The best other way to the same bytes. */
  instead?: Cure
  /** The finding that decided this one, too. */
  because?: string
}

/** A finding in words. */
export interface Told extends Omit<Finding, 'cures' | 'instead'> {
  /** What helps, in order of preference. */
  cures: readonly string[]
  /** The best other way to the same bytes. */
  instead?: string
}

export function told({ instead, ...finding }: Finding): Told {
  const words = { ...finding, cures: finding.cures.map((one) => wordCure(one)) }
  return instead === undefined ? words : { ...words, instead: wordCure(instead) }
}

/** What is examined, before anything is known of it. */
export interface Subject {
  id: string
  title: string
}

export function works(
  { id, title }: Subject,
  reason: string,
  evidence: readonly Evidence[] = [],
): Finding {
  return { id, title, verdict: 'works', reason, evidence, cures: [] }
}

export function unknown(
  { id, title }: Subject,
  reason: string,
  evidence: readonly Evidence[] = [],
): Finding {
  return { id, title, verdict: 'unknown', reason, evidence, cures: [] }
}

/** Answers that say that there is no such thing. */
const NOTHING_THERE: readonly string[] = ['ENOENT', 'ENXIO', 'ENOSYS', 'ENOTDIR']

/** `refused`, or `absent` where the answer says that there is nothing. */
export function refused({ id, title }: Subject, refusal: Refusal, errno?: string): Finding {
  const { code, reason, cure, cures, evidence = [] } = refusal
  return {
    id,
    title,
    verdict: errno !== undefined && NOTHING_THERE.includes(errno) ? 'absent' : 'refused',
    reason,
    code,
    ...(errno === undefined ? {} : { errno }),
    evidence,
    cures: cures ?? (cure === undefined ? [] : [cure]),
  }
}

/** What could not be opened; `known` is what is known of this file, if anything. */
export function unopened(subject: Subject, errno: string, known: Refusal | undefined): Finding {
  return refused(subject, known ?? explainOpen(errno), errno)
}

/** The same verdict as another finding, for the same reason. */
export function decidedBy({ id: because, ...other }: Finding, { id, title }: Subject): Finding {
  return { ...other, id, title, because }
}
