import type { Channel } from '../channel.ts'
import type { GatheredBytes } from '../gathered-bytes.ts'

/** A channel of which something was taken already: what is gathered of it comes first. */
export function restOf(channel: Channel, gathered: GatheredBytes): Channel {
  const { name, ended } = channel
  return {
    name,
    ended,
    write: (bytes) => channel.write(bytes),
    close: () => channel.close(),
    take: (bytes) => {
      const early = gathered.takeAll()
      channel.take(bytes)
      if (early.length > 0) bytes(early)
    },
  }
}
