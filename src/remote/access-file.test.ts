import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PhysmemError } from '../base/errors.ts'
import type { FileOpener } from '../engine/access-file.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { contract } from '../memory/contract/index.ts'
import { Program } from '../memory/program.ts'
import { openKcore } from '../ways/kcore.ts'
import { openMsrs } from '../ways/msr.ts'
import { openPciConfig } from '../ways/pci-config.ts'
import { openRegmap } from '../ways/regmap.ts'
import { SPARSE_FOLDER, writeKcore } from '../ways/testing/fake-kcore.ts'
import { agentFiles } from './access-file.ts'
import { packed, Reader } from './bytes.ts'
import { ASK } from './protocol.ts'
import { Session } from './session.ts'
import { noAgent, startAgent } from './testing/agent.ts'
import { frame, greeting, MadeChannel, type Request } from './testing/made-channel.ts'

const DEVICE = '0000:00:04.0'
const CONFIG = `sys/bus/pci/devices/${DEVICE}/config`
const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''

/** The files below a folder, whose facts are read here, and whose contents the agent moves. */
function filesIn(session: Session, root: FakeRoot): FileOpener {
  const look: FileOpener['look'] = async (question) => question(root.system.now())
  const { openFile } = agentFiles(session, look)
  return { look, openFile: (path, mode) => openFile(root.at(path), mode) }
}

const failure = (run: Promise<unknown>): Promise<PhysmemError> =>
  run.then(
    () => expect.unreachable(),
    (error) => error,
  )

const rootWith = (bytes: Uint8Array) =>
  new FakeRoot().put('proc/self/status', 'CapEff:\t000001ffffffffff\n').put(CONFIG, bytes)

describe.skipIf(noAgent)(`files of an agent's machine${skipped}`, () => {
  let session: Session
  beforeAll(async () => {
    session = await Session.start(await startAgent())
  })
  afterAll(() => session?.close())

  for (const { name, skip, check } of contract) {
    it(`keep the contract: ${name}`, async (context) => {
      using root = rootWith(new Uint8Array(0x2000))
      const files = filesIn(session, root)
      await using memory = await openPciConfig(DEVICE, 'write', files)
      await using reading = await openPciConfig(DEVICE, 'read', files)
      const stretch = { base: 0x800, length: 0x1000, widths: [8, 16, 32] as const }
      const subject = { memory, reading, ...stretch }
      const reason = skip?.(subject)
      if (reason !== undefined) context.skip(reason)
      await check(subject)
    })
  }

  it('are configuration space of as many bytes as the file has', async () => {
    using root = rootWith(Uint8Array.from({ length: 256 }, (_, at) => at))
    const files = filesIn(session, root)
    await using memory = await openPciConfig(DEVICE, 'write', files)
    expect(memory.length).toBe(256)
    expect(await memory.read32(0x10)).toBe(0x13121110)
    await memory.write16(4, 0xbeef)
    expect(readFileSync(root.at(CONFIG)).subarray(2, 8)).toEqual(
      Buffer.from([2, 3, 0xef, 0xbe, 6, 7]),
    )
    root.put(CONFIG, new Uint8Array(0x42))
    expect((await failure(memory.read32(0x40))).message).toBe(
      `32-bit read at 0x00000040 (pci:${DEVICE}/config) failed: 2 of the 4 bytes were read`,
    )
  })

  it('are refused as on the machine itself', async () => {
    using root = rootWith(new Uint8Array(256))
    const files = filesIn(session, root)
    expect((await failure(openPciConfig('0000:00:09.0', 'read', files))).message).toBe(
      `there is no PCI device 0000:00:09.0: there are ${DEVICE}`,
    )
    root.lockdown('none [integrity] confidentiality')
    await using memory = await openPciConfig(DEVICE, 'write', files)
    expect(await failure(memory.write8(0, 1))).toMatchObject({ code: 'EREFUSED_LOCKDOWN' })
    expect(await memory.read8(0)).toBe(0)
    expect((await failure(openRegmap('1-0048', files))).message).toMatch(
      /registers cannot be opened for reading: .* \(ENOENT\)$/,
    )
  })

  it.skipIf(process.arch !== 'x64')('are registers of a CPU', async () => {
    using root = rootWith(new Uint8Array(256))
    root.put(
      'dev/cpu/2/msr',
      Uint8Array.from({ length: 0x40 }, (_, at) => at),
    )
    await using memory = await openMsrs(2, 'write', filesIn(session, root))
    expect(await memory.read64(0x10 * 8)).toBe(0x1716151413121110n)
    await memory.write64(0x10 * 8, 1n)
    expect([...readFileSync(root.at('dev/cpu/2/msr')).subarray(0xf, 0x19)]).toEqual([
      ...[0xf, 1, 0, 0, 0, 0, 0, 0, 0, 0x18],
    ])
  })

  it('are registers of a regmap', async () => {
    using root = rootWith(new Uint8Array(256))
    const folder = 'sys/kernel/debug/regmap/1-0048'
    root.put(`${folder}/access`, '0: y y n n\n').put(`${folder}/range`, '0-0\n')
    root.put(`${folder}/registers`, '0: 19\n')
    await using memory = await openRegmap('1-0048', filesIn(session, root))
    expect(await memory.read32(0)).toBe(0x19)
  })
})

const noSparse = existsSync(SPARSE_FOLDER) ? undefined : `there is no ${SPARSE_FOLDER}`

describe.skipIf(noAgent ?? noSparse)('RAM of an agent’s machine by /proc/kcore', () => {
  const FAR = 2n ** 61n
  const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7 + (at >> 8)) | 1)
  let root: FakeRoot
  let folder: string
  let session: Session
  beforeEach(async () => {
    folder = mkdtempSync(join(SPARSE_FOLDER, 'physmem-far-'))
    root = rootWith(new Uint8Array(256))
    bytes.fill(0, 4096, 8192)
    const length = BigInt(bytes.length)
    const virtual = 0xffff_8880_0000_1000n
    writeKcore(join(folder, 'kcore'), [{ virtual, physical: 0x1000n, length, offset: FAR, bytes }])
    root.link('proc/kcore', join(folder, 'kcore'))
    session = await Session.start(await startAgent())
  })
  afterEach(async () => {
    await session.close()
    root[Symbol.dispose]()
    rmSync(folder, { recursive: true })
  })

  it('is read in pieces, from beyond 2^53', async () => {
    await using memory = await openKcore(filesIn(session, root))
    expect(await memory.read32(0x1004)).toBe(new DataView(bytes.buffer).getUint32(4, true))
    expect(await memory.readBlock(0x1000, 8, bytes.length)).toEqual(bytes)
    expect((await failure(memory.read8(0x1000 + bytes.length))).code).toBe('ENOTRAM')
    expect(memory.note).toMatch(/^the pages that the kernel shows as zeros are not known/)
  })

  it('knows the pages in whose place the kernel shows zeros', async () => {
    const flags = new BigUint64Array(80)
    flags[2] = 1n << 19n // HWPOISON
    root.put('proc/kpageflags', new Uint8Array(flags.buffer))
    await using memory = await openKcore(filesIn(session, root))
    expect(await failure(memory.readBlock(0x1000, 8, bytes.length))).toMatchObject({
      code: 'EUNREADABLE',
      data: { address: 0x2000, elementsDone: 4096 },
    })
  })
})

describe('what a board answers to an access', () => {
  /** Answers to `kind` with what `answer` gives, and to the rest as an agent does. */
  async function board(answer: (request: Request, channel: MadeChannel) => Uint8Array | undefined) {
    const asked: string[] = []
    const channel = new MadeChannel((request, made) => {
      const reader = new Reader(request.payload)
      if (request.kind === ASK.open) {
        const status = packed(...[1, 0o600, 0, 0].map((u32) => ({ u32 })), { u64: 1 }, { u64: 1 })
        const size = packed({ u32: 0 }, { u32: 0 }, { u64: 4096 })
        made.say(frame('open', request.id, packed({ u32: 0 }, { u32: 5 }, status, size)))
      } else if (request.kind === ASK.close) made.say(frame('close', request.id))
      else {
        const [node, bytes, offset] = [reader.u32(), reader.u32(), reader.u64()]
        const name = request.kind === ASK.read ? 'read' : 'write'
        asked.push(`${name} ${node} ${bytes} 0x${offset.toString(16)}`)
        const told = answer(request, made)
        if (told) made.say(frame(name, request.id, told))
      }
    })
    channel.say(greeting)
    const session = await Session.start(channel)
    const root = rootWith(new Uint8Array(4096))
    const memory = await openPciConfig(DEVICE, 'write', filesIn(session, root))
    const close = async () => {
      await memory.close()
      await session.close()
      root[Symbol.dispose]()
    }
    return { memory, asked, channel, [Symbol.asyncDispose]: close }
  }

  it('is one pread or pwrite of its width for each, and no more', async () => {
    await using made = await board(({ kind, payload }) => {
      const bytes = new Reader(payload.subarray(4)).u32()
      return packed({ u32: 0 }, { u32: bytes }, new Uint8Array(kind === ASK.read ? bytes : 0))
    })
    const { memory, asked } = made
    await memory.update16(4, 2, 2)
    await memory.readBlock(0x10, 32, 2)
    await memory.write8(0x3c, 1)
    expect(asked).toEqual([
      ...['read 5 2 0x4', 'write 5 2 0x4', 'read 5 4 0x10', 'read 5 4 0x14', 'write 5 1 0x3c'],
    ])
  })

  it('is an errno, and the access is not made again', async () => {
    await using made = await board(() => packed({ u32: 22 }))
    expect((await failure(made.memory.read32(0))).message).toBe(
      `32-bit read at 0x00000000 (pci:${DEVICE}/config) failed: nothing was read (EINVAL)`,
    )
    expect(made.asked).toHaveLength(1)
  })

  it('may be nothing any more: what is known to be done is said', async () => {
    await using made = await board((_, channel) => {
      if (made.asked.length < 3) return packed({ u32: 0 }, { u32: 4 })
      channel.end('the cable')
      return undefined
    })
    const write = { op: 'write', address: 0, width: 32, value: 1 } as const
    const error = await failure(made.memory.run(new Program([write, write, write, write])))
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      message:
        'board: the connection is lost: the cable; 2 steps of 4 known to be done; whether step 2 was done is not known, those after it were not begun',
    })
    expect(error.results?.done).toBe(2)
    expect(made.asked).toHaveLength(3)
  })

  it('may be anything: it ends with an error, or a value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 24 }), fc.boolean(), async (told, writes) => {
        await using made = await board(() => told)
        const { memory } = made
        const done = await (writes ? memory.write32(0, 1) : memory.read32(0)).catch(
          (error) => error,
        )
        if (done instanceof Error) {
          expect(done).toBeInstanceOf(PhysmemError)
          expect(['EIO', 'ECONNECTION']).toContain((done as PhysmemError).code)
        } else {
          expect(told.length).toBe(writes ? 8 : 12)
        }
        expect(made.asked).toHaveLength(1)
      }),
      { numRuns: 100 },
    )
  })
})
