import { afterEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { examine, examineWith } from './examine.ts'
import type { Finding } from './finding.ts'
import { type Answers, FakeProbe, fakeAttempts, HIDDEN, PATTERN } from './testing/fakes.ts'

let root: FakeRoot | undefined
afterEach(() => {
  root?.[Symbol.dispose]()
  root = undefined
})

async function diagnose(tree: FakeRoot, answers: Answers, selfTest = false) {
  root = tree
  const probe = new FakeProbe()
  const attempts = fakeAttempts(tree.system, answers)
  const at = { system: tree.on('x64'), attempts, probe, selfTest }
  const { host, findings } = await examineWith(at)
  return { host, probe, findings: Object.fromEntries(findings.map((one) => [one.id, one])) }
}

const ofId = (findings: Record<string, Finding>, id: string) => findings[id] as Finding

/** A recorded machine, with nodes and pages that records do not have. */
function machine(reader: 'root' | 'namespace' = 'root'): FakeRoot {
  return FakeRoot.recorded('x86_64-6.12', reader)
    .put('dev/mem', '')
    .put('dev/port', '')
    .put('proc/modules', 'uio 1 0 - Live 0x0\n')
    .put('proc/kpageflags', '')
}

describe('a recorded machine', () => {
  it('is examined as its kernel answers', async () => {
    const { host, findings } = await diagnose(machine(), {
      shows: { 'dev/mem': 'EPERM', 'proc/kpageflags': new Uint8Array(8) },
      map: { 'dev/mem': (offset) => (offset === 0xfec0_0000 ? 'EPERM' : undefined) },
    })
    expect(host).toMatchObject({
      cpu: 'x64',
      uid: 0,
      userNamespace: 'initial',
      capabilities: { CAP_SYS_RAWIO: true, CAP_SYS_ADMIN: true, CAP_SYS_MODULE: true },
      lockdown: { level: 'none' },
    })
    expect(host.release).toMatch(/^6\.12\./)
    expect(host.config.map(({ line }) => line)).toContain('CONFIG_STRICT_DEVMEM=y')
    expect(ofId(findings, 'devmem.claimed').reason).toContain('"IOAPIC 0" claims it')
    expect(ofId(findings, 'iomem').verdict).toBe('works')
    expect(ofId(findings, 'kpageflags').verdict).toBe('works')
    expect(ofId(findings, 'modules').verdict).toBe('works')
    expect(ofId(findings, 'ioperm').verdict).toBe('works')
  })

  it('hides addresses from the root of a user namespace', async () => {
    const { host, findings } = await diagnose(machine('namespace'), {
      open: { 'dev/mem': 'EPERM', 'dev/port': 'EPERM' },
      ioperm: 'EPERM',
    })
    expect(host.userNamespace).toBe('other')
    expect(ofId(findings, 'iomem')).toMatchObject({
      verdict: 'refused',
      reason:
        'all addresses are 0: this process is in a user namespace, where no capability shows them',
    })
    for (const id of ['devmem.open', 'devport', 'ioperm', 'modules']) {
      expect(ofId(findings, id).reason).toBe(
        'this process is in a user namespace, where no capability counts for physical memory (EPERM)',
      )
    }
  })

  it('is told the best other way', async () => {
    const tree = machine()
    const { findings } = await diagnose(tree, {
      shows: { 'dev/mem': 'EPERM' },
      ioperm: 'ENOSYS',
    })
    expect(ofId(findings, 'ioperm')).toMatchObject({
      verdict: 'absent',
      instead: 'physmem read port:… uses /dev/port',
    })
  })
})

describe('the self-test', () => {
  const sees = { shows: { 'dev/mem': PATTERN } }

  it('finds that widths are kept, and that writes arrive', async () => {
    const tree = machine()
    root = tree
    const probe = new FakeProbe()
    const store = (_: number, value: number) => void probe.write32(0, value)
    const attempts = fakeAttempts(tree.system, { ...sees, store })
    const at = { system: tree.on('x64'), attempts, probe, selfTest: true }
    const { findings } = await examineWith(at)
    const tests = findings.filter(({ id }) => id.startsWith('selftest.'))
    expect(tests.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['selftest.engine', 'works'],
      ['selftest.window.typed', 'works'],
      ['selftest.window.native', 'works'],
      ['selftest.devmem', 'works'],
    ])
    expect(probe.read32(0)).toBe(0)
  })

  it('finds that writes are discarded', async () => {
    const { findings } = await diagnose(machine(), sees, true)
    expect(ofId(findings, 'selftest.devmem')).toMatchObject({
      verdict: 'refused',
      reason: 'the write was accepted, and discarded: the page did not change',
    })
  })

  it('says why writing is refused where reading is not', async () => {
    const { findings } = await diagnose(machine(), { ...sees, store: () => 'EACCES' }, true)
    expect(ofId(findings, 'selftest.devmem')).toMatchObject({
      verdict: 'refused',
      code: 'EPERMISSION',
      reason: expect.stringContaining('forbids it (EACCES)'),
    })
  })

  it('writes nothing to a page that is not pinned', async () => {
    const tree = machine()
    root = tree
    const probe = new FakeProbe()
    probe.pinned = false
    const attempts = fakeAttempts(tree.system, sees)
    const at = { system: tree.on('x64'), attempts, probe, selfTest: true }
    const { findings } = await examineWith(at)
    expect(findings.find(({ id }) => id === 'selftest.devmem')).toMatchObject({
      verdict: 'unknown',
      reason: 'not tried: the kernel could move the page meanwhile',
    })
  })

  it('writes nothing to a page that moves, and nothing that cannot be read', async () => {
    const tree = machine()
    root = tree
    const probe = new FakeProbe()
    const stored: number[] = []
    const store = (offset: number) => void stored.push(offset)
    const run = async (answers: Answers, by: typeof probe | typeof HIDDEN) => {
      const attempts = fakeAttempts(tree.system, { ...answers, store })
      const at = { system: tree.on('x64'), attempts, probe: by, selfTest: true }
      const { findings } = await examineWith(at)
      return findings.find(({ id }) => id === 'selftest.devmem')
    }
    probe.moves = 1000
    expect(await run(sees, probe)).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining('not tried'),
    })
    expect(await run({ shows: { 'dev/mem': 'EPERM' } }, new FakeProbe())).toMatchObject({
      verdict: 'unknown',
    })
    expect(await run(sees, HIDDEN)).toMatchObject({ verdict: 'unknown' })
    expect(stored).toEqual([])
  })
})

describe.skipIf(process.platform !== 'linux')('this machine', () => {
  it('is examined, each thing once, with a reason; nothing is left open', async () => {
    const { host, findings } = await examine({ selfTest: true })
    expect(host.cpu).toBe(process.arch)
    const ids = findings.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { reason, title, verdict, cures } of findings) {
      expect([reason !== '', title !== '']).toEqual([true, true])
      expect(['works', 'refused', 'absent', 'unknown']).toContain(verdict)
      expect(Array.isArray(cures)).toBe(true)
    }
    expect(findings.find(({ id }) => id === 'selftest.engine')?.verdict).toBe('works')
  })
})
