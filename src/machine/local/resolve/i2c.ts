import { localI2c } from '../../../engine/i2c-node.ts'
import { i2cNode } from '../../../linux/i2c.ts'
import { identityAt } from '../../../linux/identity.ts'
import { formatPlace } from '../../../place/place.ts'
import type { I2cPlace } from '../../../place/schemes/i2c.ts'
import { openI2c } from '../../../ways/i2c.ts'
import type { Found, Surroundings } from '../../found.ts'

/** A register of an I2C device; the address is that of the register. */
export function findI2c(place: I2cPlace, { mode, system, actOnI2c }: Surroundings): Found {
  const name = formatPlace({ ...place, offset: 0 })
  return {
    key: name,
    identity: identityAt(i2cNode(place.bus), system.files),
    address: place.offset,
    open: async () => ({
      memory: await openI2c({ ...place, name }, mode, localI2c(system), { blocks: actOnI2c }),
    }),
  }
}
