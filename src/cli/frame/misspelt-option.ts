import { RequestError } from '../../base/errors.ts'
import { hint, said } from '../../text/hint.ts'
import { quote } from '../../text/refuse.ts'
import { longFlag, type OptionSpec } from './option-spec.ts'

/**
 * Refuses `-o=FILE`, `-o =FILE` and `-output FILE`, of which `=FILE` and `utput` would be the values.
 * `words` is the whole line: commander tells only the value.
 */
export function refuseMisspelt(
  spec: OptionSpec<unknown>,
  short: string,
  value: string,
  words: readonly string[],
): void {
  const long = longFlag(spec)
  const whole = short + value
  const isOneWord = words.some((word) => /^-[^-]/.test(word) && word.endsWith(whole.slice(1)))
  if (isOneWord && `-${whole.split('=')[0]}` === long) throw withOneDash(whole, long)
  if (!value.startsWith('=')) return
  const message = isOneWord
    ? `${quote(whole)} is not an option: no "=" stands between a letter and its value`
    : `${quote(value)} is not a value of ${long}: it begins with "="`
  const [, name = ''] = /<(.+)>/.exec(spec.flags) ?? []
  const cure = `write ${short} ${value.slice(1) || name.toUpperCase()}`
  throw new RequestError('EUSAGE', message, { input: isOneWord ? whole : value, cure })
}

function withOneDash(word: string, long: string): RequestError {
  const wrong = `${quote(word)} is not an option`
  const { message, data } = said({ ...hint(long), wrong, joint: ', ' })
  return new RequestError('EUSAGE', message, { input: word, ...data })
}
