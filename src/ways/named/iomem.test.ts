import { describe, expect, it } from 'vitest'
import { systemAt } from '../../engine/system-at.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { physicalStretch } from '../../machine/local/resolve/stretch.ts'
import { parsePlace } from '../../place/place.ts'
import type { IomemPlace } from '../../place/schemes/iomem.ts'

const shown = `00001000-0009fbff : System RAM
00100000-2ffdffff : System RAM
fed00000-fed003ff : HPET 0
  fed00000-fed003ff : PNP0103:00
`
const hidden = shown.replaceAll(/[0-9a-f]{8}(?=[- ])/g, '00000000')

const lookUp = async (text: string, root: string, bytes = 4) =>
  (await physicalStretch(parsePlace(text) as IomemPlace, bytes, systemAt(root))).address

describe('iomem:', () => {
  it('finds a resource by its name', async () => {
    using root = new FakeRoot().put('proc/iomem', shown)
    expect(await lookUp('iomem:HPET 0+0xf0', root.path)).toBe(0xfed0_00f0)
    expect(await lookUp('iomem:"PNP0103:00"+0x3fc', root.path)).toBe(0xfed0_03fc)
  })

  it.each([
    [
      'iomem:HPET 1',
      'ENOPLACE no resource of /proc/iomem is named "HPET 1": did you mean "HPET 0"?',
    ],
    ['iomem:zzz', 'ENOPLACE no resource of /proc/iomem is named "zzz"'],
    [
      'iomem:System RAM',
      'ENOPLACE 2 resources of /proc/iomem are named "System RAM" (at 0x00001000, 0x00100000): give the address instead',
    ],
  ])('refuses %s', async (text, message) => {
    using root = new FakeRoot().put('proc/iomem', shown)
    const [code = ''] = message.split(' ')
    await expect(lookUp(text, root.path)).rejects.toMatchObject({
      ...{ code, message: message.slice(code.length + 1) },
    })
  })

  it('refuses what is not inside the resource', async () => {
    using root = new FakeRoot().put('proc/iomem', shown)
    await expect(lookUp('iomem:HPET 0+0x3fe', root.path)).rejects.toThrow(
      expect.objectContaining({
        code: 'ERANGE',
        message: '0x3fe to 0x401 is not inside iomem:"HPET 0": expected 0x0 to 0x3ff',
      }),
    )
  })

  it.each([
    [
      '0 0 4294967295',
      '000001ffffffffff',
      'this process lacks the capability CAP_SYS_ADMIN',
      'run it as root, outside of a user namespace',
    ],
    [
      '0 0 4294967295',
      '000001ffffdfffff',
      'this process lacks the capability CAP_SYS_ADMIN',
      'start the process, or its container, with CAP_SYS_ADMIN: its bounding set lacks it',
    ],
    [
      '0 1000 1',
      '000001ffffffffff',
      'this process is in a user namespace, where no capability shows them',
      'run it as root, outside of the user namespace (a rootless container is one)',
    ],
  ])(
    'says why addresses are hidden (uid_map %s, CapBnd %s)',
    async (map, bounding, reason, cure) => {
      using root = new FakeRoot()
        .put('proc/iomem', hidden)
        .put('proc/self/uid_map', `${map}\n`)
        .put('proc/self/status', `CapEff:\t0000000000000000\nCapBnd:\t${bounding}\n`)
      await expect(lookUp('iomem:HPET 0', root.path)).rejects.toThrow(
        expect.objectContaining({
          name: 'RefusedError',
          code: 'EPERMISSION',
          message: `the addresses in /proc/iomem are hidden: ${reason}`,
          data: expect.objectContaining({ cure }),
        }),
      )
    },
  )
})
