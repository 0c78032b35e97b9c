/** The words of IEEE 1685 for effects, which CMSIS-SVD and Vivado's files have, too. */
import type { ReadEffect, WriteEffect } from '../model.ts'

export const READ_ACTIONS: Readonly<Record<string, ReadEffect>> = {
  clear: 'clear',
  set: 'set',
  modify: 'modify',
}

export const WRITE_VALUES: Readonly<Record<string, WriteEffect>> = {
  oneToClear: 'one-to-clear',
  oneToSet: 'one-to-set',
  oneToToggle: 'one-to-toggle',
  zeroToClear: 'zero-to-clear',
  zeroToSet: 'zero-to-set',
  zeroToToggle: 'zero-to-toggle',
  clear: 'clear',
  set: 'set',
  modify: 'modify',
}
