import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasPorts, physicalAddressBits } from './cpu.ts'
import { FakeRoot } from './testing/fake-root.ts'

const cpuinfo = (bits: string) =>
  `processor\t: 0\nmodel name\t: Some CPU\naddress sizes\t: ${bits} bits physical, 48 bits virtual\n`

describe('hasPorts', () => {
  it.each([
    ['vendor_id\t: GenuineIntel\n', 'arm64', true],
    [cpuinfo('46'), 'arm64', true],
    ['processor\t: 0\nCPU implementer\t: 0x41\n', 'x64', false],
    ['', 'x64', true],
    ['', 'arm64', false],
  ])('tells by /proc/cpuinfo, or by the CPU: %j on %s', (text, cpu, has) => {
    using root = new FakeRoot().put('proc/cpuinfo', text)
    expect(hasPorts(root.files, cpu)).toBe(has)
  })
})

describe('physicalAddressBits', () => {
  it.each([
    ['46', 46],
    ['36', 36],
    ['52', 52],
    ['57', 52],
    ['0', 52],
    ['99999999999999999999999999', 52],
  ])('takes %s bits of /proc/cpuinfo as %i', (said, bits) => {
    using root = new FakeRoot().put('proc/cpuinfo', cpuinfo(said))
    expect(physicalAddressBits(root.files, 'x64')).toBe(bits)
  })

  it.each([
    ['x64', 52],
    ['arm64', 52],
    ['riscv64', 52],
    ['arm', 40],
    ['another', 52],
  ])('is the most of the architecture on %s, where nothing says', (cpu, bits) => {
    using root = new FakeRoot()
    expect(physicalAddressBits(root.files, cpu)).toBe(bits)
    root.put('proc/cpuinfo', 'processor\t: 0\nBogoMIPS\t: 100.00\n')
    expect(physicalAddressBits(root.files, cpu)).toBe(bits)
  })

  it('is 1 to 52, whatever the file holds', () => {
    using root = new FakeRoot()
    const line = fc.stringMatching(/^address sizes\s{0,3}:\s{0,3}-?\d{0,30} bits physical/)
    fc.assert(
      fc.property(fc.oneof(line, fc.string({ unit: 'binary' })), (text) => {
        root.put('proc/cpuinfo', text)
        const bits = physicalAddressBits(root.files, 'x64')
        expect(Number.isInteger(bits) && bits >= 1 && bits <= 52).toBe(true)
      }),
      { numRuns: 25 },
    )
  })
})
