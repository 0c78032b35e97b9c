import { describe, expect, test } from 'vitest'
import { describedBy, deviceText, issuesOf, peripheralText, registerText } from './testing/svd.ts'

describe('devices and peripherals', () => {
  const read = (head: string, peripheral = peripheralText(registerText())) => {
    const description = describedBy(deviceText(peripheral, head))
    return { device: description.device, issues: issuesOf(description) }
  }

  test('offsets are bytes, whatever addressUnitBits says', () => {
    expect(read('<addressUnitBits>32</addressUnitBits>').issues).toEqual([
      'warning address-unit : addressUnitBits is 32: offsets are read as bytes nevertheless',
    ])
  })

  test('without a name, a size, a cpu', () => {
    const { device, issues } = read('')
    expect(issues).toEqual([])
    expect(device).toMatchObject({ name: 't.svd', endian: 'little' })
    expect(device).not.toHaveProperty('busWidth')
  })

  test('a cpu, and what else the head says', () => {
    const more =
      '<vendor>V</vendor><version>1.0</version><description>A\n chip</description><width>32</width>'
    expect(read(`${more}<cpu><endian>big</endian></cpu>`).device).toMatchObject({
      ...{ vendor: 'V', version: '1.0', description: 'A chip', busWidth: 32, endian: 'big' },
    })
    expect(read('<cpu><endian>selectable</endian></cpu>').issues).toEqual([
      'warning endian : endian is "selectable": it is read as little',
    ])
    expect(read('<width>24</width>').issues).toEqual([
      'warning odd-bus : width is 24 bits: it is ignored',
    ])
  })

  test('no address block, several, one that is none; empty registers; prefixes for C', () => {
    const extent = (offset: string, usage: string) =>
      `<addressBlock><offset>${offset}</offset><size>0x100</size><usage>${usage}</usage></addressBlock>`
    const blocks = extent('0', 'registers') + extent('0x100', 'buffer') + extent('0x200', 'odd')
    const more = `<prependToName>UART_</prependToName>${blocks}<registers/>`
    const { device, issues } = read('', peripheralText('').replace('<registers></registers>', more))
    expect(issues).toEqual([])
    expect(device.blocks[0]).toMatchObject({
      extents: [
        { offset: 0, length: 256, usage: 'registers' },
        { offset: 256, length: 256, usage: 'buffer' },
        { offset: 512, length: 256 },
      ],
      ...{ name: 'P', children: [] },
    })
    expect(read('').device.blocks[0]?.extents).toEqual([])
    expect(
      read('', peripheralText('', 'P').replace('<registers>', `${extent('', '')}<registers>`))
        .issues,
    ).toEqual(['error bad-extent P: this addressBlock has no offset and size: it is left out'])
  })

  test('a peripheral without name or address is left out', () => {
    const text =
      '<peripheral><name>A</name></peripheral><peripheral><baseAddress>0</baseAddress></peripheral>'
    expect(read('', text + peripheralText('', 'GOOD'))).toMatchObject({
      device: { blocks: [{ name: 'GOOD' }] },
      issues: [
        'error no-base A: baseAddress is missing: it is left out',
        'error no-name ?: this peripheral has no name: it is left out',
      ],
    })
  })

  test('a group, an alternate', () => {
    const more =
      '<groupName>UART</groupName><alternatePeripheral>Q</alternatePeripheral><registers>'
    expect(
      read('', peripheralText('').replace('<registers>', more)).device.blocks[0],
    ).toMatchObject({
      ...{ group: 'UART', alternate: 'Q' },
    })
  })

  test('CDATA, a byte order mark, comments that hold registers, CRLF, and extensions', () => {
    const hidden =
      '<!-- <registers></registers> --><description><![CDATA[a <registers> & b]]></description>'
    const text = deviceText(
      `${peripheralText(`${registerText()}<!-- </registers> -->${registerText('', 'S')}`).replace('<registers>', `${hidden}<registers>`)}`,
    ).replace(
      '</device>',
      '<vendorExtensions><x:y xmlns:x="z"><registers/></x:y></vendorExtensions></device>',
    )
    const description = describedBy(
      `\ufeff<?xml version="1.0"?>\r\n${text.replaceAll('><', '>\r\n<')}`,
    )
    expect(issuesOf(description)).toEqual([])
    const [block] = description.device.blocks
    expect(block?.description).toBe('a <registers> & b')
    expect(block?.children.map(({ name }) => name)).toEqual(['R', 'S'])
  })

  test('nothing is read before it is asked for, and then once', () => {
    const bad = peripheralText(registerText('<size>0</size>'))
    const description = describedBy(deviceText(bad))
    expect(description.issues).toEqual([])
    expect(description.device.blocks[0]?.children).toBe(description.device.blocks[0]?.children)
    expect(description.issues).toHaveLength(1)
  })
})
