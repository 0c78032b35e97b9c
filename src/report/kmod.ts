import type { KmodStatus } from '../kmod/status.ts'
import { wordCure } from '../wording/cure.ts'

/** `physmem kmod --json`, by what was asked for. */
export type KmodDocument = KmodStatusReport | KmodBuildReport | KmodLoadReport

/** `status`; what is not known or not so is absent. */
export interface KmodStatusReport
  extends Pick<KmodStatus, 'release' | 'loaded' | 'signed' | 'source'>,
    Partial<Pick<KmodStatus, 'users' | 'deviceError' | 'built' | 'headers'>> {
  refusal?: string | undefined
  next?: string | undefined
}

/** `build`. */
export interface KmodBuildReport {
  /** The kernel that it is for. */
  release: string
  file: string
}

/** `load` and `unload`. */
export interface KmodLoadReport {
  loaded: boolean
  /** What was loaded; absent where it was loaded already. */
  file?: string
}

export function kmodStatusToJson(status: KmodStatus): KmodStatusReport {
  const { refusal, next } = status
  return { ...status, refusal: refusal?.reason, next: next && wordCure(next) }
}
