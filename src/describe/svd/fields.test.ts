import { describe, expect, test } from 'vitest'
import { dim, firstField } from './testing/svd.ts'

describe('where a field is', () => {
  test.each([
    ['<bitRange>[7:4]</bitRange>', 4, 4],
    ['<bitRange>[ 7 : 4 ]</bitRange>', 4, 4],
    ['<bitRange>7:4</bitRange>', 4, 4],
    ['<lsb>4</lsb><msb>7</msb>', 4, 4],
    ['<bitOffset>4</bitOffset><bitWidth>4</bitWidth>', 4, 4],
    ['<bitOffset>0x1F</bitOffset>', 31, 1],
    [
      '<lsb>4</lsb><msb>7</msb><bitRange>[7:4]</bitRange><bitOffset>4</bitOffset><bitWidth>4</bitWidth>',
      4,
      4,
    ],
  ])('%s', (more, lsb, width) => {
    expect(firstField(more)).toEqual({ field: { name: 'F', lsb, width }, issues: [] })
  })

  test.each([
    ['', 'error no-position P.R.F: it has no bitRange, lsb and msb, or bitOffset: it is left out'],
    [
      '<bitRange>[7]</bitRange>',
      'error bad-position P.R.F: bitRange is "[7]", expected bits such as [7:4]: it is left out',
    ],
    [
      '<bitRange>[4:7]</bitRange>',
      'error bad-position P.R.F: it ends at bit 4, and its lowest bit 7 is above its highest: it is left out',
    ],
    [
      '<bitRange>[70:69]</bitRange>',
      'error bad-position P.R.F: it ends at bit 70, and registers have 64 bits: it is left out',
    ],
    [
      '<lsb>4</lsb>',
      'error bad-position P.R.F: lsb and msb are not both given as numbers: it is left out',
    ],
    [
      '<bitOffset>4</bitOffset><bitWidth>0</bitWidth>',
      'error bad-position P.R.F: bitOffset is 4 and bitWidth 0, of 64 bits: it is left out',
    ],
    ['<bitOffset>x</bitOffset>', 'error not-a-number P.R.F: bitOffset is not a number: "x"'],
    [
      '<bitRange>[7:4]</bitRange><bitOffset>3</bitOffset>',
      'error two-positions P.R.F: it is said to have bits 4 to 7 and bits 3 to 3: it is left out',
    ],
    [
      '<bitRange>[32:30]</bitRange>',
      'error field-beyond-register P.R.F: it has bits 30 to 32 of a register of 32: it is left out',
    ],
    [
      `${dim(5, 8)}<bitRange>[7:4]</bitRange>`,
      'error field-beyond-register P.R.F%s: it has bits 4 to 39 of a register of 32: it is left out',
    ],
  ])('%s costs the field alone', (more, issue) => {
    const name = more.startsWith('<dim>') ? 'F%s' : 'F'
    expect(firstField(more, name)).toEqual({ field: undefined, issues: [issue] })
  })
})
