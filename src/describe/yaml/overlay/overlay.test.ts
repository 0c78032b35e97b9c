import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSvd } from '../../svd/read.ts'
import { readYaml } from '../read.ts'
import {
  blockOf,
  complete,
  fieldOf,
  issuesOf,
  partOf,
  registerOf,
  sourceOf,
} from '../testing/text.ts'
import { applyOverlay, overlayBase } from './device.ts'

const CHIP = `
name: chip
blocks:
  UART0:
    base: 0x1000
    registers:
      UART_CR: { offset: 0, fields: { UART_TXE: 8, RXE: 9, MODE: 6:4 } }
      UART_FR: { offset: 4, on-read: modify, fields: { TXFE: { bits: 7, values: { a: 0, b: 1 } } } }
      UART_DR: 8
  UART1: { is: UART0, base: 0x2000 }
  DMA:
    base: 0x3000
    registers:
      ISR: 0
      CCR1: 0x10
      CNDTR1: 0x14
      CCR2: 0x20
      CNDTR2: 0x24
      CCR3: 0x30
      CNDTR3: 0x34
      CR: { offset: 0x40, fields: { EN0: 0, EN1: 2, EN2: 4, DIR: 7 } }
  GPIOA: { base: 0x4000, registers: { MODER: 0 } }
  GPIOB: { base: 0x5000, registers: { MODER: 0 } }
`

function patched(overlay: string, others: Record<string, string> = {}) {
  return complete(applyOverlay(readYaml(sourceOf(CHIP)), sourceOf(overlay, 'fix.yaml', others)))
}

const names = (parts: readonly { name: string }[]) => parts.map(({ name }) => name)

describe('applyOverlay', () => {
  it('changes nothing where it says nothing', () => {
    const plain = complete(readYaml(sourceOf(CHIP)))
    expect(patched('_svd: chip.svd')).toMatchObject({ device: plain.device, issues: [] })
  })

  it('tells which file it is for', () => {
    expect(overlayBase(sourceOf('_svd: ../svd/stm32f4.svd'))).toBe('../svd/stm32f4.svd')
    expect(overlayBase(sourceOf('UART0: {}'))).toBeUndefined()
  })

  it('changes the device, blocks, registers and fields, in the words of SVD and in our own', () => {
    const made = patched(`
_modify:
  version: 1.3
  cpu: { nvicPrioBits: 4 }
  GPIO[AB]: { description: Port, groupName: GPIO }
  DMA: { baseAddress: 0x9000, addressBlock: { offset: 0x0, size: 0x400, usage: registers } }
UART0:
  _modify:
    UART_FR: { access: read-only, resetValue: 0x90, size: 16, readAction: clear, addressOffset: 0x18 }
  UART_CR:
    _modify:
      MODE: { bitOffset: 3, description: Kind, modifiedWriteValues: oneToClear }
      RXE: { name: RX, bits: 10 }
`)
    expect(issuesOf(made)).toEqual([])
    expect(made.device.version).toBe('1.3')
    expect(blockOf(made, 'GPIOB')).toMatchObject({
      description: 'Port',
      group: 'GPIO',
      base: 0x5000,
    })
    expect(blockOf(made, 'DMA')).toMatchObject({
      base: 0x9000,
      extents: [{ offset: 0, length: 0x400 }],
    })
    for (const block of ['UART0', 'UART1']) {
      expect(registerOf(made, `${block}.UART_FR`)).toMatchObject({
        ...{
          access: 'read-only',
          reset: 0x90n,
          size: 16,
          width: 16,
          readEffect: 'clear',
          offset: 0x18,
        },
      })
      expect(fieldOf(made, `${block}.UART_CR`, 'MODE')).toEqual({
        ...{ name: 'MODE', lsb: 3, width: 3, description: 'Kind', writeEffect: 'one-to-clear' },
      })
      expect(fieldOf(made, `${block}.UART_CR`, 'RX')).toEqual({ name: 'RX', lsb: 10, width: 1 })
    }
  })

  it('deletes and adds at every level', () => {
    const made = patched(`
_delete: [GPIO*]
_add:
  NEW:
    baseAddress: 0x7000
    addressBlock: { offset: 0, size: 0x100, usage: registers }
    registers:
      ID: { addressOffset: 0x0, access: read-only, fields: { REV: { bitOffset: 4, bitWidth: 4 } } }
DMA:
  _delete: { _registers: ["C*[12]", ISR], _interrupts: [X] }
  _add: { STAT: { addressOffset: 0x44, size: 16, fields: { BUSY: { bitRange: "[3:2]" }, OK: { lsb: 5, msb: 6 } } } }
  CR:
    _delete: [EN1, "EN2,DIR"]
    _add: { LAST: { description: Last, bitOffset: 31 } }
`)
    expect(issuesOf(made)).toEqual([])
    expect(names(made.device.blocks)).toEqual(['UART0', 'UART1', 'DMA', 'NEW'])
    expect(fieldOf(made, 'NEW.ID', 'REV')).toEqual({ name: 'REV', lsb: 4, width: 4 })
    expect(names(blockOf(made, 'DMA').children)).toEqual(['CCR3', 'CNDTR3', 'CR', 'STAT'])
    expect(registerOf(made, 'DMA.STAT')).toMatchObject({ width: 16, offset: 0x44 })
    expect(registerOf(made, 'DMA.STAT').fields).toMatchObject([
      { lsb: 2, width: 2 },
      { lsb: 5, width: 2 },
    ])
    expect(registerOf(made, 'DMA.CR').fields).toMatchObject([
      { name: 'EN0' },
      { name: 'LAST', lsb: 31 },
    ])
  })

  it('strips names', () => {
    const made = patched(
      'UART0:\n  _strip: UART_\n  UART_CR: {}\n  CR: { _strip: [UART_], _strip_end: [E] }',
    )
    expect(names(blockOf(made, 'UART1').children)).toEqual(['CR', 'FR', 'DR'])
    expect(names(registerOf(made, 'UART0.CR').fields)).toEqual(['TX', 'RX', 'MOD'])
    expect(issuesOf(made)).toEqual([
      '3:3 error unmatched UART0: no register is "UART_CR"',
      '3:3 error unmatched UART1: no register is "UART_CR"',
    ])
  })

  it('gives values names, and effects', () => {
    const made = patched(`
UART0:
  UART_CR:
    MODE:
      Slow: [0, "Takes its time"]
      Fast: [1, "Hurries"]
      Other: [-1, "Neither"]
    UART_TXE: [0, 1]
    RXE: { _W1C: { Clear: [1, "Clears it"] }, _read: { Idle: [0, "Nothing"] } }
  UART_FR:
    safe: true
    TXFE: { _replace_enum: { Empty: [1, ""] } }
  UART_DR: { readAction: modify, modifiedWriteValues: modify }
`)
    expect(issuesOf(made)).toEqual([])
    expect(fieldOf(made, 'UART0.UART_CR', 'MODE').enumerations).toEqual([
      {
        usage: 'read-write',
        values: [
          { name: 'Slow', description: 'Takes its time', value: 0n },
          { name: 'Fast', description: 'Hurries', value: 1n },
          { name: 'Other', description: 'Neither' },
        ],
      },
    ])
    expect(fieldOf(made, 'UART0.UART_CR', 'UART_TXE').writeConstraint).toEqual({
      ...{ kind: 'range', minimum: 0n, maximum: 1n },
    })
    expect(fieldOf(made, 'UART0.UART_CR', 'RXE')).toMatchObject({
      writeEffect: 'one-to-clear',
      enumerations: [{ usage: 'write' }, { usage: 'read' }],
    })
    expect(registerOf(made, 'UART0.UART_FR').readEffect).toBe('none')
    expect(fieldOf(made, 'UART1.UART_FR', 'TXFE').enumerations).toEqual([
      { usage: 'read-write', values: [{ name: 'Empty', value: 1n }] },
    ])
    expect(registerOf(made, 'UART0.UART_DR')).toMatchObject({
      readEffect: 'modify',
      writeEffect: 'modify',
    })
  })

  it('calls a whole block safe where nothing else is known', () => {
    const made = patched('UART0: { safe: true }')
    expect(registerOf(made, 'UART0.UART_DR').readEffect).toBe('none')
    expect(registerOf(made, 'UART0.UART_FR').readEffect).toBe('modify')
  })

  it('makes arrays of registers and fields', () => {
    const made = patched(
      'DMA: { _array: { "CCR*": { description: Channel } }, CR: { _array: { "EN?": {} } } }',
    )
    expect(issuesOf(made)).toEqual([])
    expect(registerOf(made, 'DMA.CCR%s')).toMatchObject({
      offset: 0x10,
      description: 'Channel',
      repeat: { count: 3, stride: 0x10, names: ['1', '2', '3'] },
    })
    expect(names(blockOf(made, 'DMA').children)).toEqual([
      'ISR',
      'CCR%s',
      'CNDTR1',
      'CNDTR2',
      'CNDTR3',
      'CR',
    ])
    expect(fieldOf(made, 'DMA.CR', 'EN%s').repeat).toEqual({ count: 3, stride: 2 })
  })

  it('makes clusters', () => {
    const made = patched(
      'DMA: { _cluster: { "CH%s": { description: A channel, "CCR?": { name: CR }, "CNDTR?": {} } } }',
    )
    expect(issuesOf(made)).toEqual([])
    expect(partOf(made, 'DMA.CH%s')).toMatchObject({
      kind: 'cluster',
      description: 'A channel',
      offset: 0x10,
      repeat: { count: 3, stride: 0x10, names: ['1', '2', '3'] },
      children: [
        { name: 'CR', offset: 0 },
        { name: 'CNDTR', offset: 4 },
      ],
    })
    expect(names(blockOf(made, 'DMA').children)).toEqual(['ISR', 'CH%s', 'CR'])
  })

  it('merges fields, and splits them', () => {
    const made = patched(`
UART0:
  UART_CR: { _merge: { BOTH: [UART_TXE, RXE] }, _split: [MODE] }
DMA: { CR: { _add: { E0A: { bits: 8 }, E0B: { bits: 9 } }, _merge: ["E0*"], _split: { "D%sX": DIR } } }
`)
    expect(issuesOf(made)).toEqual([])
    expect(registerOf(made, 'UART0.UART_CR').fields).toEqual([
      { name: 'BOTH', lsb: 8, width: 2 },
      { name: 'MODE0', lsb: 4, width: 1 },
      { name: 'MODE1', lsb: 5, width: 1 },
      { name: 'MODE2', lsb: 6, width: 1 },
    ])
    expect(names(registerOf(made, 'DMA.CR').fields)).toEqual(['EN0', 'EN1', 'EN2', 'D0X', 'E0'])
    expect(fieldOf(made, 'DMA.CR', 'E0').width).toBe(2)
  })

  it('asks no block for its registers before somebody does', () => {
    const { device } = readYaml(sourceOf(CHIP))
    const closed = device.blocks.map((block) => ({
      ...block,
      get children(): never {
        throw new Error('it was asked')
      },
    }))
    const overlay = `
_delete: [GPIOA]
_modify: { DMA: { description: Moves } }
_copy: { X: { from: DMA } }
_derive: { Y: UART0 }
_strip: [U]
"*": { _strip: [UART_], safe: true }
`
    const changed = applyOverlay(
      { device: { ...device, blocks: closed }, issues: [] },
      sourceOf(overlay),
    )
    expect(names(changed.device.blocks)).toEqual(['ART0', 'ART1', 'DMA', 'GPIOB', 'X'])
    expect(() => changed.device.blocks[0]?.children).toThrow('it was asked')
  })

  it('copies and derives', () => {
    const made = patched(`
_copy: { UART5: { from: UART0 } }
_derive: { GPIOB: DMA, UART6: { _from: UART0, baseAddress: 0x6000 } }
_rebase: { GPIOB: GPIOA }
UART0:
  _copy: { UART_CR2: { from: UART_CR, addressOffset: 0x10 } }
  _derive: { UART_CR3: { _from: UART_CR, addressOffset: 0x14 } }
  UART_CR: { _delete: RXE, _derive: { UART_TXE: MODE } }
`)
    expect(issuesOf(made)).toEqual([])
    expect(names(blockOf(made, 'UART5').children)).toEqual(['UART_CR', 'UART_FR', 'UART_DR'])
    expect(blockOf(made, 'UART5').base).toBeUndefined()
    expect(blockOf(made, 'UART6')).toMatchObject({ base: 0x6000, derivedFrom: 'UART0' })
    expect(names(blockOf(made, 'UART6').children)).toEqual(names(blockOf(made, 'UART0').children))
    expect(names(blockOf(made, 'GPIOB').children)).toEqual(names(blockOf(made, 'DMA').children))
    expect(blockOf(made, 'GPIOB').base).toBe(0x5000)
    expect(registerOf(made, 'UART0.UART_CR3')).toMatchObject({ offset: 0x14, fields: [{}, {}, {}] })
    expect(fieldOf(made, 'UART0.UART_CR', 'UART_TXE')).toMatchObject({ lsb: 8, width: 3 })
  })

  it('applies what a file includes before what it says itself, also for a part', () => {
    const made = patched(
      '_include: [all.yaml]\nUART0: { _include: uart.yaml, UART_CR: { _delete: [B] } }',
      {
        'all.yaml': 'GPIOA: { _modify: { MODER: { description: from all } } }',
        'uart.yaml': '_include: inner.yaml\nUART_CR: { _add: { B: { bits: 30 } } }',
        'inner.yaml': 'UART_CR: { _modify: { RXE: { name: A } } }',
      },
    )
    expect(registerOf(made, 'GPIOA.MODER').description).toBe('from all')
    expect(issuesOf(made)).toEqual([])
    expect(names(registerOf(made, 'UART0.UART_CR').fields)).toEqual(['UART_TXE', 'A', 'MODE'])
  })

  it('changes a description in SVD, and what is derived there, alike', () => {
    const field = '<fields><field><name>TXE</name><bitOffset>8</bitOffset></field></fields>'
    const register = `<register><name>USART_CR1</name><addressOffset>0</addressOffset>${field}</register>`
    const svd = `<device><name>X</name><width>32</width><peripherals>
      <peripheral derivedFrom="USART1"><name>USART2</name><baseAddress>0x200</baseAddress></peripheral>
      <peripheral><name>USART1</name><baseAddress>0x100</baseAddress><registers>${register}</registers></peripheral>
    </peripherals></device>`
    const fix = `
_svd: x.svd
USART1: { _strip: USART_, CR1: { TXE: { Disabled: [0, "Off"], Enabled: [1, "On"] } } }
`
    const made = complete(applyOverlay(readSvd(sourceOf(svd, 'x.svd')), sourceOf(fix, 'fix.yaml')))
    expect(issuesOf(made).filter((issue) => issue.includes('error'))).toEqual([])
    for (const block of ['USART1', 'USART2']) {
      const [enumeration] = fieldOf(made, `${block}.CR1`, 'TXE').enumerations ?? []
      expect(names(enumeration?.values ?? [])).toEqual(['Disabled', 'Enabled'])
    }
  })

  it.each([
    ['SPI: {}', '1:1 error unmatched : no block is "SPI"'],
    ['UARTT0: {}', '1:1 error unmatched : no block is "UARTT0": did you mean "UART0"?'],
    ['?~UART9: {}', undefined],
    [
      '_modfy: {}',
      '1:1 error unknown-key : unknown change "_modfy": did you mean "_modify"?: it is not made',
    ],
    ['UART0: []', '1:8 error value UART0: UART0: expected a mapping, came a list'],
    [
      'DMA: { ISR: { _megre: [A] } }',
      '1:15 error unknown-key DMA.ISR: unknown change "_megre": did you mean "_merge"?: it is not made',
    ],
    [
      'DMA: { CR: { _merge: ["EN*"] } }',
      '1:22 error collect DMA.CR: _merge: EN1 does not begin where the one before it ends',
    ],
    [
      'DMA: { CR: { _add: { X: { bits: 2 } } } }',
      '1:12 warning fields-overlap DMA.CR.X: it overlaps EN1 since this overlay',
    ],
    [
      'DMA: { _modify: { CR: { size: 4 } } }',
      '1:31 error field-beyond-register DMA.CR: width: its field EN2 has bits beyond',
    ],
    [
      'DMA: { CR: { _modify: { DIR: { bitOffset: 40 } } } }',
      '1:43 error field-beyond-register DMA.CR.DIR: bits: bit 40 does not exist: the register has bits 0 to 31',
    ],
    [
      'DMA: { CR: { DIR: { Up: [2, "x"] } } }',
      '1:25 error value-too-wide DMA.CR.DIR.Up: 2 does not fit in the one bit of the field',
    ],
    [
      'DMA: { CR: { DIR: text } }',
      '1:19 error value DMA.CR.DIR: expected names of values such as { Fast: [2, "Text"] }, came "text"',
    ],
    [
      'DMA: { _add: { CR: { addressOffset: 0 } } }',
      '1:16 error duplicate-name DMA: _add: there is "CR" already',
    ],
    [
      'DMA: { _array: { "C*[12]": {} } }',
      '1:18 error collect DMA: C*[12]: CCR2 is not as far behind the one before it as CNDTR1 is',
    ],
    [
      'DMA: { _array: { "CCR1,CCR2": {} } }',
      '1:18 error collect DMA: CCR1,CCR2: a pattern such as CH*, with what differs in the place of the *, is needed',
    ],
    ['DMA: { CR: { _array: { "EN*": {}, "DI*": {} } } }', undefined],
    [
      'DMA: { _cluster: { CH: { "CCR*": {}, "CR": {} } } }',
      '1:20 error collect DMA: _cluster CH: CR and what is like it repeat otherwise than CCR1',
    ],
    [
      '_copy: { X: { from: "other.svd:Y" } }',
      '1:21 error unsupported X: from: a block of another file cannot be taken: only one of this description',
    ],
    ['_include: none.yaml', '1:11 error include : _include: there is no file none.yaml'],
    ['[]', '1:1 error value : expected an overlay, a mapping from names to changes, came a list'],
  ])('tells what is wrong: %s', (overlay, issue) => {
    expect(issuesOf(patched(overlay)).slice(0, 1)).toEqual(issue === undefined ? [] : [issue])
  })

  it('ends where files include themselves, or each other', () => {
    const others = {
      'fix.yaml': '_include: [fix.yaml, b.yaml]',
      'b.yaml': '_include: [fix.yaml, fix.yaml]',
    }
    const { issues } = patched('_include: [fix.yaml, b.yaml]', others)
    expect(issues.some(({ code }) => code === 'include')).toBe(true)
  })

  it('makes changes to a block when its registers are asked for', () => {
    const description = applyOverlay(readYaml(sourceOf(CHIP)), sourceOf('DMA: { NO: {} }'))
    expect(description.issues).toEqual([])
    void blockOf(description, 'DMA').children
    expect(description.issues).toHaveLength(1)
  })

  it('takes any text: an error, or a description', () => {
    const pieces = fc.constantFrom(
      ...[
        '_modify',
        '_add',
        '_delete',
        '_array',
        '_cluster',
        '_copy',
        '_derive',
        '_strip',
        '_include',
      ],
      ...[
        'UART0',
        'DMA',
        'CR',
        'C*',
        'EN?',
        'DIR',
        'from',
        'name',
        'bits',
        'safe',
        '[AB]',
        '_read',
        'size',
      ],
      ...[
        ': ',
        ': ',
        ' ',
        '\n',
        '\n  ',
        '\n    ',
        '{',
        '}',
        '[',
        ']',
        ', ',
        '0',
        '1',
        '3:0',
        '"',
        '%s',
      ],
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (texts) => {
        try {
          for (const { line } of patched(texts.join('')).issues) expect(line).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toMatchObject({ name: 'RequestError', code: 'ESYNTAX' })
        }
      }),
      { numRuns: 500 },
    )
  })

  it('takes any tree of changes', () => {
    const key = fc.constantFrom(
      ...[
        '_modify',
        '_add',
        '_delete',
        '_array',
        '_cluster',
        '_copy',
        '_derive',
        '_strip',
        '_strip_end',
        '_clear',
      ],
      ...[
        '_clear_fields',
        '_registers',
        '_fields',
        '_read',
        '_W1C',
        '_replace_enum',
        '_rebase',
        '_include',
      ],
      ...[
        'UART0',
        'UART*',
        'DMA',
        'CR',
        'C*',
        'CCR?',
        'EN?',
        '*',
        'DIR',
        'from',
        '_from',
        'name',
        'bits',
        'safe',
      ],
      ...[
        'size',
        'addressOffset',
        'bitOffset',
        'dim',
        'dimIncrement',
        'dimIndex',
        'registers',
        'fields',
        'offset',
      ],
    )
    const leaf = fc.constantFrom(
      '0',
      '1',
      '7',
      '3:0',
      'CR',
      'UART0',
      'DMA',
      'C*',
      'X%s',
      'true',
      '-1',
      '',
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, leaf, tie('map'), fc.array(tie('tree'), { maxLength: 3 })),
      map: fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    }))
    fc.assert(
      fc.property(tree, (changes) => {
        const { issues } = patched(JSON.stringify(changes))
        for (const { line } of issues) expect(line).toBe(1)
      }),
      { numRuns: 1000 },
    )
  })
})
