import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { noCompiler, numbersOf } from '../engine/testing/header.ts'
import { MAX_BLOCK_BYTES, MAX_SAMPLED, MAX_WAIT_MS } from './limits.ts'

const header = fileURLToPath(new URL('../../native/engine.h', import.meta.url))
const skipped = noCompiler ? ` [skipped: ${noCompiler}]` : ''

it.skipIf(noCompiler)(`what a program may ask for is the same in the engine${skipped}`, () => {
  const limits = {
    PM_MAX_WAIT_NS: MAX_WAIT_MS * 1_000_000,
    PM_MAX_BLOCK_BYTES: MAX_BLOCK_BYTES,
  }
  expect(numbersOf(header, Object.keys(limits))).toEqual(limits)
})

it.skipIf(noCompiler)(`what is sampled together is the same in the engine${skipped}`, () => {
  const sampler = header.replace('engine.h', 'sample.h')
  expect(numbersOf(sampler, ['PM_MAX_SAMPLED'])).toEqual({ PM_MAX_SAMPLED: MAX_SAMPLED })
})
