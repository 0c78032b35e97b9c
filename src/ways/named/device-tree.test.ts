import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemAt } from '../../engine/system-at.ts'
import { blobOf } from '../../linux/device-tree/testing/builder.ts'
import { virtFile } from '../../linux/device-tree/testing/virt.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { physicalStretch } from '../../machine/local/resolve/stretch.ts'
import { mapWindow } from '../../open.ts'
import { parsePlace } from '../../place/place.ts'
import type { DtbPlace, DtPlace } from '../../place/schemes/device-tree.ts'

/** The tree of QEMU's arm64 board `virt`. */
const virt = readFileSync(virtFile)

const lookUp = async (text: string, root: string, bytes = 4) =>
  (await physicalStretch(parsePlace(text) as DtPlace | DtbPlace, bytes, systemAt(root))).address

describe('dt:', () => {
  it('finds a node of this machine by path, and leaves out its unit address', async () => {
    using root = new FakeRoot().put('sys/firmware/fdt', virt)
    expect(await lookUp('dt:/pl011@9000000+0x18', root.path)).toBe(0x900_0018)
    expect(await lookUp('dt:/pl011', root.path)).toBe(0x900_0000)
  })

  it('takes one of several regions by its number', async () => {
    using root = new FakeRoot().put('sys/firmware/fdt', virt)
    expect(await lookUp('dt:/fw-cfg@9020000#0+0x10', root.path)).toBe(0x902_0010)
    await expect(lookUp('dt:/fw-cfg@9020000#1', root.path)).rejects.toThrow(
      expect.objectContaining({
        code: 'ENOPLACE',
        message: '/fw-cfg@9020000 has no region 1: it has 0',
      }),
    )
  })

  it('refuses what is not inside the region', async () => {
    using root = new FakeRoot().put('sys/firmware/fdt', virt)
    await expect(lookUp('dt:/pl011+0xffd', root.path)).rejects.toThrow(
      expect.objectContaining({
        code: 'ERANGE',
        message: '0xffd to 0x1000 is not inside dt:/pl011: expected 0x0 to 0xfff',
      }),
    )
  })

  it('refuses all of a region without bytes', async () => {
    const blob = blobOf({ '#address-cells': [1], '#size-cells': [1], a: { reg: [0x1000, 0] } })
    using root = new FakeRoot().put('sys/firmware/fdt', blob)
    await expect(lookUp('dt:/a', root.path)).rejects.toThrow(
      expect.objectContaining({
        code: 'ERANGE',
        message: '0x0 to 0x3 is not inside dt:/a: it is empty',
      }),
    )
  })

  it('is the bound of a window, too', async () => {
    using root = new FakeRoot().put('sys/firmware/fdt', virt)
    await expect(
      mapWindow({ place: `dtb:${root.at('sys/firmware/fdt')}:/pl011`, address: 0xffc, length: 8 }),
    ).rejects.toMatchObject({
      code: 'ERANGE',
      message: expect.stringMatching(
        /^0xffc to 0x1003 is not inside dtb:.*: expected 0x0 to 0xfff$/,
      ),
    })
  })

  it('says where there is no tree', async () => {
    using root = new FakeRoot()
    await expect(lookUp('dt:serial0', root.path)).rejects.toThrow(
      expect.objectContaining({
        code: 'ENOPLACE',
        message:
          'dt:serial0 cannot be looked up: this machine has no device tree (there is neither /sys/firmware/devicetree nor /sys/firmware/fdt)',
      }),
    )
  })
})

describe('dtb:', () => {
  it('takes the tree from a file', async () => {
    using root = new FakeRoot()
    const file = join(root.path, 'board.dtb')
    writeFileSync(file, virt)
    expect(await lookUp(`dtb:${file}:/pl011@9000000+4`, '/nowhere')).toBe(0x900_0004)
  })
})
