import { describe, expect, it } from 'vitest'
import type { I2cOpener } from '../engine/i2c-node.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import type { Machine } from '../machine/machine.ts'
import { findRemote } from '../machine/remote/find.ts'
import { parsePlace } from '../place/place.ts'
import { agentFiles } from '../remote/access-file.ts'
import { agentI2c } from '../remote/i2c.ts'
import { Session } from '../remote/session.ts'
import { noAgent, startAgent } from '../remote/testing/agent.ts'
import { examinePlace, examinePlaceOn, farMachine } from './place.ts'

const DEVICE = '0000:00:04.0'
const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''

describe.skipIf(noAgent)(`a place of a machine with an agent${skipped}`, () => {
  it.each([
    [`pci:${DEVICE}/config+0x4`, '000001ffffffffff', undefined],
    [`pci:${DEVICE}/config+0x40`, '000001ffffffffff', 'none [integrity] confidentiality'],
    [`pci:${DEVICE}/config+0x40`, '0000000000000000', undefined],
    [`pci:${DEVICE}/config+0x2`, '0000000000000000', undefined],
    ['regmap:1-0048/0x1', '000001ffffffffff', undefined],
    ['regmap:dummy/0x0', '000001ffffffffff', undefined],
    ['i2c:1:0x48', '000001ffffffffff', undefined],
    ['i2c:3:0x48', '000001ffffffffff', undefined],
  ])('is what it is on the machine itself: %s, with %s, %s', async (text, capabilities, locked) => {
    using root = new FakeRoot()
      .put('proc/self/status', `Uid:\t0\t0\t0\t0\nCapEff:\t${capabilities}\n`)
      .put(`sys/bus/pci/devices/${DEVICE}/config`, new Uint8Array(256))
      .put('sys/kernel/debug/regmap/dummy/access', '0: y y n n\n')
      .put('sys/kernel/debug/regmap/dummy/range', '0-0\n')
      .put('sys/kernel/debug/regmap/dummy/registers', '0: 19\n')
      .put('dev/i2c-1', '')
      .put('sys/bus/i2c/devices/i2c-1/name', 'SMBus\n')
    if (locked) root.lockdown(locked)
    await using session = closing(await Session.start(await startAgent()))
    const look: Machine['look'] = async (question) => question(root.system.now())
    const { openFile } = agentFiles(session, look)
    const files = {
      look,
      openFile: (path: string, mode: 'read' | 'write') => openFile(root.at(path), mode),
    }
    const { openI2c } = agentI2c(session, look)
    const opener: I2cOpener = {
      look,
      openI2c: (path, mode) => openI2c(root.at(path), mode),
    }
    const locate: Machine['locate'] = async (place, length = 1, mode = 'write') => {
      if (place.scheme === 'file') return expect.unreachable()
      const { address, open } = await findRemote(place, length, mode, root.system.now())
      if (open === undefined) return expect.unreachable()
      const ports = () => ({ instructions: undefined })
      const reach = { mode, files, ports, i2c: { opener } }
      return { memory: await open(reach), address }
    }
    const place = parsePlace(text)
    const machine = farMachine({ look, locate, asking: async () => undefined })
    const refusal = (error: Error) => error.message
    const there = await examinePlaceOn(machine, place, 32).catch(refusal)
    expect(there).toEqual(await examinePlace(place, { width: 32 }, root.system).catch(refusal))
  })
})

function closing(session: Session): Session & AsyncDisposable {
  return Object.assign(session, { [Symbol.asyncDispose]: () => session.close() })
}
