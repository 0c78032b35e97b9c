import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { namesOfCapabilities, readCredentials } from './credentials.ts'
import { FakeRoot } from './testing/fake-root.ts'

const status = (uid: number, effective: string, bounding = '000001ffffffffff') =>
  `Name:\tcat\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${effective}\nCapBnd:\t${bounding}\n`

const everything = '         0          0 4294967295\n'

describe('readCredentials', () => {
  it('knows root', () => {
    using root = new FakeRoot()
      .put('proc/self/status', status(0, '000001ffffffffff'))
      .put('proc/self/uid_map', everything)
    const credentials = readCredentials(root.files)
    expect(credentials).toMatchObject({
      uid: 0,
      effective: 0x1ff_ffff_ffffn,
      bounding: 0x1ff_ffff_ffffn,
      userNamespace: 'initial',
      evidence: {
        uid: { file: '/proc/self/status', line: 'Uid:\t0\t0\t0\t0' },
        effective: { file: '/proc/self/status', line: 'CapEff:\t000001ffffffffff' },
        bounding: { file: '/proc/self/status', line: 'CapBnd:\t000001ffffffffff' },
        userNamespace: { file: '/proc/self/uid_map', line: '0          0 4294967295' },
      },
    })
    expect(credentials.has('CAP_SYS_RAWIO')).toBe(true)
  })

  it('knows what a container took away', () => {
    // Docker's default set
    using root = new FakeRoot()
      .put('proc/self/status', status(0, '00000000a80425fb', '00000000a80425fb'))
      .put('proc/self/uid_map', everything)
    const { has, mayHave } = readCredentials(root.files)
    expect([has('CAP_SYS_RAWIO'), has('CAP_SYS_ADMIN'), has('CAP_CHOWN')]).toEqual([
      false,
      false,
      true,
    ])
    expect([mayHave('CAP_SYS_RAWIO'), mayHave('CAP_MKNOD')]).toEqual([false, true])
  })

  it('knows a user, who may have what the bounding set has', () => {
    using root = new FakeRoot().put('proc/self/status', status(1000, '0000000000000000'))
    const credentials = readCredentials(root.files)
    expect(credentials).toMatchObject({ uid: 1000, effective: 0n, userNamespace: 'unknown' })
    expect([credentials.has('CAP_CHOWN'), credentials.mayHave('CAP_CHOWN')]).toEqual([false, true])
    expect(credentials.evidence.userNamespace).toBeUndefined()
  })

  const namespaces: [string, string | undefined, string | undefined, string][] = [
    ['the initial one, by its map', everything, undefined, 'initial'],
    ['the initial one, by both', everything, 'user:[4026531837]', 'initial'],
    ['one that maps a single user', '0 0 1\n', 'user:[4026532177]', 'other'],
    ['one of podman', '0 1000 1\n1 100000 65536\n', undefined, 'other'],
    ['one that maps everything', everything, 'user:[4026532177]', 'other'],
    ['one whose map is not written yet', '', 'user:[4026532177]', 'other'],
    ['the initial one, by its link', undefined, 'user:[4026531837]', 'initial'],
    ['none that is known', undefined, undefined, 'unknown'],
    ['none that is known, with an empty map', '', undefined, 'unknown'],
  ]
  it.each(namespaces)('tells the user namespace: %s', (_, map, link, expected) => {
    using root = new FakeRoot().put('proc/self/status', status(0, '000001ffffffffff'))
    if (map !== undefined) root.put('proc/self/uid_map', map)
    if (link !== undefined) root.link('proc/self/ns/user', link)
    const { userNamespace, evidence } = readCredentials(root.files)
    expect(userNamespace).toBe(expected)
    expect(evidence.userNamespace === undefined).toBe(expected === 'unknown')
  })

  it('shows the map as evidence, where it shows the namespace', () => {
    using root = new FakeRoot()
      .put('proc/self/uid_map', '         0       1000          1\n')
      .link('proc/self/ns/user', 'user:[4026532177]')
    expect(readCredentials(root.files).evidence.userNamespace).toEqual({
      file: '/proc/self/uid_map',
      line: '0       1000          1',
    })
  })

  it('shows the link, where the map looks like the initial one', () => {
    using root = new FakeRoot()
      .put('proc/self/uid_map', everything)
      .link('proc/self/ns/user', 'user:[4026532177]')
    expect(readCredentials(root.files).evidence.userNamespace).toEqual({
      file: '/proc/self/ns/user',
      line: 'user:[4026532177]',
    })
  })

  it('has nothing where nothing can be read', () => {
    using root = new FakeRoot()
    expect(readCredentials(root.files)).toMatchObject({
      uid: undefined,
      effective: 0n,
      bounding: 0n,
      userNamespace: 'unknown',
      evidence: {},
    })
  })

  it('never throws', () => {
    using root = new FakeRoot()
    const line = fc.oneof(
      fc.stringMatching(/^(Uid|CapEff|CapBnd):[\t ]*[0-9a-f]{0,20}.*$/),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.array(line), fc.string({ unit: 'binary' }), (lines, map) => {
        root.put('proc/self/status', lines.join('\n')).put('proc/self/uid_map', map)
        const { uid, effective } = readCredentials(root.files)
        expect(uid === undefined || Number.isSafeInteger(uid)).toBe(true)
        expect(effective < 2n ** 64n).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it.runIf(process.platform === 'linux')('knows this very process', () => {
    expect(readCredentials().uid).toBe(process.geteuid?.())
  })
})

describe('namesOfCapabilities', () => {
  it('names all that there are', () => {
    expect(namesOfCapabilities(0x22_0000n)).toEqual(['CAP_SYS_RAWIO', 'CAP_SYS_ADMIN'])
    expect(namesOfCapabilities(0x1ff_ffff_ffffn)).toHaveLength(41)
    expect(namesOfCapabilities(0x1ff_ffff_ffffn).at(-1)).toBe('CAP_CHECKPOINT_RESTORE')
    expect(namesOfCapabilities(1n << 63n)).toEqual(['CAP_63'])
  })
})
