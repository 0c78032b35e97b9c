import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { withFarLocks, withLocks } from '../device/lock.ts'
import { Program } from '../memory/program.ts'
import { agentFiles } from './access-file.ts'
import { packed } from './bytes.ts'
import { AgentLocks, underLocks } from './locks.ts'
import { ASK, LOCK_ENDS, RUN } from './protocol.ts'
import { Session } from './session.ts'
import { noAgent, openRemoteFile, startAgent } from './testing/agent.ts'
import { frame, greeting, MadeChannel } from './testing/made-channel.ts'

const uid = process.getuid?.() ?? 0
const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''

async function agent() {
  const session = await Session.start(await startAgent())
  return { session, locks: new AgentLocks(session), [Symbol.asyncDispose]: () => session.close() }
}

const set = new Program([{ op: 'update', address: 0, width: 8, mask: 2, value: 2 }])

describe.skipIf(noAgent)(`locks of an agent${skipped}`, () => {
  it('let no change be lost between agents and this machine', async () => {
    const folder = new TestFolder().path
    writeFileSync(`${folder}/memory`, new Uint8Array(8))
    await using one = await agent()
    await using other = await agent()
    const far = [one, other, one].map(async ({ session, locks }) => {
      const memory = await openRemoteFile(session, `${folder}/memory`, { length: 8 })
      // A load and a store in two trips, between which others would go.
      for (let time = 0; time < 20; time++) {
        await withFarLocks(['0'], { folder }, locks, async () => {
          await memory.write32(0, (await memory.read32(0)) + 1)
        })
      }
    })
    const here = (async () => {
      for (let time = 0; time < 20; time++) {
        await withLocks(['0'], { folder, uid }, async () => {
          const count = readFileSync(`${folder}/memory`).readUInt32LE()
          await new Promise((resolve) => setTimeout(resolve, 1))
          writeFileSync(`${folder}/memory`, Buffer.from(packed({ u32: count + 1 }, { u32: 0 })), {
            flag: 'r+',
          })
        })
      }
    })()
    await Promise.all([...far, here])
    expect(readFileSync(`${folder}/memory`).readUInt32LE()).toBe(80)
  })

  it('are refused where another keeps one, before any access', async () => {
    const folder = new TestFolder().path
    writeFileSync(`${folder}/memory`, new Uint8Array(8))
    await using far = await agent()
    const memory = await openRemoteFile(far.session, `${folder}/memory`, { length: 8 })
    const look = async () => undefined as never
    const file = await agentFiles(far.session, look).openFile(`${folder}/memory`, 'write')
    if ('errno' in file) throw new Error(file.errno)
    const options = { folder, waitMs: 5 }
    const refused = {
      code: 'EINUSE',
      message: `another physmem has been changing a register of the same page for more than 5 ms (${folder}/physmem-2.lock)`,
    }
    await withLocks(['2'], { folder, uid }, async () => {
      const keys = ['3', '1', '2']
      await expect(
        withFarLocks(keys, options, far.locks, () => memory.run(set)),
      ).rejects.toMatchObject(refused)
      const write = async () => file.write(Uint8Array.of(7), 0)
      await expect(withFarLocks(keys, options, far.locks, write)).rejects.toMatchObject(refused)
      // What was taken before it was left again.
      await withLocks(['1'], { folder, uid, waitMs: 5 }, async () => {})
    })
    expect(readFileSync(`${folder}/memory`)[0]).toBe(0)
    await withFarLocks(['2'], options, far.locks, () => memory.run(set))
    expect(readFileSync(`${folder}/memory`)[0]).toBe(2)
  })

  it('are those of this machine, in the same words where there is none', async () => {
    const folder = new TestFolder().path
    symlinkSync('/etc/passwd', `${folder}/physmem-1000.lock`)
    mkdirSync(`${folder}/physmem-2000.lock`)
    writeFileSync(`${folder}/file`, '')
    await using far = await agent()
    const long = 'x'.repeat(300)
    const lists = { far: [] as string[], here: [] as string[] }
    const act = async () => {}
    for (const keys of [['1000'], ['2000'], [long], ['3000']]) {
      for (const there of [folder, `${folder}/none`, `${folder}/file`]) {
        const options = { folder: there, waitMs: 5 }
        const tell = (list: string[]) => ({ ...options, notify: (text: string) => list.push(text) })
        await withLocks(keys, { ...tell(lists.here), uid }, act)
        await withFarLocks(keys, tell(lists.far), far.locks, () => underLocks(far.session, act))
      }
    }
    expect(lists.far).toEqual(lists.here)
    const none = (key: string, why: string) =>
      `no lock against other processes: ${folder}/physmem-${key}.lock ${why}`
    expect(lists.far).toHaveLength(11)
    expect(lists.far).toContain(none('1000', 'is a link'))
    expect(lists.far).toContain(none('2000', 'is not a regular file'))
    expect(lists.far).toContain(none(long, 'cannot be opened (ENAMETOOLONG)'))
  })

  it.skipIf(uid !== 0)('are none of files of other users', async () => {
    const folder = new TestFolder()
    const { chownSync } = await import('node:fs')
    chownSync(folder.file('physmem-1.lock', ''), 12345, 0)
    await using far = await agent()
    const said: string[] = []
    const options = { folder: folder.path, notify: (text: string) => said.push(text) }
    await withFarLocks(['1'], options, far.locks, () => underLocks(far.session, async () => {}))
    expect(said).toEqual([
      `no lock against other processes: ${folder.path}/physmem-1.lock belongs to user 12345`,
    ])
  })

  it('are gone with the agent', async () => {
    const folder = new TestFolder().path
    const far = await agent()
    const lost = withFarLocks(['1'], { folder }, far.locks, async () => {
      await underLocks(far.session, async () => {})
      const one = withLocks(['1'], { folder, uid, waitMs: 5 }, async () => {})
      await expect(one).rejects.toMatchObject({ code: 'EINUSE' })
      await far.session.close()
      await withLocks(['1'], { folder, uid }, async () => {})
      throw new Error('it was tried')
    })
    await expect(lost).rejects.toThrow('it was tried')
  })
})

/** A board that answers a lock only when the run behind it has come. */
async function boardThat(lockAnswer: Uint8Array, runAnswer: Uint8Array) {
  const asked: string[] = []
  let lock: number | undefined
  const channel = new MadeChannel(({ kind, id, payload }, to) => {
    const name = Object.entries(ASK).find(([, number]) => number === kind)?.[0] ?? ''
    const isLocked = ((payload[4] ?? 0) & RUN.locked) !== 0
    asked.push(name === 'run' ? `run ${isLocked ? 'locked' : 'free'}` : name)
    if (name === 'lock') lock = id
    else if (name === 'run') {
      if (lock !== undefined) to.say(frame('lock', lock, lockAnswer))
      lock = undefined
      to.say(frame('run', id, runAnswer))
    } else to.say(frame(kind, id))
  })
  channel.say(greeting)
  const session = await Session.start(channel, { limitMs: 1000 })
  return { asked, session, locks: new AgentLocks(session) }
}

const numbers = (...all: readonly number[]) => packed(...all.map((u32) => ({ u32 })))
const done = packed(numbers(0, 0, 0, 1, 1, 0, 0, 0), { u64: 0n }, { u64: 0n }, { u64: 2n })
const EBUSY = 16

describe('locks of a board', () => {
  const memoryOf = async (session: Session) => {
    const { RemoteMemory } = await import('./memory.ts')
    return new RemoteMemory(session, {
      ...{ name: 'board', node: 0, memory: 0, mode: 'write', base: 0, length: 4096 },
      regularFile: false,
      explain: async (errno) => ({ code: 'EREFUSED', reason: errno }),
    })
  }

  it('go with the run that needs them, in one trip', async () => {
    const { asked, session, locks } = await boardThat(numbers(0, 1, 1, 0), done)
    const memory = await memoryOf(session)
    const act = async () => [await memory.run(set), await memory.run(set)]
    const [first] = await withFarLocks(['1'], { folder: '/' }, locks, act)
    expect(first?.written(0)).toBe(2)
    expect(asked).toEqual(['lock', 'run locked', 'run free', 'unlock'])
  })

  it('that others keep have nothing run', async () => {
    const board = await boardThat(numbers(0, 1, 2, 0), numbers(EBUSY))
    const memory = await memoryOf(board.session)
    const run = withFarLocks(['1'], { folder: '/' }, board.locks, () => memory.run(set))
    await expect(run).rejects.toMatchObject({ code: 'EINUSE' })
    expect(board.asked).toEqual(['lock', 'run locked', 'unlock'])
  })

  it('whatever it answers end in a result, a refusal, or no connection', async () => {
    const u32 = fc.oneof(fc.nat(LOCK_ENDS.length), fc.nat(3), fc.nat(0xffff_ffff))
    const answers = fc.array(u32, { maxLength: 7 }).map((all) => numbers(...all))
    const runs = fc.constantFrom(done, numbers(EBUSY), numbers(0))
    await fc.assert(
      fc.asyncProperty(answers, runs, fc.integer({ min: 1, max: 3 }), async (lock, ran, count) => {
        const board = await boardThat(packed({ u32: 0 }, lock), ran)
        const memory = await memoryOf(board.session)
        const keys = ['1', '2', '3'].slice(0, count)
        const act = () => memory.run(set)
        const end = await withFarLocks(keys, { folder: '/' }, board.locks, act).then(
          () => 'done',
          ({ code }) => code,
        )
        expect(['done', 'EINUSE', 'ECONNECTION']).toContain(end)
      }),
      { numRuns: 200 },
    )
  })
})
