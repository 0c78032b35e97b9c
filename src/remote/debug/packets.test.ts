import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Malformed } from '../bytes.ts'
import { type Came, PACKET_MOST, PacketParser, packetOf } from './packets.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const parsed = (...chunks: string[]): Came[] => {
  const parser = new PacketParser()
  return chunks.flatMap((chunk) => [...parser.take(Buffer.from(chunk, 'latin1'))])
}

describe('a packet', () => {
  it.each([
    ['', '$#00'],
    ['OK', '$OK#9a'],
    ['m9000018,4', '$m9000018,4#2f'],
    ['a#b$c}d*e', '$a}\x03b}\x04c}]d}\ne#51'],
  ])('%j is sent as %j', (data, sent) => {
    expect(text(packetOf(data))).toBe(sent)
  })

  it.each<[string, Came[]]>([
    ['$OK#9a', [{ packet: 'OK' }]],
    ['+$OK#9A', ['taken', { packet: 'OK' }]],
    ['-', ['refused']],
    ['$OK#9b', ['damaged']],
    ['$OK#zz', ['damaged']],
    ['%Stop:T05#00$OK#9a', [{ packet: 'OK' }]],
    ['$0* #7a', [{ packet: '0000' }]],
    ['$a}\x03b#43', [{ packet: 'a#b' }]],
  ])('%j is %j', (came, expected) => {
    expect(parsed(came)).toEqual(expected)
    expect(parsed(...came)).toEqual(expected)
  })

  const sum = (data: string) =>
    `$${data}#${([...Buffer.from(data, 'latin1')].reduce((all, one) => all + one, 0) & 0xff).toString(16).padStart(2, '0')}`
  it.each([
    ['SSH-2.0', 'the byte 0x53 in place of a packet: SSH-2.0'],
    ['\0', 'the byte 0x00 in place of a packet: \\u{0}'],
    [sum('*!'), 'a repetition of nothing, or of no number of times'],
    [sum('a*\x1f'), 'a repetition of nothing, or of no number of times'],
    [sum('a*'), 'a repetition of nothing, or of no number of times'],
    [sum('a}'), 'a packet that ends in an escape'],
    [`$${'x'.repeat(PACKET_MOST + 1)}`, 'a packet of more than 65536 bytes'],
    [sum(`a${'*~'.repeat(2000)}`), 'a packet of more than 65536 bytes'],
  ])('is not %#: %s', (came, why) => {
    expect(() => parsed(came)).toThrow(new Malformed(why))
  })

  it('comes as it was sent, however it is cut', () => {
    const data = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)),
    })
    fc.assert(
      fc.property(fc.array(data), fc.array(fc.nat(20)), (all, cuts) => {
        const sent = all.map((one) => text(packetOf(one))).join('')
        const chunks: string[] = []
        let at = 0
        for (const cut of cuts) {
          chunks.push(sent.slice(at, at + cut))
          at += cut
        }
        expect(parsed(...chunks, sent.slice(at))).toEqual(all.map((packet) => ({ packet })))
      }),
    )
  })

  it('of any bytes is Malformed, or short', () => {
    const byte = fc.oneof(fc.constantFrom(0x24, 0x23, 0x2a, 0x7d, 0x2b, 0x61), fc.nat(255))
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 300 }), (bytes) => {
        try {
          const came = [...new PacketParser().take(Uint8Array.from(bytes))]
          for (const one of came) {
            if (typeof one === 'object') expect(one.packet.length).toBeLessThanOrEqual(300 * 97)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed)
        }
      }),
    )
  })
})
