/** gdbserver, a server that is not QEMU's: the memory is the stack of a process that has not begun. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { ContractSubject } from '../../memory/contract/index.ts'
import { contract } from '../../memory/contract/index.ts'
import { ReadOnlyMemory } from '../../memory/read-only.ts'
import { openDebugPort } from './index.ts'

const isInstalled = spawnSync('gdbserver', ['--version']).status === 0
const reason = isInstalled ? undefined : 'gdbserver is not installed'

/** Cases of thousands of accesses, each a trip. */
const MANY = /^(writes and reads|reads and writes the whole|fills with|runs a program of 10,000)/

describe.skipIf(reason)(`the contract at gdbserver${reason ? ` [skipped: ${reason}]` : ''}`, () => {
  const said: string[] = []
  let server: ChildProcess
  let pid = 0
  let subject: ContractSubject

  beforeAll(async () => {
    server = spawn('gdbserver', ['--once', '127.0.0.1:0', 'sleep', '60'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let port = ''
    for await (const line of createInterface({ input: server.stderr as NodeJS.ReadableStream })) {
      pid ||= Number(/pid = (\d+)/.exec(line)?.[1] ?? 0)
      port = /^Listening on port (\d+)/.exec(line)?.[1] ?? ''
      if (port) break
    }
    const reach = { by: 'gdb', at: { host: '127.0.0.1', port: Number(port) } } as const
    const memory = await openDebugPort('gdbserver', { ...reach, leave: undefined }, (text) =>
      said.push(text),
    )
    const maps = readFileSync(`/proc/${pid}/maps`, 'utf8')
    const base = Number.parseInt(/^([0-9a-f]+)-.*\[stack\]$/m.exec(maps)?.[1] ?? '', 16)
    subject = {
      ...{ memory, reading: new ReadOnlyMemory(memory), base, length: 4096 },
      ...{ widths: [8, 16, 32, 64], faultAddress: 0x1000 },
    }
  })

  afterAll(async () => {
    // The process was left to run when the last case closed the memory; gdbserver ends behind it.
    process.kill(pid)
    await once(server, 'close')
  })

  it('says what the server is', () => {
    expect(said).toEqual([
      'gdbserver is a server of GDB’s protocol; the machine is left running: whether it ran before is not known',
    ])
  })

  for (const { name, skip, check } of contract) {
    it(name, async (context) => {
      const why = MANY.test(name) ? 'lab/tests/remote/debug.test.ts has it' : skip?.(subject)
      if (why !== undefined) context.skip(why)
      await check(subject)
    })
  }
})
