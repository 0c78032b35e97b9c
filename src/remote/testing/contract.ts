import { it } from 'vitest'
import type { Width } from '../../base/width.ts'
import type { TestFolder } from '../../cli/testing/files.ts'
import { contract } from '../../memory/contract/index.ts'
import type { Session } from '../session.ts'
import { openRemoteFile } from './agent.ts'

const LENGTH = 64 * 1024

/** Tests of the contract of memories, each over a file of its own, which the agent of a session opens. */
export function keepsTheContract(folder: TestFolder, session: () => Session): void {
  for (const { name, skip, check } of contract) {
    it(`keeps the contract: ${name}`, async (context) => {
      const path = folder.file(`${name.replace(/\W/g, '-').slice(0, 60)}.bin`, Buffer.alloc(LENGTH))
      await using memory = await openRemoteFile(session(), path, { length: LENGTH })
      const subject = { memory, base: 0, length: LENGTH, widths: [8, 16, 32, 64] as Width[] }
      const reason = skip?.(subject)
      if (reason !== undefined) context.skip(reason)
      await check(subject)
    })
  }
}
