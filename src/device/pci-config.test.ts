/** Registers of configuration space by name, with nothing else of it being read. */
import { describe, expect, it } from 'vitest'
import { run } from '../cli/testing/run.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'

const device = '0000:00:04.0'

function tree(): FakeRoot {
  const bytes = new Uint8Array(256)
  bytes.set([0x34, 0x12, 0xe8, 0x11, 0x07, 0x01, 0x10, 0x00])
  bytes.set([0x40], 0x34)
  bytes.set([0x05, 0x00, 0x81, 0x00], 0x40)
  return new FakeRoot()
    .put('proc/self/status', 'CapEff:\t000001ffffffffff\n')
    .pci(device)
    .put(`sys/bus/pci/devices/${device}/config`, bytes)
}

describe('configuration space by name', () => {
  it('reads a register of the header, and one of a capability', async () => {
    using root = tree()
    const at = (...argv: string[]) => run(argv, { root: root.path })
    const place = `pci:${device}/config`
    expect(await at('read', '-q', `${place}.COMMAND`)).toMatchObject({ code: 0, out: '0x0107\n' })
    expect(await at('read', '-q', `${place}.MSI.CONTROL`)).toMatchObject({ out: '0x0081\n' })
  })
})
