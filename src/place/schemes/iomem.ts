import { clip, malformed } from '../../text/refuse.ts'
import { type PhysicalScheme, withOffset } from '../scheme.ts'

/**
 * A resource of /proc/iomem by its name: `iomem:"HPET 0"+0xf0`. The quotes are part of the text, so
 * that a shell needs its own around them; they may be left out where the name holds no `"` and does
 * not itself end like an offset (`+1`), a bit (`:5`) or the end of a range (`..5`).
 */
export interface IomemPlace {
  scheme: 'iomem'
  /** As /proc/iomem has it, for example `HPET 0` or `PCI Bus 0000:00`. */
  name: string
  offset: number
}

const what = 'a resource of /proc/iomem'

export const iomem: PhysicalScheme<IomemPlace> = {
  name: 'iomem',
  example: 'iomem:"HPET 0"+0xf0',
  freeText: 'name',
  suffixesFrom: (body) => (body.startsWith('"') ? body.lastIndexOf('"') + 1 : 0),
  parse: (subject, offset) => ({ scheme: 'iomem', name: parseName(subject), offset }),
  format: (place) => withOffset(`"${place.name}"`, place.offset),
  stretch: async ({ name }, system) => {
    const { iomemStretch } = await import('../../ways/named/iomem.ts')
    return iomemStretch(name, system)
  },
}

function parseName(subject: string): string {
  const quoted = subject.startsWith('"')
  if (quoted && (subject.length < 2 || !subject.endsWith('"'))) {
    const why =
      subject.lastIndexOf('"') > 0
        ? 'there is something after the closing quote'
        : 'its quote is not closed'
    throw malformed(`iomem:${subject}`, what, why)
  }
  const name = quoted ? subject.slice(1, -1) : subject
  if (name === '')
    throw malformed(`iomem:${subject}`, what, 'it names none, such as iomem:"HPET 0"')
  for (const character of name) {
    if (character < ' ') throw malformed(clip(name), what, 'it holds a control character')
  }
  return name
}
