import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findSymbol,
  parseSymbols,
  readSymbols,
  surveySymbols,
  symbolsHidden,
  symbolsNamed,
} from './kallsyms.ts'
import { FakeRoot } from './testing/fake-root.ts'

/** From a lab machine, kernel 6.12; `cleanup_module` is in every module. */
const recorded = `0000000000000000 A fixed_percpu_data
ffffffff81000000 T _stext
ffffffff81000000 T _text
ffffffff82a0a000 D init_task
ffffffff82a0b100 D init_task_backup
ffffffffc0382190 t e1000_probe\t[e1000]
ffffffffc0390000 t cleanup_module\t[e1000]
ffffffffc0370000 t cleanup_module\t[uio]
ffffffffc0400000 t bpf_prog_6deef7357e7b4530\t[bpf]
`

describe('parseSymbols', () => {
  it('takes address, type, name and module', () => {
    const symbols = parseSymbols(recorded)
    expect(symbols).toHaveLength(9)
    expect(symbols[3]).toEqual({ address: 0xffff_ffff_82a0_a000n, type: 'D', name: 'init_task' })
    expect(symbols[5]).toEqual({
      address: 0xffff_ffff_c038_2190n,
      type: 't',
      name: 'e1000_probe',
      module: 'e1000',
    })
  })

  it('passes over lines of another form', () => {
    const text = 'x T a\n1 T\n11111111111111111 T long\n1 TT b\n1 T c [d]\n2 T good\n'
    expect(parseSymbols(text).map(({ name }) => name)).toEqual(['c [d]', 'good'])
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
        for (const { address } of parseSymbols(text)) expect(address < 2n ** 64n).toBe(true)
        symbolsNamed(text, name)
      }),
    )
  })
})

describe('symbolsNamed', () => {
  it('finds those of this very name, each once', () => {
    const addresses = (name: string) => symbolsNamed(recorded, name).map(({ address }) => address)
    expect(addresses('init_task')).toEqual([0xffff_ffff_82a0_a000n])
    expect(addresses('cleanup_module')).toEqual([0xffff_ffff_c039_0000n, 0xffff_ffff_c037_0000n])
    expect(addresses('e1000')).toEqual([])
    expect(addresses('T')).toEqual([])
    expect(addresses('')).toEqual([])
  })

  it('finds what parsing everything finds', () => {
    const line = fc
      .tuple(fc.nat(), fc.constantFrom('a', 'aa', 'T', 'ab', '0'), fc.constantFrom('', '\t[a]'))
      .map(([address, name, module]) => `${address.toString(16)} T ${name}${module}`)
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('a', 'aa', 'T', '0'), (lines, name) => {
        const text = lines.join('\n')
        const expected = parseSymbols(text).filter((symbol) => symbol.name === name)
        expect(symbolsNamed(text, name)).toEqual(expected)
      }),
    )
  })
})

describe('a tree', () => {
  it('has symbols', () => {
    using root = new FakeRoot().put('proc/kallsyms', recorded)
    expect(readSymbols(root.files)).toEqual(parseSymbols(recorded))
    expect(findSymbol('_text', root.files)).toMatchObject([{ address: 0xffff_ffff_8100_0000n }])
    const names = new Set(parseSymbols(recorded).map(({ name }) => name))
    expect(surveySymbols(root.files)).toEqual({ names, symbols: 9, variables: 2 })
    expect(symbolsHidden(root.files)).toBe(false)
  })

  it('has their addresses hidden', () => {
    using root = new FakeRoot().put('proc/kallsyms', recorded.replace(/^\w{16}/gm, '0'.repeat(16)))
    expect(symbolsHidden(root.files)).toBe(true)
    expect(findSymbol('init_task', root.files)).toMatchObject([{ address: 0n }])
  })

  it('has none', () => {
    using root = new FakeRoot()
    expect(readSymbols(root.files)).toEqual([])
    expect(surveySymbols(root.files)).toEqual({ names: new Set(), symbols: 0, variables: 0 })
    expect(findSymbol('_text', root.files)).toEqual([])
    expect(symbolsHidden(root.files)).toBeUndefined()
  })
})
