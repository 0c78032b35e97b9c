import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { explainKmodVersion } from '../../kmod/refusal/device.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking } from '../../refusal/testing/roots.ts'
import { withAlternatives } from '../alternatives.ts'
import type { Examination } from '../examination.ts'
import { type Finding, told } from '../finding.ts'
import type { NoProbe, Probe } from '../own-page.ts'
import { selfTest } from '../self-test.ts'
import { type Answers, FakeProbe, fakeAttempts, HIDDEN, PATTERN } from '../testing/fakes.ts'
import { checkKmod } from './kmod.ts'

let root: FakeRoot
beforeEach(() => {
  root = asking(new FakeRoot()).put('dev/physmem', '').put('proc/modules', '')
})
afterEach(() => root[Symbol.dispose]())

const shows: Answers = { shows: { 'dev/physmem': PATTERN } }

function examination(answers: Answers, probe: Probe | NoProbe = new FakeProbe()): Examination {
  const attempts = fakeAttempts(root.system, answers)
  return { system: root.on('x64'), attempts, probe, selfTest: true }
}

async function check(answers: Answers, probe?: Probe | NoProbe): Promise<Finding> {
  return (await checkKmod(examination(answers, probe), []))[0] as Finding
}

describe('/dev/physmem', () => {
  it('works where it shows the pattern of our own page', async () => {
    expect(await check(shows)).toMatchObject({
      id: 'kmod',
      verdict: 'works',
      reason: 'it shows the pattern of a page of this process',
    })
  })

  it('works without a frame to compare, as far as is known', async () => {
    expect(await check({}, HIDDEN)).toMatchObject({
      verdict: 'works',
      reason: 'it opens; not compared: the kernel hides frames from this process',
    })
  })

  it('is absent where the module is not loaded, with the commands that load it', async () => {
    expect(told(await check({ open: { 'dev/physmem': 'ENOENT' } }))).toEqual({
      id: 'kmod',
      title: 'RAM through /dev/physmem, the kernel module',
      verdict: 'absent',
      code: 'EREFUSED_NO_KMOD',
      errno: 'ENOENT',
      reason: 'the module of physmem is not loaded (ENOENT)',
      evidence: [],
      cures: ['build and load the module: physmem kmod build && physmem kmod load'],
    })
  })

  it('is refused by lockdown', async () => {
    root.lockdown('none [integrity] confidentiality')
    expect(await check({ open: { 'dev/physmem': 'EPERM' } })).toMatchObject({
      verdict: 'refused',
      code: 'EREFUSED_LOCKDOWN',
    })
    expect(await check({ map: { 'dev/physmem': 'EPERM' } })).toMatchObject({
      verdict: 'refused',
      code: 'EREFUSED_LOCKDOWN',
    })
  })

  it('is refused where the module is of another version', async () => {
    expect(await check({ ...shows, kmod: explainKmodVersion(2, 1) })).toMatchObject({
      verdict: 'refused',
      code: 'EREFUSED_KMOD_VERSION',
      reason: 'the loaded module is of a newer physmem (its interface is 2, expected 1)',
    })
  })

  it('does not work where it shows something else', async () => {
    expect(await check({})).toMatchObject({
      verdict: 'refused',
      reason: 'it shows zeros instead of a page of this process',
    })
    const other = { 'dev/physmem': new Uint8Array(256).fill(1) }
    expect(await check({ shows: other })).toMatchObject({
      verdict: 'unknown',
      reason: 'it shows other bytes than a page of this process has (different)',
    })
  })

  it('is the best other way to RAM', async () => {
    const kmod = await check(shows)
    const refused = { title: '', verdict: 'refused', reason: '', evidence: [], cures: [] } as const
    const all = withAlternatives([{ ...refused, id: 'devmem.ram.map' }, kmod])
    expect(all[0]?.instead).toBe(
      'RAM can be read and written through /dev/physmem: commands use it automatically',
    )
  })
})

describe('writing a page of this process through /dev/physmem', () => {
  async function test(answers: Answers, probe = new FakeProbe()): Promise<Finding | undefined> {
    const at = examination(answers, probe)
    const findings = await selfTest(at, await checkKmod(at, []))
    return findings.find(({ id }) => id === 'selftest.kmod')
  }

  it('is found to arrive, or to be discarded', async () => {
    const probe = new FakeProbe()
    const store = (_: number, value: number) => void probe.write32(0, value)
    expect(await test({ ...shows, store }, probe)).toMatchObject({
      verdict: 'works',
      reason: 'it arrives',
    })
    expect(probe.read32(0)).toBe(0)
    expect(await test(shows)).toMatchObject({
      verdict: 'refused',
      reason: 'the write was accepted, and discarded: the page did not change',
    })
  })

  it('is refused with the reason', async () => {
    asking(root, { uid: 1000, effective: '0' })
    expect(await test({ ...shows, store: () => 'EACCES' })).toMatchObject({
      verdict: 'refused',
      reason: 'its permissions do not allow it (EACCES)',
    })
  })

  it('is not tried where reading does not work, and not mentioned without the module', async () => {
    expect(await test({})).toMatchObject({
      verdict: 'unknown',
      reason:
        'not tried, since reading it does not work: it shows zeros instead of a page of this process',
    })
    expect(await test({ open: { 'dev/physmem': 'ENOENT' } })).toBeUndefined()
  })
})
