import { describe, expect, it } from 'vitest'
import { readPciFunction } from '../../linux/pci.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { silenceOf } from '../../refusal/silent.ts'
import { run } from '../testing/run.ts'
import { recordedSim } from '../testing/sim.ts'

const card = '0000:01:00.0'
const port = '0000:00:1c.0'
const folder = `sys/bus/pci/devices/${card}`
const nothing = 'loads give no data of the device (mostly ones)'

/** A function below a bridge, whose BAR is all ones; memory decoding is on. */
function machine(command = 2): FakeRoot {
  const config = new Uint8Array(64)
  config.set([0x34, 0x12, 0xe8, 0x11, command])
  const real = `sys/devices/pci0000:00/${port}/${card}`
  return new FakeRoot()
    .put(`${real}/resource`, '0x2000 0x2fff 0x40200\n')
    .put(`${real}/resource0`, new Uint8Array(4096).fill(0xff))
    .put(`${real}/config`, config)
    .put(`${real}/power_state`, 'D0\n')
    .put(`sys/devices/pci0000:00/${port}/current_link_width`, '4\n')
    .link(folder, `../../../devices/pci0000:00/${port}/${card}`)
    .link(`sys/bus/pci/devices/${port}`, `../../../devices/pci0000:00/${port}`)
}

const textOf = (root: FakeRoot) => {
  const pci = readPciFunction(card, root.path)
  return pci && silenceOf(pci, root.path)?.text
}

describe('why a function would not answer', () => {
  it('is nothing for one that could', () => {
    using root = machine()
    expect(textOf(root)).toBeUndefined()
  })

  it('is that its memory is off, its power state, its link, or that it is gone', () => {
    using off = machine(0)
    expect(textOf(off)).toBe(`the memory of ${card} is switched off: ${nothing}`)
    using asleep = machine().put(`${folder}/power_state`, 'D3hot\n')
    expect(textOf(asleep)).toBe(`${card} is in the power state D3hot: ${nothing}`)
    using down = machine().put(`sys/bus/pci/devices/${port}/current_link_width`, '0\n')
    expect(textOf(down)).toBe(`the link to ${card} is down: ${nothing}`)
    using gone = machine().put(`${folder}/config`, new Uint8Array(64).fill(0xff))
    expect(textOf(gone)).toBe(`${card} does not answer in configuration space either: ${nothing}`)
    using suspended = machine().put(`${folder}/power/runtime_status`, 'suspended\n')
    expect(textOf(suspended)).toBe(`${card} is suspended: ${nothing}`)
  })
})

describe('all ones that are read of a BAR', () => {
  const note =
    `physmem: the memory of ${card} is switched off: ${nothing}\n` +
    `  cure: switch it on: echo 1 > /sys/bus/pci/devices/${card}/enable\n`

  it.each([
    [`read pci:${card}/bar0 pci:${card}/bar0+4 -w 16 -q`, ''],
    [`read pci:${card}/bar0 pci:${card}/bar0+4 -w 16`, note],
    [`read pci:${card}/bar0+0x10..+8 --width 64`, note],
    [`dump pci:${card}/bar0..+64 --json`, note],
    ['read 0x2010', note],
  ])('%s: get a note with the cause, once', async (line, err) => {
    using root = machine(0).put('dev/mem', new Uint8Array(16384).fill(0xff))
    expect(await run(line, { root: root.path })).toMatchObject({ code: 0, err })
  })

  it('get none from one that could answer, and none for other values', async () => {
    using on = machine()
    expect(await run(`read pci:${card}/bar0`, { root: on.path })).toMatchObject({ err: '' })
    using off = machine(0)
    off.put(`${folder}/resource0`, new Uint8Array(4096).fill(0xfe))
    expect(await run(`read pci:${card}/bar0`, { root: off.path })).toMatchObject({ err: '' })
  })

  it('get one of a UIO device by number and by name, and none where the name is gone or shared', async () => {
    using root = machine(0).uio(0, 'edu').uio(1, 'twin').uio(2, 'twin')
    for (const number of [0, 1]) root.link(`sys/class/uio/uio${number}/device`, root.at(folder))
    await using memory = await recordedSim() // Behind its ROM's text there are ones.
    const read = (name: string) => run(`read uio:${name}/map0+0x20`, { root: root.path, memory })
    for (const name of ['uio0', 'edu'])
      expect(await read(name)).toMatchObject({ code: 0, err: note })
    for (const name of ['twin', 'gone', 'uio7']) {
      expect(await read(name)).toMatchObject({ code: 0, err: '' })
    }
  })

  it('get none where nothing was read', async () => {
    using root = machine(0)
    await using memory = await recordedSim()
    const line = `dump pci:${card}/bar0+0x0ffff800..+0x100 --keep-going`
    const { code, err } = await run(line, { root: root.path, memory })
    expect({ code, err }).toEqual({
      code: 1,
      err:
        'physmem: 256 bytes were not read and are missing\n' +
        `  pci:${card}/bar0+0xffff800..+0x100  nothing answered (bus error)\n`,
    })
  })
})
