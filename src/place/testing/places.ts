import fc from 'fast-check'
import { offsets } from '../../text/testing/arbitraries.ts'
import type { Place } from '../index.ts'

/** Paths and names full of what the grammar also uses for itself. */
const tricky: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc
    .array(fc.constantFrom('..', '.', '+', ':', '=', '!', '/', '0', '5', '0x1f', '4k', 'a', '-'), {
      minLength: 1,
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
)

const paths = tricky.filter((path) => !path.includes('\0') && !path.endsWith('..'))
const names = paths.filter((name) => [...name].every((character) => character >= ' '))
const numbers = fc.integer({ min: 0, max: 0xfffff })

export const places: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ scheme: fc.constant('address' as const), offset: offsets }),
  fc.record({ scheme: fc.constant('file' as const), path: paths, offset: offsets }),
  fc.record({
    scheme: fc.constant('pci' as const),
    domain: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_ffff })),
    bus: fc.integer({ min: 0, max: 0xff }),
    device: fc.integer({ min: 0, max: 0x1f }),
    function: fc.integer({ min: 0, max: 7 }),
    bar: fc.integer({ min: 0, max: 5 }),
    writeCombining: fc.boolean(),
    offset: offsets,
  }),
  fc.record({
    scheme: fc.constant('uio' as const),
    device: fc.oneof(
      numbers,
      names.filter((name) => !name.includes('/') && !/^(uio)?[0-9]+$/.test(name)),
    ),
    map: fc.oneof(
      numbers,
      names.filter((name) => !/^(map)?[0-9]+$/.test(name)),
    ),
    offset: offsets,
  }),
)
