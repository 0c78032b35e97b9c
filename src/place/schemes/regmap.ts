import { formatHex } from '../../text/number.ts'
import { malformed } from '../../text/refuse.ts'
import type { MemoryScheme } from '../scheme.ts'
import { parseSum } from './address.ts'

/** A register of a device as the regmap of its driver has it: `regmap:1-0048/0x1`. */
export interface RegmapPlace {
  scheme: 'regmap'
  /** The name of the regmap's folder in debugfs: that of the device, and perhaps of a part of it. */
  name: string
  /** 4 times the number of the register, 0 to 0x3fffffffc: in the memory each has 4 bytes. */
  offset: number
}

/** Bytes of a register, in which its number counts: what the kernel's regmap_read() gives. */
const BYTES = 4
const lastRegister = 0xffff_ffff
const what = 'a register of a regmap'

export const regmap: MemoryScheme<RegmapPlace> = {
  name: 'regmap',
  example: 'regmap:1-0048/0x1',
  registers: { plural: 'registers of a regmap', width: 32 },
  suffixesFrom: (body) => (body.includes('/') ? body.indexOf('/') : body.length),
  parse: (subject, offset) => {
    const slash = subject.indexOf('/')
    const name = slash < 0 ? subject : subject.slice(0, slash)
    const number = slash < 0 ? '' : subject.slice(slash + 1)
    if (!isName(name)) {
      const why = 'it names no regmap, such as regmap:1-0048/0x1'
      throw malformed(`regmap:${subject}`, what, why)
    }
    if (number === '') {
      const why = 'it names no register, such as regmap:1-0048/0x1'
      throw malformed(`regmap:${subject}`, what, why)
    }
    const register = parseSum(`${number}+${offset}`, what, lastRegister)
    return { scheme: 'regmap', name, offset: register * BYTES }
  },
  format: ({ name, offset }) => `${name}/${formatHex(Math.floor(offset / BYTES))}`,
  guess: (text) => {
    // As debugfs names its files.
    const [, name] = /^\/sys\/kernel\/debug\/regmap\/([^/]+)\/registers$/.exec(text) ?? []
    return name && `regmap:${name}/0`
  },
  memory: ({ name, offset }) => ({
    key: `regmap:${name}`,
    file: async () => (await import('../../linux/regmap.ts')).registersFile(name),
    address: offset,
    open: async ({ files }) => (await import('../../ways/regmap.ts')).openRegmap(name, files),
  }),
}

/** What a folder of debugfs can be called. */
function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && [...name].every((letter) => letter >= ' ')
}
