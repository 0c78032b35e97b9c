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
const nodes = fc
  .oneof(
    fc.stringMatching(/^[a-z][\w,.+@/-]{0,12}$/),
    fc.stringMatching(/^(?:\/[a-z][\w,.+@-]{0,12}){1,3}$/),
    fc.constantFrom('a+1', '/b@0..5', 'serial0'),
  )
  .filter((node) => !node.endsWith('..'))
const regions = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 9999 }),
  fc.stringMatching(/^[a-z][\w,.+-]{0,8}$/).filter((name) => !name.endsWith('..')),
)
const virtuals = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const symbols = fc
  .stringMatching(/^[A-Za-z_][\w$.]{0,16}$/)
  .filter((name) => !name.includes('..') && !/\.$/.test(name))
const numbers = fc.integer({ min: 0, max: 0xfffff })

/** What names a PCI function by what it is. */
const pciIds = {
  vendorId: fc.integer({ min: 0, max: 0xffff }),
  deviceId: fc.integer({ min: 0, max: 0xffff }),
  index: fc.option(fc.integer({ min: 0, max: 0xffff }), { nil: undefined }),
}

/** Places of every kind: a scheme without a row here does not compile. */
const ofScheme: {
  readonly [Name in Place['scheme']]: fc.Arbitrary<Extract<Place, { scheme: Name }>>
} = {
  address: fc.record({ scheme: fc.constant('address' as const), offset: offsets }),
  file: fc.record({ scheme: fc.constant('file' as const), path: paths, offset: offsets }),
  pci: fc.oneof(
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
      scheme: fc.constant('pci' as const),
      ...pciIds,
      bar: fc.integer({ min: 0, max: 5 }),
      writeCombining: fc.boolean(),
      offset: offsets,
    }),
    fc.record({
      scheme: fc.constant('pci' as const),
      domain: fc.constantFrom(0, 0x10000),
      bus: fc.integer({ min: 0, max: 0xff }),
      device: fc.integer({ min: 0, max: 0x1f }),
      function: fc.integer({ min: 0, max: 7 }),
      space: fc.constant('config' as const),
      offset: offsets,
    }),
    fc.record({
      scheme: fc.constant('pci' as const),
      ...pciIds,
      space: fc.constant('config' as const),
      offset: offsets,
    }),
  ),
  iomem: fc.record({
    scheme: fc.constant('iomem' as const),
    name: names,
    offset: offsets,
  }),
  dt: fc.record({
    scheme: fc.constant('dt' as const),
    node: nodes,
    region: regions,
    offset: offsets,
  }),
  dtb: fc.record({
    scheme: fc.constant('dtb' as const),
    path: paths,
    node: nodes,
    region: regions,
    offset: offsets,
  }),
  pid: fc.record({
    scheme: fc.constant('pid' as const),
    pid: fc.integer({ min: 1, max: 0x40_0000 }),
    virtual: virtuals,
    offset: offsets,
  }),
  kernel: fc.record({
    scheme: fc.constant('kernel' as const),
    at: fc.oneof(virtuals, symbols),
    offset: offsets,
  }),
  port: fc.record({
    scheme: fc.constant('port' as const),
    offset: fc.integer({ min: 0, max: 0xffff }),
  }),
  msr: fc.record({
    scheme: fc.constant('msr' as const),
    cpu: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 8191 })),
    offset: fc.integer({ min: 0, max: 0xffff_ffff }).map((register) => register * 8),
  }),
  regmap: fc.record({
    scheme: fc.constant('regmap' as const),
    name: names.filter((name) => !name.includes('/') && name !== '.'),
    offset: fc.integer({ min: 0, max: 0xffff_ffff }).map((register) => register * 4),
  }),
  i2c: fc
    .record({
      scheme: fc.constant('i2c' as const),
      bus: fc.integer({ min: 0, max: 0xfffff }),
      device: fc.integer({ min: 0x08, max: 0x77 }),
      registerBits: fc.constantFrom(8 as const, 16 as const),
      offset: fc.integer({ min: 0, max: 0xffff }),
    })
    .map((place) => ({ ...place, offset: place.offset % 2 ** place.registerBits })),
  uio: fc.record({
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
}

export const places: fc.Arbitrary<Place> = fc.oneof(...Object.values(ofScheme))
