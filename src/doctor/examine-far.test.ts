import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { systemAt } from '../engine/system-at.ts'
import { askFetching, FetchedFiles, type Told } from '../linux/fetched-files.ts'
import { FakeRoot, recordedMachines } from '../linux/testing/fake-root.ts'
import type { Facts } from '../machine/machine.ts'
import { Session } from '../remote/session.ts'
import { noAgent, startAgent } from '../remote/testing/agent.ts'
import { type Trials, trialsOf } from '../remote/trials.ts'
import { attemptsAt } from './attempts.ts'
import { examineWith } from './examine.ts'
import { examineFar } from './examine-far.ts'
import { FarProbe, openFarProbe } from './far-probe.ts'
import { isProbe } from './own-page.ts'

const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''

/** The facts of a recorded machine, fetched; `trips` counts. */
function factsOf(root: FakeRoot, cpu: string): Facts & { trips: number } {
  const files = new FetchedFiles()
  const facts = {
    trips: 0,
    system: { files, cpu, pageSize: 4096 },
    ask: <T>(question: () => Promise<T>) =>
      askFetching(files, question, async (wanted) => {
        facts.trips += 1
        return wanted.map(({ verb, path, most }): Told => {
          const value = verb === 'bytes' ? root.files.bytes(path, most) : root.files[verb](path)
          return { value, errno: root.files.errno(path) }
        })
      }),
  }
  return facts
}

/** The attempts of a folder, as an agent would answer them; `log` has each. */
function trialsIn(root: FakeRoot): Trials & { log: string[] } {
  const { open, map, load, read, ioperm, freshNode } = attemptsAt(root.system)
  const log: string[] = []
  const of = (path: string) => path.slice(1)
  return {
    log,
    open: async (path, mode) => {
      log.push(`open ${mode} ${path}`)
      return open(of(path), mode)
    },
    map: async (path, offset, mode) => {
      log.push(`map ${mode} ${offset} ${path}`)
      return map(of(path), offset, mode)
    },
    load: async (path, offset, length) => load(of(path), offset, length),
    read: async (path, position, length) => read(of(path), position, length),
    allowPort: async () => ioperm(),
    freshNode,
  }
}

describe.each(recordedMachines)('%s through an agent', (name) => {
  it('has the findings that it has itself, each tried once', async () => {
    using root = FakeRoot.recorded(name, 'root')
    const cpu = name.startsWith('x86') ? 'x64' : 'arm64'
    const [facts, trials] = [factsOf(root, cpu), trialsIn(root)]
    const far = await examineFar(facts, trials)
    const probe = await openFarProbe(facts, trials)
    expect(isProbe(probe)).toBe(false)
    const attempts = attemptsAt(root.system)
    const system = root.on(cpu)
    expect(far).toEqual(await examineWith({ system, attempts, probe, selfTest: false }))
    expect(far.findings.length).toBeGreaterThan(10)
    const opens = trials.log.filter((line) => !line.endsWith('pagemap'))
    expect(new Set(opens).size).toBe(opens.length)
  })
})

describe.skipIf(noAgent)(`what an agent tries${skipped}`, () => {
  const folder = new TestFolder()
  let session: Session
  let trials: Trials
  beforeAll(async () => {
    session = await Session.start(await startAgent())
    trials = trialsOf(session)
  })
  afterAll(() => session?.close())

  it('is what this process tries, of files', async () => {
    const bytes = new Uint8Array(8192).map((_, at) => at & 0xff)
    const path = folder.file('page.bin', Buffer.from(bytes))
    expect(await trials.open(path, 'write')).toBeUndefined()
    expect(await trials.open(`${path}.none`, 'read')).toBe('ENOENT')
    expect(await trials.map(path, 4096, 'read')).toBeUndefined()
    expect(await trials.map('/dev/null', 0, 'read')).toBe('ENODEV')
    expect(await trials.load(path, 4096, 256)).toEqual(bytes.subarray(0, 256))
    // Behind the end of a file there is nothing to load.
    expect(await trials.load(path, 16384, 256)).toBe('EFAULT')
    expect(await trials.read(path, 8000n, 4096)).toEqual(bytes.subarray(8000))
    expect(await trials.read('/proc/self', 0n, 1)).toBe('EISDIR')
  })

  it('is a node of a device that is made for it and removed, as here', async () => {
    const { freshNode } = attemptsAt(systemAt())
    for (const minor of [3, 5, 15]) {
      expect([minor, await trials.freshNode(minor)]).toEqual([minor, await freshNode(minor)])
    }
    expect(readdirSync('/tmp').filter((name) => name.startsWith('physmem-node-'))).toEqual([])
  })

  it('leaves no node open, however many they are', async () => {
    const all = Array.from({ length: 100 }, () => trials.map('/dev/zero', 0, 'read'))
    const some = await Promise.all(all.slice(0, 8))
    expect(new Set(some).size).toBe(1)
    for (const one of all) await one
    expect(await trials.open('/dev/null', 'read')).toBeUndefined()
  })

  it('knows a page of its own program, and no other', async () => {
    using root = new FakeRoot()
    const probe = await openFarProbe(factsOf(root, 'x64'), trials)
    if (!isProbe(probe)) return
    expect(probe.pattern.length).toBe(256)
    expect(probe.pattern.some((byte) => byte !== 0)).toBe(true)
    expect(probe.physical).toBe(probe.frame * 4096)
    await (probe as FarProbe).follow()
    expect(probe.stays()).toBe(true)
  })
})

describe('a page of an agent', () => {
  it('that moves again and again proves nothing', async () => {
    let frame = 5
    const probe = new FarProbe(4096, new Uint8Array(256), 5, async () => ({
      ...{ kind: 'present', frame: ++frame },
      ...{ softDirty: false, exclusive: false, uffdWp: false, filePage: true },
    }))
    for (let at = 0; at < 5; at++) await probe.follow()
    expect([probe.stays(), probe.locate(), probe.frame]).toEqual([false, false, 8])
  })

  it('is none where what a board says is none', async () => {
    using root = new FakeRoot()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string(), async (bytes, text) => {
        const maps = new TextEncoder().encode(`00400000-00401000 r-xp 0 00:01 1 /${text}\n`)
        const answer = async (path: string) => (path === '/proc/self/maps' ? maps : bytes)
        const trials = { ...trialsIn(root), read: answer, open: async () => undefined }
        const probe = await openFarProbe(factsOf(root, 'x64'), trials)
        if (isProbe(probe)) expect(probe.pattern).toEqual(bytes)
        else expect(probe.refusal.reason).not.toBe('')
      }),
      { numRuns: 50 },
    )
  })
})
