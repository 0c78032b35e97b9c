/** Fields and bits of registers that are given by name, as others write them. */
import { withoutBrackets } from '../../../place/dissect.ts'
import type { Given } from './orders.ts'

/** The commands that take fields of registers. */
const BY_FIELD = ['read', 'write', 'wait', 'watch']

/** The lines that others of these words may stand for, the nearest first. */
export function fieldLines(given: Given): string[][] {
  if (!BY_FIELD.includes(given.name)) return []
  return [namedBits, fieldsApart, dottedField, listedFields].flatMap((habits) => habits(given))
}

/** A word, and what follows the operand in it. */
function parted(word: string): [target: string, value: string] {
  const at = word.search(/[!=<>]/)
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at)]
}

/** `NAME[7:4]`, `NAME:7-4`: bits of what has a name, which no parser of places tries. */
function namedBits({ words, withWords }: Given): string[][] {
  const others = words.map((word) => {
    const [target, value] = parted(word)
    const bracketed = target.replace(/:(\d+(?:-|\.\.)\d+)$/, '[$1]')
    const meant = /^[a-z_]/i.test(target) ? withoutBrackets(bracketed) : undefined
    return meant === undefined ? word : meant + value
  })
  return others.some((other, index) => other !== words[index]) ? [withWords(others)] : []
}

/** `write NAME FIELD=VALUE FIELD=VALUE`, `write NAME FIELD VALUE`, `read NAME FIELD`; or registers of a block. */
function fieldsApart({ name, words, withWords }: Given): string[][] {
  const [register = '', ...fields] = words
  if (fields.length === 0 || /[!=<>:]/.test(register)) return []
  const [field = '', value, ...more] = fields
  const isApart = value !== undefined && more.length === 0 && !/[!=<>]/.test(field + value)
  const whole = isApart && /^(?:write|wait)$/.test(name) ? [`${field}=${value}`] : fields
  // A number alone may be anything.
  if (!whole.every((one) => /^(?:[a-z_]|[0-9]+:[0-9])/i.test(one))) return []
  return [':', '.'].map((sign) => withWords(whole.map((one) => register + sign + one)))
}

/** `write NAME.FIELD VALUE`. */
function dottedField({ name, words, withWords }: Given): string[][] {
  const [, register, field] = /^(.+)\.([^.:!=<>]+)$/.exec(words[0] ?? '') ?? []
  if (register === undefined || name !== 'write' || words.length !== 2) return []
  return [withWords([`${register}:${field}=${words[1]}`])]
}

/** `write NAME:FIELD=VALUE,FIELD=VALUE`, `read NAME:FIELD,FIELD`. */
function listedFields({ words, withWords }: Given): string[][] {
  const [, register, fields = ''] = /^([^:,]+):([^:]+,[^:]+)$/.exec(words[0] ?? '') ?? []
  if (register === undefined || words.length !== 1) return []
  return [withWords(fields.split(',').map((field) => `${register}:${field}`))]
}
