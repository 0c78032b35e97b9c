import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { run } from '../cli/testing/run.ts'
import { recordedSim } from '../cli/testing/sim.ts'
import { virtFile } from '../linux/device-tree/testing/virt.ts'
import { readPciFunction } from '../linux/pci.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { silenceOf } from '../refusal/silent.ts'

const card = '0000:01:00.0'
const port = '0000:00:1c.0'
const folder = `sys/bus/pci/devices/${card}`
const files = new TestFolder()
const nothing = 'loads give no data of the device (mostly ones or zeros), and stores are lost'

const ones = files.file('ones.bin', new Uint8Array(64).fill(0xff))

const unaligned = (place: string) =>
  `physmem: ${place} is not aligned to 16 bits: accessed as 2 single bytes\n`

function configOf(command: number): Uint8Array {
  const config = new Uint8Array(64)
  config.set([0x34, 0x12, 0xe8, 0x11, command])
  return config
}

/** A function below a bridge, whose BAR is all ones; memory decoding is on. */
function machine(command = 2): FakeRoot {
  const real = `sys/devices/pci0000:00/${port}/${card}`
  return new FakeRoot()
    .put(`${real}/resource`, '0x2000 0x2fff 0x40200\n')
    .put(`${real}/resource0`, new Uint8Array(4096).fill(0xff))
    .put(`${real}/config`, configOf(command))
    .put(`${real}/power_state`, 'D0\n')
    .put(`sys/devices/pci0000:00/${port}/current_link_width`, '4\n')
    .link(folder, `../../../devices/pci0000:00/${port}/${card}`)
    .link(`sys/bus/pci/devices/${port}`, `../../../devices/pci0000:00/${port}`)
}

const textOf = (root: FakeRoot) => {
  const pci = readPciFunction(card, root.files)
  return pci && silenceOf(pci, 'memory', root.system)?.text
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

describe('ones and zeros that are read of a BAR, and what is stored there', () => {
  const note =
    `physmem: the memory of ${card} is switched off: ${nothing}\n` +
    `  cure: switch it on: echo 1 > /sys/bus/pci/devices/${card}/enable\n`

  it.each([
    [`read pci:${card}/bar0 pci:${card}/bar0+4 -w 16 -q`, ''],
    [`read pci:${card}/bar0 pci:${card}/bar0+4 -w 16`, note],
    [`read pci:${card}/bar0+0x10..+8 --width 64`, note],
    [`dump pci:${card}/bar0..+64 --json`, note],
    [`dump pci:${card}/bar0..+64 --fixed`, note],
    ['read 0x2010', note],
    [`devmem pci:${card}/bar0 8`, note],
    ['devmem 0x2010', note],
    [`wait pci:${card}/bar0!=0`, note],
    [`wait 0x2011=0xffff -w 16 --unaligned`, `${unaligned('0x00002011')}${note}`],
    [`watch 0x2010 pci:${card}/bar0 pci:${card}/bar0:3 --interval 1ms -n 3`, note],
    [`watch 0x2010 --interval 1ms -n 3 -q`, ''],
    [`search pci:${card}/bar0..+64 0xffffffff --max 2`, note],
    [`compare pci:${card}/bar0..+64 0x2000`, note],
    [`copy pci:${card}/bar0..+64 0x0`, note],
    [`write pci:${card}/bar0:3=1`, note],
    [`write 0x2000=0xffffffff --verify`, note],
    [`load 0x2000 ${ones} --verify`, note],
    ['fill 0x2000..+64 1', note],
    ['write 0x2000=1', note],
    [`write pci:${card}/bar0=1 pci:${card}/bar0+4=1`, note],
    [`write pci:${card}/bar0=1 -q`, ''],
    [`devmem pci:${card}/bar0 32 1`, note],
    [`load 0x2000 ${ones}`, note],
    [`copy 0x0..+8 pci:${card}/bar0`, note],
    ['write 0x3000=1', ''],
  ])('%s: get a note with the cause, once', async (line, err) => {
    using root = machine(0).put('dev/mem', new Uint8Array(16384).fill(0xff))
    expect(await run(line, { root: root.path })).toMatchObject({ code: 0, err })
  })

  it.each([
    [`read pci:${card}/bar0`, note],
    [`read pci:${card}/bar0 -w 64`, note],
    [`wait pci:${card}/bar0=0`, note],
    [`dump pci:${card}/bar0..+64 --json`, note],
    [`devmem 0x2010`, note],
    ['read 0x0', ''],
    ['dump 0x0..+0x2004 --json', ''],
  ])('%s: zeros get it as ones do, if there is nothing else', async (line, err) => {
    using root = machine(0)
    root.put(`${folder}/resource0`, new Uint8Array(4096))
    const mem = new Uint8Array(16384)
    mem[0x100] = 1
    root.put('dev/mem', mem)
    expect(await run(line, { root: root.path })).toMatchObject({ code: 0, err })
  })

  it.each([
    ['read file:BAR+0x10', note],
    ['dump file:BAR..+64 --json', note],
    ['write file:BAR=1 --dry-run', note],
    ['write file:BAR=1', note],
    ['devmem file:BAR 32', note],
  ])('%s: get it by the file of the BAR, too', async (line, err) => {
    using root = machine(0).mount('sysfs', 'sys')
    const words = line.replace('BAR', root.at(`${folder}/resource0`))
    expect(await run(words, { root: root.path })).toMatchObject({ code: 0, err })
  })

  it.each([
    [1, `the memory of ${card} is switched off: ${nothing}`, undefined],
    [2, undefined, `the I/O ports of ${card} are switched off: ${nothing}`],
    [3, undefined, undefined],
  ])('are told by what is decoded: the command register is %i', (command, memory, io) => {
    using root = machine(command)
    const pci = readPciFunction(card, root.files)
    expect(pci && silenceOf(pci, 'memory', root.system)?.text).toBe(memory)
    expect(pci && silenceOf(pci, 'io', root.system)?.text).toBe(io)
  })

  const ioNote =
    `physmem: the I/O ports of ${card} are switched off: ${nothing}\n` +
    `  cure: switch it on: echo 1 > /sys/bus/pci/devices/${card}/enable\n`

  it.each([
    ['read port:0x20 --width 8', ioNote],
    ['devmem port:0x20 8', ioNote],
    ['read port:0x20 port:0x21 --width 8', ioNote],
    ['read port:0x40 --width 8', ''],
  ])('of I/O ports, %s: by I/O decoding', async (line, err) => {
    using root = machine(2)
    root.put(`${folder}/resource`, '0x2000 0x2fff 0x40200\n0x20 0x3f 0x40101\n')
    await using memory = await recordedSim() // Behind its ROM's text there are ones.
    expect(await run(line, { root: root.path, memory })).toMatchObject({ code: 0, err })
  })

  it.each([
    ['read 0x3eff1000', ioNote],
    ['devmem 0x3eff1000', ioNote],
    ['write 0x3eff1000=1 --dry-run', ioNote],
    ['read 0x3eff1100', ''],
  ])('of I/O ports that are memory, %s: by I/O decoding', async (line, err) => {
    using root = machine(2)
      .put(`${folder}/resource`, '0x2000 0x2fff 0x40200\n0x1000 0x10ff 0x40101\n')
      .put('proc/cpuinfo', 'processor : 0\n')
      .put('proc/ioports', '00000000-0000ffff : pcie@10000000\n')
      .put('sys/firmware/fdt', readFileSync(virtFile))
    const file = openSync(root.put('dev/mem', '').at('dev/mem'), 'w')
    writeSync(file, new Uint8Array(8192).fill(0xff), 0, 8192, 0x3eff_1000)
    closeSync(file)
    expect(await run(line, { root: root.path })).toMatchObject({ code: 0, err })
  })

  it.each([
    [
      'wait 0x2000:0=0 --timeout 1ms',
      '0x00002000:0 is 0x1 in 0xffffffff, expected 0x0: waited 1ms',
    ],
    ['search 0x2000..+64 text:boot', 'text:boot is not in 0x2000..+64'],
  ])('%s: get it after what the condition is told', async (line, told) => {
    using root = machine(0).put('dev/mem', new Uint8Array(16384).fill(0xff))
    const err = `physmem: ${told}\n${note}`
    expect(await run(line, { root: root.path })).toMatchObject({ code: 3, err })
  })

  it('get it of what was read before a failure', async () => {
    using root = machine(0)
    await using memory = await recordedSim() // Behind its ROM's text there are ones.
    const line = `read pci:${card}/bar0+0x20 pci:${card}/bar0+0x0ffff800`
    const { code, err } = await run(line, { root: root.path, memory })
    expect({ code, err }).toEqual({
      code: 1,
      err:
        `physmem: 32-bit read at pci:${card}/bar0+0xffff800 failed: nothing answered (bus error)\n` +
        `  done: read 1 of 2 elements\n${note}`,
    })
  })

  it('get it in the middle of a watch, when what answered stops to answer', async () => {
    using root = machine(2).put('dev/mem', new Uint8Array(16384))
    let looks = 0
    const onPrint = () => {
      if (++looks === 2) root.put(`${folder}/config`, configOf(0))
      if (looks === 1) root.put('dev/mem', new Uint8Array(16384).fill(0xff))
    }
    const line = 'watch 0x100 0x2010 --interval 1ms -n 4'
    const { code, out, err } = await run(line, { root: root.path, terminal: true, onPrint })
    expect({ code, err }).toEqual({ code: 0, err: note })
    // What is painted next does not climb over the note.
    const climbs = out.split('every 1ms, look ').map((look) => look.endsWith('\x1b[3A\r'))
    expect(climbs).toEqual([false, true, false, true, false])
  })

  it.each([
    `write pci:${card}/bar0=1 pci:${card}/bar0+4=1`,
    `fill pci:${card}/bar0..+8 1`,
    `copy pci:${card}/bar0..+8 pci:${card}/bar0+8`,
    'write 0x2010=1',
  ])('get it from a dry run beforehand: %s', async (line) => {
    using root = machine(0).put('dev/mem', new Uint8Array(16384).fill(0xff))
    const ran = await run(`${line} --dry-run`, { root: root.path })
    expect(ran).toMatchObject({ code: 0, err: note })
    using on = machine().put('dev/mem', new Uint8Array(16384).fill(0xff))
    expect(await run(`${line} --dry-run`, { root: on.path })).toEqual({ ...ran, err: '' })
  })

  it('get none by a file that is not a BAR', async () => {
    using root = machine(0)
    expect(await run(`read file:${ones}`, { root: root.path })).toMatchObject({ code: 0, err: '' })
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
