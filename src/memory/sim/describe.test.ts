import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Device, Register } from '../../describe/model.ts'
import { readYaml } from '../../describe/yaml/index.ts'
import { defaultBoard } from './default-board.ts'
import { describeBoard } from './describe.ts'
import { parseBoardText } from './parse.ts'

const source = { name: 'demo.yaml', text: defaultBoard, open: () => source }

function register(device: Device, path: string): Register {
  const [block, name] = path.split('.')
  const found = device.blocks
    .find((one) => one.name === block)
    ?.children.find((one) => one.name === name)
  if (found?.kind !== 'register') throw new Error(`no register ${path}`)
  return found
}

describe('describeBoard', () => {
  const device = describeBoard(parseBoardText(defaultBoard))

  it('has the devices of the board as blocks, where they are', () => {
    expect(
      device.blocks.map(({ name, base, extents }) => [name, base, extents[0]?.length]),
    ).toEqual([
      ['uart0', 0x0900_0000, 0x1000],
      ['rtc', 0x0901_0000, 0x1000],
      ['gpio', 0x0903_0000, 0x1000],
      ['demo', 0x1000_0000, 0x1000],
      ['hpet', 0xfed0_0000, 0x400],
    ])
  })

  it('has the widths that a device answers as those of its bus, and none that is wider', () => {
    const text = `
name: bench
regions:
  wide: { kind: device, base: 0, size: 8, widths: [32, 64], registers: { A: { kind: constant, offset: 0, width: 64, value: 1 } } }
  usual: { kind: device, base: 16, size: 8, registers: { A: { kind: constant, offset: 0, width: 64, value: 1 } } }
  bytes: { kind: device, base: 32, size: 8, widths: [8], registers: { A: { kind: constant, offset: 0, value: 1 } } }
  own: { kind: device, base: 48, size: 8, widths: [8, 32], registers: { A: { kind: constant, offset: 0, widths: [8], value: 1 } } }
`
    const board = describeBoard(parseBoardText(text))
    const widths = ['wide', 'usual', 'bytes', 'own'].map((block) => {
      const { size, width } = register(board, `${block}.A`)
      return [size, width]
    })
    expect(widths).toEqual([
      [64, 64],
      [64, 32],
      [32, 8],
      [32, 8],
    ])
  })

  it.each([
    ['demo.ID', 'read-only', 'none', undefined],
    ['demo.SCRATCH', 'read-write', 'none', undefined],
    ['demo.STATUS', 'read-only', 'none', undefined],
    ['demo.INT_STATUS', 'read-write', 'none', 'one-to-clear'],
    ['demo.INT_FORCE', 'read-write', 'none', 'one-to-set'],
    ['demo.EVENTS', 'read-only', 'clear', undefined],
    ['demo.CONTROL', 'read-write', 'none', undefined],
    ['demo.COMMAND', 'write-only', undefined, undefined],
    ['demo.FIFO', 'read-write', 'modify', 'modify'],
    ['demo.TICKS', 'read-only', 'none', undefined],
    ['demo.LOADS', 'read-only', 'modify', undefined],
    ['demo.BROKEN', 'read-write', 'fault', 'modify'],
    ['uart0.DR', 'read-write', 'modify', 'modify'],
  ])(
    'says of %s by its kind who may access it, with which effects',
    (path, access, read, write) => {
      const { access: has, readEffect, writeEffect } = register(device, path)
      expect([has, readEffect, writeEffect]).toEqual([access, read, write])
    },
  )

  it('has the fields of its registers, with the names of their values', () => {
    expect(register(device, 'demo.CONTROL')).toMatchObject({
      offset: 0x20,
      size: 32,
      width: 32,
      reset: 0n,
    })
    expect(register(device, 'demo.CONTROL').fields).toMatchObject([
      { name: 'MODE', lsb: 4, width: 3, enumerations: [{ usage: 'read-write' }] },
      {
        name: 'START',
        lsb: 7,
        width: 1,
        writeEffect: 'one-to-set',
        enumerations: [
          {
            usage: 'read',
            values: [
              { name: 'idle', value: 0n },
              { name: 'running', value: 1n },
            ],
          },
          { usage: 'write', values: [{ name: 'start', value: 1n }] },
        ],
      },
    ])
    expect(register(device, 'hpet.CAP')).toMatchObject({ width: 64, reset: 0x0098_9680_8086_a201n })
    expect(register(device, 'gpio.DIR').fields).toMatchObject([
      { name: 'LINE[%s]', lsb: 0, width: 1, repeat: { count: 16, stride: 1 } },
    ])
  })

  it('is as the schema for editors has it', () => {
    const url = new URL('../../../docs/schemas/yaml/registers.json', import.meta.url)
    const options = {
      allowUnionTypes: true,
      strictTuples: false,
      strictTypes: false,
      strictRequired: false,
    }
    const validate = new Ajv(options).compile(JSON.parse(readFileSync(url, 'utf8')))
    validate(parse(defaultBoard))
    expect(validate.errors ?? []).toEqual([])
  })

  it('says the same as the reader of descriptions of its text', () => {
    const { device: read, issues } = readYaml(source)
    // The board has filled in what is 0 after power-on, and the text has not.
    const plain = (one: Device) =>
      one.blocks.map((block) => ({
        ...block,
        children: block.children.map(({ ...child }) => ({ ...child, reset: undefined })),
      }))
    expect(plain(read)).toEqual(plain(device))
    expect(issues).toEqual([])
  })
})
