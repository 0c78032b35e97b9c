/** The contract of memories by every way to an agent, but for serial lines (serial.test.ts). */
import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { noSshServer, SshServer } from '../cli/testing/ssh-server.ts'
import { ownAgentFile } from '../engine/agent-file.ts'
import type { Reach } from '../place/target.ts'
import { reach } from './reach/index.ts'
import type { Session } from './session.ts'
import { noAgent } from './testing/agent.ts'
import { keepsTheContract } from './testing/contract.ts'

const folder = new TestFolder()
/** The agent is kept in a folder of the test. */
const shell = () => `XDG_RUNTIME_DIR=${folder.path}`

const titled = (title: string, why: string | undefined) =>
  why === undefined ? title : `${title} [skipped: ${why}]`

describe.skipIf(noAgent)(titled('a program that runs a shell', noAgent), () => {
  let session: Session
  beforeAll(async () => {
    session = await reach('exec:env', { by: 'exec', command: ['env', shell()] })
  })
  afterAll(() => session?.close())
  keepsTheContract(folder, () => session)
})

describe.skipIf(noAgent)(titled('a socket at which an agent serves', noAgent), () => {
  let session: Session
  let server: Server
  beforeAll(async () => {
    server = createServer((socket) => {
      const agent = spawn(ownAgentFile(), ['serve'], { stdio: ['pipe', 'pipe', 'inherit'] })
      socket.pipe(agent.stdin)
      agent.stdout.pipe(socket)
    })
    const how: Reach = { by: 'unix', path: `${folder.path}/agent.sock` }
    await new Promise<void>((resolve) => server.listen(how.path, resolve))
    session = await reach('unix:board', how)
  })
  afterAll(async () => {
    await session?.close()
    server?.close()
  })
  keepsTheContract(folder, () => session)
})

const noSsh = noAgent ?? noSshServer
describe.skipIf(noSsh)(titled('a server of SSH', noSsh), () => {
  const path = process.env.PATH
  let session: Session
  let server: SshServer
  beforeAll(async () => {
    server = new SshServer()
    await server.start(`env ${shell()} sh`)
    process.env.PATH = `${server.bin}:${path}`
    session = await reach('ssh://board', { by: 'ssh', host: 'board' })
  })
  afterAll(async () => {
    process.env.PATH = path
    await session?.close()
    await server?.stop()
  })
  keepsTheContract(folder, () => session)
})
