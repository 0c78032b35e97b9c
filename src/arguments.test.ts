/**
 * Every function and method of the package, given arguments of every type: what is of a wrong one is
 * refused by an error of physmem that says what was expected and what came, and never by JavaScript.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { PhysmemError, RequestError } from './base/errors.ts'
import { BusFault } from './memory/index.ts'
import { GIVEN, ROWS, type Row } from './testing/published.ts'
import { shown, typeName } from './text/options.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-arguments-'))
writeFileSync(join(folder, 'bytes.bin'), new Uint8Array(8192))
afterAll(() => rmSync(folder, { recursive: true }))

const rows = await ROWS(folder)

const WRONG = [undefined, null, 7, Number.NaN, -1, 1.5, 'x', '', 7n, true, {}, [], Symbol('s')]

const typeOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value

/** Whether a value is of a type that the argument may have, whatever else is wrong with it. */
function isOfType(value: unknown, argument: Row['given'][number]): boolean {
  if (value === undefined && argument.optional) return true
  return [typeOf(argument.good), ...(argument.also ?? [])].includes(typeOf(value))
}

/** What a board throws for an access is made an error of physmem by who runs it. */
const isOurs = (error: unknown) => error instanceof PhysmemError || error instanceof BusFault

async function outcome(act: () => unknown): Promise<unknown> {
  try {
    const result = act()
    // A generator does nothing before it is asked.
    const asked = result as { next?: () => unknown; close?: () => unknown } | undefined
    if (typeof asked?.next === 'function') await asked.next()
    else await result
    return undefined
  } catch (error) {
    return error
  }
}

describe.each(Object.entries(rows))('%s', (name, { given, call }) => {
  const good = given.map((argument) => argument.good)

  it('takes what it is made for', async () => {
    const error = await outcome(() => call(...(good as never[])))
    if (error !== undefined && !isOurs(error)) throw error
  })

  it.each(given.map((argument, index) => [index, argument] as const))(
    'refuses what argument %i cannot be',
    async (index, argument) => {
      for (const wrong of WRONG) {
        const error = await outcome(() => call(...(good.with(index, wrong) as never[])))
        const what = `${name}, argument ${index}: ${shown(wrong)}`
        if (isOfType(wrong, argument)) {
          if (error !== undefined && !isOurs(error)) {
            expect.fail(`${what}: ${String(error)}`)
          }
          continue
        }
        if (!(error instanceof RequestError)) expect.fail(`${what}: ${String(error)}`)
        expect([what, error.code]).toEqual([what, 'EUSAGE'])
        expect(error.message).toMatch(/expected |takes an object /)
        const named = [shown(wrong), typeName(wrong)].some((came) => error.message.includes(came))
        expect([what, error.message, named]).toEqual([what, error.message, true])
      }
    },
  )
})

describe('what is very long', () => {
  const LONG = [
    'x'.repeat(100_000),
    2n ** 100_001n,
    `${'9'.repeat(100_000)}:`,
    Symbol('s'.repeat(1e5)),
  ]

  it.each(Object.entries(rows))('%s quotes the ends of', async (_name, { given, call }) => {
    const good = given.map((argument) => argument.good)
    for (const [index] of given.entries()) {
      for (const long of LONG) {
        const error = await outcome(() => call(...(good.with(index, long) as never[])))
        if (!(error instanceof PhysmemError)) continue
        expect(error.message.slice(1000)).toBe('')
        expect(JSON.stringify(error).slice(20_000)).toBe('')
      }
    }
  })
})

it('are all in the table', async () => {
  const { exports } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  const missing: string[] = []
  for (const [path, target] of Object.entries<string | { default: string }>(exports)) {
    if (typeof target === 'string') continue
    const source = target.default.replace('./dist/', './').replace(/\.js$/, '.ts')
    const found: Record<string, unknown> = await import(/* @vite-ignore */ source)
    for (const [name, value] of Object.entries(found)) {
      if (typeof value !== 'function' || value.prototype instanceof Error) continue
      for (const key of membersOf(name, value)) if (!(key in rows)) missing.push(`${path} ${key}`)
    }
  }
  for (const [name, value] of Object.entries(GIVEN)) {
    for (const key of membersOf(name, value)) if (!(key in rows)) missing.push(key)
  }
  expect(missing).toEqual([])
})

/** Their constructors are private. */
const MADE_BY_US = new Set(['OwnerIndex', ...Object.keys(GIVEN)])

/** A function is itself; of a class its constructor and its methods, those that take anything. */
function membersOf(name: string, value: { prototype?: object; length: number }): string[] {
  if (!/^class\b/.test(Function.prototype.toString.call(value))) return [name]
  const methods = Object.entries(Object.getOwnPropertyDescriptors(value.prototype ?? {}))
    .filter(
      ([key, { value: act }]) => key !== 'constructor' && typeof act === 'function' && act.length,
    )
    .map(([key]) => `${name}#${key}`)
  return value.length > 0 && !MADE_BY_US.has(name) ? [`new ${name}`, ...methods] : methods
}
