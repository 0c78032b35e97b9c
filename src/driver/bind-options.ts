import { checkKind, checkOptions } from '../text/options.ts'

export interface BindOptions {
  /** Also binds a function that is in use: a mounted disk, a network interface that is up. */
  force?: boolean
}

/** Throws EUSAGE for what a program gave that names no driver, or is no option. */
export function checkBinding(driver: string, options: BindOptions): void {
  checkOptions<BindOptions>('bindDriver', options, { force: 'boolean' })
  checkKind('driver', driver, 'string')
}
