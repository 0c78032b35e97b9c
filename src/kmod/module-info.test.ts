import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseModuleInfo } from './module-info.ts'

const elf = '\x7fELF\x02\x01'
const info = 'license=GPL\0vermagic=6.1.0-56-amd64 SMP preempt mod_unload modversions \0'
const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('parseModuleInfo', () => {
  it('finds the release of the kernel', () => {
    expect(parseModuleInfo(bytes(`${elf}\0${info}\0`))).toEqual({
      release: '6.1.0-56-amd64',
      signed: false,
    })
  })

  it('says that a signature is appended', () => {
    const signed = `${elf}\0${info}\0PKCS7~Module signature appended~\n`
    expect(parseModuleInfo(bytes(signed))?.signed).toBe(true)
  })

  it('takes nothing else for a module', () => {
    expect(parseModuleInfo(bytes(''))).toBeUndefined()
    expect(parseModuleInfo(bytes(`\0${info}`))).toBeUndefined()
    expect(parseModuleInfo(bytes(`${elf} a program`))).toBeUndefined()
    // Text that only ends so is another entry.
    expect(parseModuleInfo(bytes(`${elf}\0oldvermagic=5.10 \0`))).toBeUndefined()
  })

  it('never fails, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (tail) => {
        const found = parseModuleInfo(Buffer.concat([bytes(elf), tail]))
        expect(found === undefined || found.release.length > 0).toBe(true)
      }),
    )
  })
})
