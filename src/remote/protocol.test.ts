import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { noCompiler, numbersOf } from '../engine/testing/header.ts'
import * as protocol from './protocol.ts'

const header = fileURLToPath(new URL('../../native/agent_protocol.h', import.meta.url))
const skipped = noCompiler ? ` [skipped: ${noCompiler}]` : ''

const upper = (name: string) =>
  name.replace(/[A-Z]|(?<!^i)\d+/g, (part) => `_${part}`).toUpperCase()

function named(prefix: string, numbers: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(numbers).map(([name, number]) => [`${prefix}${upper(name)}`, number])
}

it.skipIf(noCompiler)(`the client has the agent's numbers and sizes${skipped}`, () => {
  const kinds = protocol.KINDS.flatMap((kind, number) =>
    kind === undefined ? [] : [[kind.replace(' ', '_'), number] as const],
  )
  const ends = protocol.LOCK_ENDS.flatMap((end, number) =>
    end === undefined ? [] : [[end.replace(' ', '_'), number] as const],
  )
  const numbers = Object.fromEntries([
    ['PM_AGENT_VERSION', protocol.VERSION],
    ['PM_AGENT_MARK_BYTES', protocol.MARK.length],
    ['PM_FRAME_MOST', protocol.FRAME_MOST],
    ['PM_STREAM_BEHIND', protocol.STREAM_BEHIND],
    ['sizeof(struct pm_hello)', protocol.HELLO_BYTES],
    ['sizeof(struct pm_frame)', protocol.FRAME_BYTES],
    ['sizeof(struct pm_told)', protocol.TOLD_BYTES],
    ['sizeof(struct pm_node_status)', protocol.STATUS_BYTES],
    ...named('PM_ASK_', protocol.ASK),
    ...named('PM_LOOK_', protocol.LOOK),
    ...named('PM_KIND_', Object.fromEntries(kinds)),
    ...named('PM_OPEN_', protocol.OPEN),
    ...named('PM_MEMORY_', protocol.MEMORY),
    ...named('PM_PORT_', protocol.PORT),
    ...named('PM_I2C_', protocol.I2C),
    ...named('PM_RUN_', protocol.RUN),
    ['PM_LOCKS_MOST', protocol.LOCKS_MOST],
    ['PM_LOCK_WAIT_MOST', protocol.LOCK_WAIT_MOST],
    ...named('PM_LOCK_', Object.fromEntries(ends)),
  ])
  expect(numbersOf(header, Object.keys(numbers))).toEqual(numbers)
})

it('the mark is the one of the header', () => {
  const [, mark = ''] = /PM_AGENT_MARK "(.*)"/.exec(readFileSync(header, 'utf8')) ?? []
  const bytes = [...mark.matchAll(/\\x([0-9a-f]{2})|(.)/g)].map(([, hex, letter = '']) =>
    hex === undefined ? letter.charCodeAt(0) : Number.parseInt(hex, 16),
  )
  expect(bytes).toEqual([...protocol.MARK])
})
