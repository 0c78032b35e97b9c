import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectRead, textsOf } from '../testing/any-text.ts'
import { patched } from '../testing/chip.ts'

const changes = '_modify _add _delete _array _cluster _copy _derive _strip _include'.split(' ')
const names = 'UART0 DMA CR C* EN? DIR'.split(' ')
const keys = 'from name bits safe _read size'.split(' ')
const common = [...changes, ...names, ...keys]

describe('applyOverlay', () => {
  it('takes any text: an error, or a description', () => {
    const texts = textsOf([...common, '[AB]', ': ', '1', '3:0'], 30)
    fc.assert(
      fc.property(texts, (text) => expectRead(() => patched(text))),
      { numRuns: 500 },
    )
  })

  it('takes any tree of changes', () => {
    const key = fc.constantFrom(
      ...common,
      ...'_strip_end _clear _clear_fields _registers _fields'.split(' '),
      ...'_W1C _replace_enum _rebase _from UART* CCR? *'.split(' '),
      ...'addressOffset bitOffset dim dimIncrement dimIndex registers fields offset'.split(' '),
    )
    const leaf = fc.constantFrom(...'0 1 7 3:0 CR UART0 DMA C* X%s true -1'.split(' '), '')
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, leaf, tie('map'), fc.array(tie('tree'), { maxLength: 3 })),
      map: fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    }))
    fc.assert(
      fc.property(tree, (made) => {
        const { issues } = patched(JSON.stringify(made))
        for (const { line } of issues) expect(line).toBe(1)
      }),
      { numRuns: 1000 },
    )
  })
})
