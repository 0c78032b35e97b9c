import { expect, it } from 'vitest'
import { shell } from '../base/cure.ts'
import { decidedBy, refused, told } from './finding.ts'

it('a finding in words has its members in the same order', () => {
  const first = refused(
    { id: 'a', title: 'A' },
    { code: 'EREFUSED', reason: 'no', cure: [shell('modprobe msr')] },
  )
  const second = decidedBy(first, { id: 'b', title: 'B' })
  expect(JSON.stringify(told({ ...second, instead: [{ act: 'read' }] }))).toBe(
    '{"title":"B","verdict":"refused","reason":"no","code":"EREFUSED","evidence":[],"cures":["modprobe msr"],"id":"b","because":"a","instead":"physmem read"}',
  )
})
