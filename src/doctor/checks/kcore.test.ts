import { symlinkSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readKcoreHeaders } from '../../linux/kcore.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking } from '../../refusal/testing/roots.ts'
import type { Finding } from '../finding.ts'
import type { NoProbe, Probe } from '../own-page.ts'
import { type Answers, FakeProbe, FRAME, fakeAttempts, HIDDEN, PATTERN } from '../testing/fakes.ts'
import { checkKcore } from './kcore.ts'

let root: FakeRoot
let positions: bigint[]
beforeEach(() => {
  root = FakeRoot.recorded('x86_64-6.12')
  positions = []
})
afterEach(() => root[Symbol.dispose]())

async function check(answers: Answers, probe: Probe | NoProbe = new FakeProbe()): Promise<Finding> {
  const fakes = fakeAttempts(root.system, answers)
  const read: typeof fakes.read = (file, position, length) => {
    positions.push(position)
    return fakes.read(file, position, length)
  }
  const at = { system: root.on('x64'), attempts: { ...fakes, read }, probe, selfTest: false }
  return (await checkKcore(at, []))[0] as Finding
}

describe('/proc/kcore', () => {
  it('works where it shows the pattern of our own page, in the direct map', async () => {
    expect(await check({ shows: { 'proc/kcore': PATTERN } })).toMatchObject({
      verdict: 'works',
      reason: 'it shows the pattern of a page of this process; it is read-only',
    })
    const address = BigInt(FRAME * 4096)
    const [direct] = readKcoreHeaders(root.files)
      .filter(({ physical = -1n, length }) => physical >= 0n && address - physical < length)
      .filter(({ physical = 0n }) => physical <= address)
      .toSorted((a, b) => Number(b.length - a.length))
    expect(positions).toEqual([(direct?.offset ?? 0n) + address - (direct?.physical ?? 0n)])
  })

  it('works without a frame to compare, as far as is known', async () => {
    expect(await check({}, HIDDEN)).toMatchObject({
      verdict: 'works',
      reason:
        'its headers say where RAM is; not compared: the kernel hides frames from this process',
    })
  })

  it('does not work where it shows zeros', async () => {
    expect(await check({})).toMatchObject({
      verdict: 'refused',
      reason: 'it shows zeros instead of a page of this process',
    })
  })

  it('is refused by lockdown for confidentiality, and not for less', async () => {
    asking(root).lockdown('none integrity [confidentiality]')
    expect(await check({ open: { 'proc/kcore': 'EPERM' } })).toMatchObject({
      verdict: 'refused',
      code: 'EREFUSED_LOCKDOWN',
      reason: 'the kernel is locked down (confidentiality), most likely by Secure Boot (EPERM)',
    })
    root.lockdown('none [integrity] confidentiality')
    expect((await check({ open: { 'proc/kcore': 'EPERM' } })).reason).toBe(
      'a device cgroup or a security module forbids it (EPERM)',
    )
  })

  it('is masked where a container puts /dev/null or an empty file over it', async () => {
    root.put('proc/kcore', '')
    const masked = { verdict: 'absent', reason: 'it is empty, since a container hides it' }
    expect(await check({})).toMatchObject({
      ...masked,
      evidence: [{ file: '/proc/kcore', line: '0 bytes' }],
    })
    using other = new FakeRoot().folder('proc')
    symlinkSync('/dev/null', other.at('proc/kcore'))
    root[Symbol.dispose]()
    root = other
    expect(await check({})).toMatchObject({
      ...masked,
      evidence: [{ file: '/proc/kcore', line: 'a character device (1, 3): /dev/null is 1, 3' }],
    })
  })
})
