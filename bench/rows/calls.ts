import { type Contender, loop } from '../contender.ts'
import { inTurn } from '../rounds.ts'
import type { Rounds, Row } from '../row.ts'

const ROUNDS = 15

const HEADLINE = {
  what: 'one register read in a loop, from TypeScript',
  against: 'a call into any native addon',
}

export async function contest(ours: Contender, theirs: Contender): Promise<Rounds> {
  using first = ours
  using second = theirs
  return await inTurn(
    ROUNDS,
    () => first.round(),
    () => second.round(),
  )
}

function call(direction: 'read' | 'write', access: 'typed' | 'native'): Row {
  const native = access === 'native'
  return {
    name: native ? `native-${direction}` : `window-${direction}`,
    what: `\`window.${direction}32\`, per call${native ? ", `access: 'native'`" : ''}`,
    against: 'a bare Node-API call that returns a number',
    unit: 'ns',
    comparison: 'ratio',
    target: { atMost: native ? 1.5 : 0.25 },
    ...(native ? {} : { idle: { atMost: 5 } }),
    ...(access === 'typed' && direction === 'read' ? { headline: HEADLINE } : {}),
    measure: (workshop) =>
      contest(loop(`${access}-${direction}`, workshop.file('calls', 65536)), loop('bare')),
  }
}

export const calls: Row[] = [
  call('read', 'typed'),
  call('write', 'typed'),
  call('read', 'native'),
  call('write', 'native'),
]
