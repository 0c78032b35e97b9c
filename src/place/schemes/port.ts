import { formatHex } from '../../text/number.ts'
import { malformed } from '../../text/refuse.ts'
import type { MemoryScheme } from '../scheme.ts'
import { parseSum } from './address.ts'

/** An x86 I/O port: `port:0x71`, or a sum such as `port:0x70+1`. */
export interface PortPlace {
  scheme: 'port'
  /** The number of the port, 0 to 0xffff. */
  offset: number
}

const lastPort = 0xffff

export const port: MemoryScheme<PortPlace> = {
  name: 'port',
  example: 'port:0x71',
  suffixesFrom: () => 0,
  parse: (subject, offset) => {
    if (subject === '')
      throw malformed('port:', 'an I/O port', 'it names no port, such as port:0x71')
    return { scheme: 'port', offset: parseSum(`${subject}+${offset}`, 'an I/O port', lastPort) }
  },
  format: (place) => formatHex(place.offset),
  memory: ({ offset }) => ({
    key: 'port',
    address: offset,
    open: async ({ mode, files, ports }) =>
      (await import('../../ways/port.ts')).openPorts(files, { mode, ...ports() }),
  }),
}
