import { expect, it } from 'vitest'
import { AccessError, ConditionError, PhysmemError, RequestError } from './errors.ts'
import { sameError } from './same-error.ts'

/** As another copy of the package has it. */
function foreign(name: string, more: object): Error {
  const Other = { [name]: class extends Error {} }[name] as typeof Error
  return Object.assign(new Other('why'), { name, code: 'EIO', data: { address: 16 } }, more)
}

it('is an error of this copy, whose data and stack stay', () => {
  const error = foreign('AccessError', { remedy: { cure: 'a' } })
  const own = sameError(error)
  expect(own).toBeInstanceOf(AccessError)
  expect(own).toMatchObject({ code: 'EIO', message: 'why', data: { address: 16 } })
  expect(own?.remedy).toEqual({ cure: 'a' })
  expect(own?.stack).toBe(error.stack)
  expect(sameError(foreign('ConditionError', {}))).toBeInstanceOf(ConditionError)
  expect(sameError(foreign('PhysmemError', {}))).toBeInstanceOf(PhysmemError)
})

it('is itself where it is of this copy', () => {
  const error = new RequestError('EUSAGE', 'why')
  expect(sameError(error)).toBe(error)
})

it.each([
  'why',
  null,
  new Error('why'),
  foreign('TypeError', {}),
  foreign('toString', {}),
  foreign('AccessError', { code: 5 }),
  foreign('AccessError', { data: null }),
])('is none of %s', (thrown) => {
  expect(sameError(thrown)).toBeUndefined()
})
