import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Malformed, packed, textOf } from './bytes.ts'
import { afterMark, OtherVersion, readHello } from './hello.ts'
import { FRAME_MOST, MARK, VERSION } from './protocol.ts'
import { hello } from './testing/made-channel.ts'

describe('a hello', () => {
  it('says what the agent is', () => {
    expect(readHello(hello({ cpu: 'riscv64', pageSize: 65536 }))).toEqual({
      ...{ cpu: 'riscv64', pageSize: 65536, uid: 0 },
      cache: { lineBytes: 64, clean: 'clwb', flush: 'clflushopt' },
    })
    expect(readHello(hello({ lineBytes: 0, clean: '', flush: '' }))).toMatchObject({
      cache: undefined,
    })
  })

  it('of another version is told from garbage', () => {
    expect(() => readHello(hello({ version: VERSION + 1 }))).toThrow(
      new OtherVersion(
        `its agent speaks version ${VERSION + 1} of the protocol, and this physmem version ${VERSION}`,
      ),
    )
    // Its hello may be shorter.
    expect(() => readHello(packed({ u32: VERSION - 1 }))).toThrow(OtherVersion)
  })

  it.each([
    ['a page of no size', { pageSize: 0 }],
    ['a page of 12 KiB', { pageSize: 12288 }],
    ['a page of 2 GiB', { pageSize: 0x8000_0000 }],
    ['longer frames', { frameMost: FRAME_MOST * 2 }],
    ['a line of no bytes that is cleaned', { lineBytes: 0 }],
    ['a line of 48 bytes', { lineBytes: 48 }],
    ['a line of 2 GiB', { lineBytes: 0x8000_0000 }],
    ['no instruction', { flush: '' }],
    ['an instruction that is none', { clean: 'clwb\x1b[2J' }],
    ['a CPU that there is not', { cpu: 'mips' }],
    ['a CPU with an end in it', { cpu: 'x64\0x' }],
    ['no CPU', { cpu: '' }],
  ])('with %s is none', (_, wrong) => {
    expect(() => readHello(hello(wrong))).toThrow(new Malformed('this is no hello of an agent'))
  })

  it('is waited for until it is whole', () => {
    for (let length = 0; length < hello().length; length++) {
      expect(readHello(hello().subarray(0, length))).toBeUndefined()
    }
  })

  it('of any bytes throws nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, version) => {
        try {
          readHello(version ? packed({ u32: VERSION }, bytes) : bytes)
        } catch (error) {
          expect([Malformed, OtherVersion]).toContain((error as Error).constructor)
        }
      }),
    )
  })
})

describe('the mark', () => {
  it('is found behind anything, with parts of it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array(),
            fc.nat(7).map((end) => MARK.subarray(0, end)),
          ),
        ),
        fc.uint8Array(),
        (before, after) => {
          const noise = packed(...before)
          fc.pre(afterMark(packed(noise, MARK.subarray(0, 7))) === undefined)
          expect(afterMark(packed(noise, MARK, after))).toEqual({ before: noise, after })
        },
      ),
    )
  })

  it('is not there before it is whole', () => {
    for (let length = 0; length < MARK.length; length++) {
      expect(afterMark(packed(textOf('sh: '), MARK.subarray(0, length)))).toBeUndefined()
    }
  })
})
