import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { CommandRegister, setBusMaster, unmaskLine } from './command-register.ts'

const card = '0000:00:06.0'
const file = `sys/bus/pci/devices/${card}/config`
let root: FakeRoot

function config(command: number): void {
  root.put(file, new Uint8Array(Uint16Array.of(0x8086, 0x100e, command, 0xffff).buffer))
}
const words = () => [...new Uint16Array(Uint8Array.from(readFileSync(root.at(file))).buffer)]

beforeEach(() => {
  root = new FakeRoot().folder(`sys/bus/pci/devices/${card}`)
})
afterEach(() => root[Symbol.dispose]())

describe('setBusMaster', () => {
  it('changes one bit of the command register, and nothing else', () => {
    config(0x0503)
    setBusMaster('0:6.0', true, root.system)
    expect(words()).toEqual([0x8086, 0x100e, 0x0507, 0xffff])
    setBusMaster(card, false, root.system)
    expect(words()).toEqual([0x8086, 0x100e, 0x0503, 0xffff])
  })

  it('says what it cannot reach', () => {
    const set = (address: string) => () => setBusMaster(address, true, root.system)
    expect(set('0:7.0')).toThrow(`there is no PCI device 0000:00:07.0: there are ${card}`)
    expect(set(card)).toThrow(
      `the configuration space of ${card} cannot be opened for writing: there is no such file`,
    )
    config(0xffff)
    expect(set(card)).toThrow(`the command register of ${card} cannot be read: nothing answers`)
    root.put(file, new Uint8Array(5))
    expect(set(card)).toThrow('nothing answers')
  })
})

describe('unmaskLine', () => {
  it('clears the mask of the interrupt line', () => {
    config(0x0403)
    const register = new CommandRegister(card, root.system)
    unmaskLine(register)
    unmaskLine(register)
    expect(register.read()).toBe(0x0003)
    register.close()
    expect(words()[2]).toBe(0x0003)
  })
})
