import { RequestError } from '../base/errors.ts'
import { formatPlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'

type Kind = Place['scheme']

/** What a command does with a place, where that cannot be done with every kind of place. */
interface Use {
  /** Kinds of place with which it cannot be done, and why: they are refused, and not offered. */
  readonly refused?: Partial<Readonly<Record<Kind, string>>>
  /** Kinds of which it takes a few only: these are taken, but the kind is not offered. */
  readonly rare?: readonly Kind[]
  /** Set for what asks a simulated board itself, beside which there are no files. */
  readonly boardOnly?: true
  /** The kinds that it takes, where these are few. */
  readonly only?: readonly Kind[]
}

const anMsr = 'is a model-specific register'
const inRegmap = 'is a register of a regmap'
const onI2c = 'is a register of an I2C device'

/** The kinds of place that commands take: their refusals and the completion both look here. */
export const placeUses = {
  access: {},
  /** To access the bytes from there on. */
  stretch: { refused: { msr: `${anMsr}, not a byte`, regmap: `${inRegmap}, not a byte` } },
  /** To tell what is at its address. Only devices among files have one. */
  address: {
    refused: {
      msr: `${anMsr}, which has no physical address`,
      regmap: `${inRegmap}, which has no physical address`,
      i2c: `${onI2c}, which has no physical address`,
    },
    rare: ['file'],
    boardOnly: true,
  },
  /** To tell who has mapped its page. */
  page: {
    refused: {
      port: 'is an I/O port, which is in no page',
      msr: `${anMsr}, which is in no page`,
      regmap: `${inRegmap}, which is in no page`,
      i2c: `${onI2c}, which is in no page`,
    },
    rare: ['file'],
  },
  /** To write back or drop the cache lines that hold it. */
  cacheLines: {
    refused: {
      port: 'is an I/O port, which has no cache lines',
      msr: `${anMsr}, which has no cache lines`,
      regmap: `${inRegmap}, which has no cache lines`,
      i2c: `${onI2c}, which has no cache lines`,
    },
  },
  /** To stand in the name of a register. */
  naming: { only: ['pci'] },
  /** To tell whether it can be accessed. */
  examination: { boardOnly: true },
} as const satisfies Record<string, Use>

export type PlaceUse = keyof typeof placeUses

/** Throws ENOPLACE for a kind of place with which this cannot be done. */
export function checkUse(place: Place, use: PlaceUse): void {
  const { refused }: Use = placeUses[use]
  const why = refused?.[place.scheme]
  if (why === undefined) return
  const input = formatPlace(place)
  throw new RequestError('ENOPLACE', `${input} ${why}`, { input })
}

/** Whether only few places of a kind serve for this, and most are refused. */
export function isRare(kind: Kind, use: PlaceUse): boolean {
  const { rare }: Use = placeUses[use]
  return rare?.includes(kind) === true
}

/** Whether completion offers a kind of place for this; a simulated board has addresses only. */
export function isOffered(kind: Kind, use: PlaceUse, simulated: boolean): boolean {
  const { refused, rare, boardOnly, only }: Use = placeUses[use]
  if (only?.includes(kind) === false) return false
  if (simulated && (kind !== 'file' || boardOnly)) return false
  return refused?.[kind] === undefined && !rare?.includes(kind)
}
