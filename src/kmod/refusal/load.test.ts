import { expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking } from '../../refusal/testing/roots.ts'
import { worded } from '../../refusal/testing/worded.ts'
import { explainKmodLoad } from './load.ts'

const module = { file: 'physmem.ko', packed: false, builtFor: '6.1.0', running: '6.1.0' }

it.each([
  [
    'ENOENT',
    'the kernel lacks a function that the module needs (ENOENT)',
    'build it for this kernel: physmem kmod build; the last lines of dmesg name the function',
  ],
  ['EIO', 'the kernel refused it (EIO)', 'the last lines of dmesg say why'],
])('a module that is not taken, by %s, has a cure without brackets', (errno, reason, cure) => {
  using root = asking(new FakeRoot()).put('proc/modules', '')
  const refusal = explainKmodLoad(errno, module, root.system)
  expect(worded(refusal)).toEqual({ code: 'EREFUSED', reason, cure })
})
