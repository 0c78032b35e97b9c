import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { reach } from './reach/index.ts'
import type { Session } from './session.ts'
import { noAgent, openRemoteFile } from './testing/agent.ts'
import { keepsTheContract } from './testing/contract.ts'
import { NoisyLine } from './testing/noisy-line.ts'

const folder = new TestFolder()
const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''

const at = (line: NoisyLine): Promise<Session> =>
  reach('serial:board', { by: 'serial', path: line.ends[0], baud: 115_200 })

describe.skipIf(noAgent)(`a serial line with noise${skipped}`, () => {
  let line: NoisyLine
  let session: Session

  beforeAll(async () => {
    line = await NoisyLine.open({ seed: 7, flipped: 100, lost: 100, texts: 100 })
    await line.serve()
    session = await at(line)
  })
  afterAll(async () => {
    await session?.close()
    await line?.close()
  })

  keepsTheContract(folder, () => session)

  it('carries blocks whole, both ways', async () => {
    const data = new Uint8Array(100_000).map((_, index) => (index * 31) & 0xff)
    const path = folder.file('block.bin', Buffer.alloc(data.length))
    await using memory = await openRemoteFile(session, path, { length: data.length })
    await memory.writeBlock(0, 8, data)
    expect(new Uint8Array(readFileSync(path))).toEqual(data)
    expect(await memory.readBlock(0, 8, data.length)).toEqual(data)
  })
})
