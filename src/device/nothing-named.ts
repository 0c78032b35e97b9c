import { sentence } from '../base/cure.ts'
import { RequestError } from '../base/errors.ts'
import { find } from '../describe/lookup.ts'
import { parsePlace } from '../place/place.ts'
import { clip, quote, refusal } from '../text/refuse.ts'
import { nearest } from '../text/suggest.ts'
import { optionWord } from '../wording/command-line.ts'
import { remedied } from '../wording/cure.ts'
import { blockNames, knows, type Source } from './sources.ts'
import { unusableText } from './unusable.ts'

/** What has names. */
export interface KnownNames {
  sources: readonly Source[]
  /** Of devices of the machine. */
  devices: readonly string[]
}

/**
 * The error of a text that begins with a name that nothing has: what was meant, or where names come from.
 * With `onlyNames` it is not meant as a place either.
 */
export async function nothingNamed(
  first: string,
  text: string,
  { sources, devices }: KnownNames,
  onlyNames: boolean,
): Promise<RequestError> {
  const unusable = sources.flatMap((source) => source.unusable ?? [])
  const names = [...blockNames(sources), ...devices, ...unusable.map(({ name }) => name)]
  const near = nearest(first, names)
  const wrong = `nothing here is named ${quote(first)}`
  const one = unusable.find(({ name }) => name === near)
  if (one !== undefined) {
    const message = `${wrong}, and the nearest one cannot be used: ${unusableText(one)}`
    return refusal('ENOPLACE', message, text)
  }
  if (near !== undefined) {
    const meant = clip(existing(near, text.slice(first.length), sources))
    return refusal('ENOPLACE', { wrong, joint: ', ', meant, behind: '' }, text)
  }
  const [register, ...more] = first === text ? registersNamed(first, sources) : []
  if (register !== undefined && more.length === 0) {
    return refusal('ENOPLACE', { wrong, joint: ', ', meant: clip(register), behind: '' }, text)
  }
  if (register !== undefined && more.length < MOST_BLOCKS) {
    const all = [register, ...more].map((name) => clip(name)).join(', ')
    return refusal('ENOPLACE', `${wrong}, but blocks have such a register: ${all}`, text)
  }
  if (await isKnownKind(first)) {
    const such = `${first}@0x09000000${text.slice(first.length)}`
    const message = `${wrong}, it is a kind of device: say where one is, as in ${clip(such)}`
    return refusal('ESYNTAX', message, text)
  }
  // It may have been meant as any place: who advises knows by the code and what could stand there.
  const plain = onlyNames ? undefined : notAPlace(text)
  if (first === text && plain !== undefined) return plain
  const { known } = plain?.data ?? {}
  if (sources.length === 0) {
    const help = `name the file that describes the chip, with ${optionWord('chip', 'FILE')} or in physmem.yaml`
    return refusal('ESYNTAX', `${wrong}: ${help}`, text, known && { known })
  }
  const cure = sentence`${{ act: 'list known chips' }} shows the names`
  return new RequestError(
    'ESYNTAX',
    wrong,
    ...remedied({ cure }, { input: text, ...(known && { known }) }),
  )
}

/** In so many blocks at most a register is named that was given without its block. */
const MOST_BLOCKS = 4

/** The registers of this name, whatever block they are in. */
function registersNamed(name: string, sources: readonly Source[]): string[] {
  const isIt = ({ path }: { path: string }) => path.toLowerCase().endsWith(`.${name.toLowerCase()}`)
  return sources.flatMap(({ device }) =>
    (orMissed(() => find(device, `*.${name}`)).found ?? []).filter(isIt).map(({ path }) => path),
  )
}

/** The name of a block with what was given behind it, where it has that: else what is near, or the block. */
function existing(block: string, rest: string, sources: readonly Source[]): string {
  const source = sources.find((one) => knows(one, block))
  if (source === undefined || rest === '') return block + rest
  const { missed } = orMissed(() => find(source.device, block + rest))
  return missed === undefined ? block + rest : (missed.data.suggestion?.meant ?? block)
}

function orMissed<T>(look: () => T): { found?: T; missed?: RequestError } {
  try {
    return { found: look() }
  } catch (error) {
    if (error instanceof RequestError) return { missed: error }
    throw error
  }
}

/** Whether a name is that of a block of the library, which a program may have left behind. */
async function isKnownKind(name: string): Promise<boolean> {
  const { libraryBlocks } = await import('../describe/blocks/index.ts')
  const known = await libraryBlocks().catch(() => [])
  return known.some((block) => block.name === name)
}

function notAPlace(text: string): RequestError | undefined {
  try {
    parsePlace(text)
    return undefined
  } catch (error) {
    if (error instanceof RequestError) return error
    throw error
  }
}
