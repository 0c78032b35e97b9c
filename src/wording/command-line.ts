/**
 * How the command line spells what physmem can do. All that stands below the report says it as data,
 * or asks here.
 */

import type { Act } from '../base/cure.ts'

/** The command line of an act. */
export function actLine(act: Act): string {
  return `physmem ${actWords(act).join(' ')}`
}

/** The same behind `physmem`, word by word. */
export function actWords(act: Act): string[] {
  switch (act.act) {
    case 'build the module': {
      const { kernel, headers, output, verbose } = act
      return [
        ...['kmod', 'build'],
        ...given('kernel', kernel),
        ...given('headers', headers),
        ...given('output', output),
        ...(verbose ? [optionWord('verbose')] : []),
      ]
    }
    case 'load the module':
      return ['kmod', 'load', ...words(act.file)]
    case 'unload the module':
      return ['kmod', 'unload']
    case 'manage the module':
      return ['kmod']
    case 'bind a driver':
      return ['bind', '…', act.driver]
    case 'allocate a buffer':
      return ['buffer', 'alloc']
    case 'show the map':
      return ['map']
    case 'list':
      return ['list', ...words(act.what)]
    case 'list known chips':
      return ['chips']
    case 'translate':
      return ['translate']
    case 'read':
      return ['read', ...words(act.place)]
  }
}

/** How an option is written: `--width`, and with a value `--width 8`. */
export function optionWord(name: string, value?: string | number): string {
  return [`--${name}`, ...words(value?.toString())].join(' ')
}

const words = (word: string | undefined): string[] => (word === undefined ? [] : [word])

const given = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [optionWord(name, value)]
