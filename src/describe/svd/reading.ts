/** What all of one file is read with. */
import { quote } from '../../text/refuse.ts'
import type { Access } from '../model.ts'
import type { Derivations } from './derive.ts'
import { said } from './derive.ts'
import type { SvdFile } from './file.ts'
import type { Said } from './value.ts'
import { accessOf } from './words.ts'

export class Reading {
  readonly file: SvdFile
  readonly derivations: Derivations

  constructor(file: SvdFile, derivations: Derivations) {
    this.file = file
    this.derivations = derivations
  }

  /** The access that is said; undefined where none is, or a word that means none (an issue). */
  access(of: Said): Access | undefined {
    const element = said(of.chain, 'access')
    if (element === undefined) return undefined
    const found = accessOf(element.text)
    if (found === undefined) {
      of.fault(
        'unknown-word',
        `access is not a word of the format: ${quote(element.text)}`,
        'access',
      )
    } else if (found.isOdd) {
      const message = `access is ${quote(element.text)}: it is read as ${found.access}`
      of.doubt('odd-access', message, 'access')
    }
    return found?.access
  }
}
