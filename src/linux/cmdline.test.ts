import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommandLine, memoryWordsOf, readCommandLine } from './cmdline.ts'
import { FakeRoot } from './testing/fake-root.ts'

const tokens = (text: string) =>
  new CommandLine(text).tokens.map(({ name, value }) =>
    value === undefined ? name : [name, value],
  )

describe('CommandLine', () => {
  it('takes words and values', () => {
    expect(tokens('BOOT_IMAGE=/vmlinuz root=UUID=1-2 ro  quiet\n')).toEqual([
      ['BOOT_IMAGE', '/vmlinuz'],
      ['root', 'UUID=1-2'],
      'ro',
      'quiet',
    ])
  })

  it('takes quotes as the kernel does', () => {
    expect(tokens('dyndbg="file a.c +p" "b=c d" e"f g"h i="j')).toEqual([
      ['dyndbg', 'file a.c +p'],
      ['b', 'c d'],
      'e"f g"h',
      ['i', 'j'],
    ])
    expect(tokens('a= =b "" c=""')).toEqual([['a', ''], '=b', '', ['c', '']])
  })

  it('ends where the words of the first process begin', () => {
    expect(tokens('quiet -- iomem=relaxed')).toEqual(['quiet'])
    expect(new CommandLine('quiet -- iomem=relaxed').has('iomem')).toBe(false)
  })

  it('asks by name, where - is _, and takes the last value', () => {
    const line = new CommandLine('iomem=strict mem=1G iomem=relaxed strict-devmem=0 nopat')
    expect(line.value('iomem')).toBe('relaxed')
    expect([line.has('strict_devmem'), line.has('nopat'), line.has('nop')]).toEqual([
      true,
      true,
      false,
    ])
    expect([line.value('nopat'), line.value('toString')]).toEqual([undefined, undefined])
    expect(line.all('iomem').map(({ text }) => text)).toEqual(['iomem=strict', 'iomem=relaxed'])
  })

  it('never throws, and loses nothing but blanks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = new CommandLine(text)
        memoryWordsOf(line)
        if (!/(^|\s)--(\s|$)/.test(text)) {
          const whole = line.tokens.map((token) => token.text).join('')
          expect(whole.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('memoryWordsOf', () => {
  const said = (text: string) =>
    memoryWordsOf(new CommandLine(text)).map(
      ({ token, known, effect }) => `${known ? '' : 'unknown: '}${token.text} ${effect}`,
    )

  it('says what words do', () => {
    expect(said('quiet iomem=relaxed lockdown=integrity nopat mem=2G memmap=1M$16M')).toEqual([
      'iomem=relaxed lets /dev/mem and BARs be mapped where a driver claims them; never RAM',
      'lockdown=integrity forbids /dev/mem, I/O ports and BARs; /proc/kcore stays readable',
      'nopat turns the page attribute table off; matters only without CONFIG_STRICT_DEVMEM',
      'mem=2G limits the RAM that the kernel uses, which leaves the rest to others',
      'memmap=1M$16M says what memory is: N$START reserves it, N!START makes it persistent memory',
    ])
  })

  it('says how bounce buffers are used', () => {
    const what = 'bounce buffers, which stand between devices and memory that they cannot reach'
    expect(said('swiotlb=noforce swiotlb=65536,force swiotlb=65536')).toEqual([
      `swiotlb=noforce DMA uses no ${what}`,
      `swiotlb=65536,force all DMA goes through ${what}`,
      `swiotlb=65536 the size of the ${what}`,
    ])
  })

  it('says which do nothing', () => {
    expect(said('strict-devmem=0 iomem=relax CONFIG_STRICT_DEVMEM=n toString')).toEqual([
      'unknown: strict-devmem=0 no kernel knows this word: it does nothing; CONFIG_STRICT_DEVMEM is fixed when the kernel is built',
      'unknown: iomem=relax does nothing: expected relaxed or strict',
      'unknown: CONFIG_STRICT_DEVMEM=n no kernel knows this word: it does nothing; CONFIG_STRICT_DEVMEM is fixed when the kernel is built',
    ])
    expect(said('iomem')).toEqual(['unknown: iomem does nothing: expected relaxed or strict'])
  })
})

describe('readCommandLine', () => {
  it('reads the file; is empty where there is none', () => {
    using root = new FakeRoot()
    expect(readCommandLine(root.files).tokens).toEqual([])
    root.put('proc/cmdline', 'quiet iomem=relaxed\n')
    expect(readCommandLine(root.files).text).toBe('quiet iomem=relaxed')
  })
})
