import { FakeRoot } from '../../linux/testing/fake-root.ts'

export const XHCI = '0000:00:05.0'

/** A PC with a USB controller, whose operational registers begin where it says itself. */
export function withXhci(power: string): FakeRoot {
  const config = new Uint8Array(64)
  config.set([0x36, 0x1b, 0x0d, 0, 0x06, 0, 0, 0, 0, 0x30, 0x03, 0x0c])
  const folder = `sys/bus/pci/devices/${XHCI}`
  return new FakeRoot()
    .put('proc/self/status', 'CapEff:\t000001ffffffffff\n')
    .pci(XHCI, '0x00000000fe800000 0x00000000fe803fff 0x0000000000040200')
    .put(`${folder}/vendor`, '0x1b36\n')
    .put(`${folder}/device`, '0x000d\n')
    .put(`${folder}/class`, '0x0c0330\n')
    .put(`${folder}/config`, config)
    .put(`${folder}/power/runtime_status`, `${power}\n`)
}
