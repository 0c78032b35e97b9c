import { RequestError } from '../base/errors.ts'
import { didYouMean } from '../text/hint.ts'
import { clip, quote, refusal } from '../text/refuse.ts'
import { accepted, nearest, suggesting } from '../text/suggest.ts'
import { formatPlace } from './place.ts'
import type { AddressPlace } from './schemes/address.ts'
import type { Place } from './schemes/index.ts'

/** Which machine a memory belongs to. */
export type Target = { kind: 'local' } | { kind: 'sim'; board: string }

/**
 * `local` is this machine; `sim:` the simulated board that physmem brings; `sim:FILE` one that is
 * described in a YAML file. Throws ESCHEME for anything else.
 */
export function parseTarget(text: string): Target {
  return suggesting(text, readTarget, () => readTarget(text))
}

function readTarget(text: string): Target {
  if (text === 'local') return { kind: 'local' }
  if (text.startsWith('sim:')) return { kind: 'sim', board: text.slice('sim:'.length) }
  const scheme = text.includes(':') ? text.slice(0, text.indexOf(':') + 1) : text
  const near = nearest(scheme, ['local', 'sim:'])
  const whole = near?.endsWith(':') ? near + text.slice(scheme.length) : near
  const wrong = `${quote(text)} is not a target: expected local, sim: or sim:FILE`
  throw refusal('ESCHEME', didYouMean(wrong, accepted(text, whole)), text)
}

/** A place on a simulated board, which has no other kinds. Throws ESCHEME for these. */
export function onSimulatedBoard(place: Place): AddressPlace {
  if (place.scheme === 'address') return place
  throw new RequestError(
    'ESCHEME',
    `${clip(formatPlace(place))} is not on a simulated board: it has plain addresses only`,
    { input: formatPlace(place) },
  )
}
