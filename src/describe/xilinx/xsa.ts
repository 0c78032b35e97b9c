import type { Description, SourceText } from '../model.ts'
import { notDescribing } from '../notes.ts'
import { parseXmlTree, type XmlElement } from '../xml/tree.ts'
import { readHwh } from './hwh.ts'
import { Zip, ZipError } from './zip.ts'

/**
 * The handoff of the design in an archive of Vivado. Of several, that which the archive's own list
 * calls the default one: addresses in those of parts of a design count from elsewhere. Throws ESYNTAX.
 */
export function readXsa(source: SourceText): Description {
  const { name, bytes = new Uint8Array() } = source
  try {
    const zip = new Zip(bytes)
    const file = handoffIn(zip, name)
    const text = new TextDecoder().decode(zip.read(file))
    return readHwh({ ...source, name: `${name}:${file}`, text })
  } catch (error) {
    if (error instanceof ZipError)
      throw notDescribing(name, `this archive is not read: ${error.message}`)
    throw error
  }
}

function handoffIn(zip: Zip, name: string): string {
  const all = zip.entries.map((entry) => entry.name).filter((one) => one.endsWith('.hwh'))
  const [only] = all
  if (only === undefined) {
    throw notDescribing(name, 'expected an archive of Vivado with a hardware handoff (.hwh) in it')
  }
  if (all.length === 1) return only
  const chosen = defaultOf(zip, name)
  if (chosen !== undefined && all.includes(chosen)) return chosen
  const message = `it has several hardware handoffs, but none is the default: take out one of ${all.slice(0, 8).join(', ')}`
  throw notDescribing(name, message)
}

/** `<File Type="HW_HANDOFF" BD_TYPE="DEFAULT_BD" Name="…">` of its list. */
function defaultOf(zip: Zip, name: string): string | undefined {
  const list = zip.entries.find((one) => /^(?:sysdef|xsa)\.xml$/.test(one.name))
  if (list === undefined) return undefined
  const root = parseXmlTree(new TextDecoder().decode(zip.read(list.name)), `${name}:${list.name}`)
  const find = (element: XmlElement): string | undefined => {
    const { BD_TYPE, Name, Type } = element.attributes
    if (BD_TYPE === 'DEFAULT_BD' && Type === 'HW_HANDOFF') return Name
    for (const one of element.children) {
      const found = find(one)
      if (found !== undefined) return found
    }
    return undefined
  }
  return find(root)
}
