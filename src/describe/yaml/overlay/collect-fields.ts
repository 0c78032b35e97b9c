import type { Field } from '../../model.ts'
import { changeField } from './field.ts'
import { type Layer, within } from './layers.ts'
import { arrayKeys, instead, rowOf } from './rows.ts'
import { type Context, inside } from './select.ts'

/** The fields, with those that an `_array` names made one that repeats. */
export function collectFields(
  fields: readonly Field[],
  layers: readonly Layer[],
  context: Context,
): Field[] {
  let collected = [...fields]
  for (const keyed of within(layers, '_array', context.path)) {
    const row = rowOf(
      collected,
      keyed,
      'field',
      ({ lsb }) => lsb,
      ({ width }) => width,
      context,
    )
    if (row === undefined) continue
    const { name, rest } = arrayKeys(keyed, row)
    const array = { ...row.first, name, repeat: row.repeat }
    const said = changeField(array, rest, 64, inside(context, name))
    collected = instead(collected, row, said)
  }
  return collected
}
