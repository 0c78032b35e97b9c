import { skippedSentence } from '../../../device/read-rules.ts'
import { Readings } from '../../../operate/reading.ts'
import type { Base } from '../../../text/base.ts'
import type { Context } from '../../frame/context.ts'
import { prepare } from './read.ts'
import type { DescriptionOptions } from './session.ts'

export interface WatchNamedOptions extends DescriptionOptions {
  base: Base
  force: boolean
}

/** What `physmem watch` reads of words of which some are names of registers. */
export async function namedReadings(
  context: Context,
  texts: readonly string[],
  options: WatchNamedOptions,
): Promise<Readings> {
  const how = { ...options, count: undefined, fixed: false, unaligned: false }
  const { asked, machine, skipped } = await prepare(context, texts, how)
  const sentence = skippedSentence(skipped)
  if (sentence !== undefined) context.note(sentence)
  const items = asked.flatMap((one) => one.items)
  return Readings.of(machine, items, context.settings)
}
