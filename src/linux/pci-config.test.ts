import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePciHeader } from './pci-config.ts'

/** The e1000 of a lab machine, its driver bound. */
const e1000 = '86800e100701000003000002000000000000'

describe('parsePciHeader', () => {
  it('takes what the header says', () => {
    const bytes = new Uint8Array(64)
    bytes.set(Buffer.from(e1000, 'hex'))
    expect(parsePciHeader(bytes)).toEqual({
      vendor: 0x8086,
      device: 0x100e,
      commandMemory: true,
      commandIo: true,
      busMaster: true,
      class: 0x020000,
      type: 0,
    })
  })

  it.each([
    [0, { commandMemory: false, commandIo: false, busMaster: false }],
    [1, { commandMemory: false, commandIo: true, busMaster: false }],
    [2, { commandMemory: true, commandIo: false, busMaster: false }],
    [4, { commandMemory: false, commandIo: false, busMaster: true }],
  ])('takes the command register %i', (command, expected) => {
    const bytes = new Uint8Array(64)
    bytes[4] = command
    bytes[14] = 0x81 // one of several functions, a bridge
    expect(parsePciHeader(bytes)).toMatchObject({ ...expected, type: 1 })
  })

  it('is undefined when nothing answered, or the header is cut off', () => {
    expect(parsePciHeader(new Uint8Array(64).fill(0xff))).toBeUndefined()
    expect(parsePciHeader(new Uint8Array(15))).toBeUndefined()
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => void parsePciHeader(bytes)))
  })
})
