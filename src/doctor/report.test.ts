import { execFileSync } from 'node:child_process'
import { hostname } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { examineWith } from './examine.ts'
import { reportText } from './report.ts'
import { FakeProbe, fakeAttempts } from './testing/fakes.ts'

let root: FakeRoot | undefined
afterEach(() => root?.[Symbol.dispose]())

async function report(tree: FakeRoot): Promise<string> {
  root = tree
  const attempts = fakeAttempts(tree.system, { shows: { 'dev/mem': 'EPERM' } })
  const probe = new FakeProbe()
  const at = { system: tree.on('x64'), attempts, probe, selfTest: false }
  return reportText(await examineWith(at), '1.2.3', tree.system)
}

describe('a report', () => {
  it('has what a maintainer asks for', async () => {
    const text = await report(FakeRoot.recorded('x86_64-6.12').put('dev/mem', ''))
    for (const line of [
      'physmem         1.2.3',
      `node            ${process.version}`,
      'lockdown        none',
      'user namespace  initial',
      '  CAP_SYS_RAWIO yes',
      'devmem.ram.read: refused (EREFUSED_STRICT_DEVMEM EPERM)',
      'fed00000-fed003ff : HPET 0',
    ]) {
      expect(text).toContain(line)
    }
    expect(text).toMatch(/^kernel {10}6\.12\./m)
    expect(text).toMatch(/CONFIG_STRICT_DEVMEM=y {2}\(\/boot\/config-/)
    expect(text).toMatch(/^ +… : Kernel code$/m)
  })

  it('has no secrets: names of hosts and processes, values of words, environment', async () => {
    const tree = FakeRoot.recorded('x86_64-6.12').put('dev/mem', '')
    tree.put('proc/cmdline', 'root=UUID=0d6d4a3e-8c1b quiet token=hunter2 ip=10.0.0.7\n')
    tree.put('proc/self/comm', 'secretd\n')
    process.env.PHYSMEM_TEST_SECRET = 'swordfish'
    const text = await report(tree)
    delete process.env.PHYSMEM_TEST_SECRET
    const user = execFileSync('id', ['-un']).toString().trim()
    const names = [hostname(), user].filter((name) => name.length > 4 && name !== 'root')
    for (const secret of ['0d6d4a3e', 'hunter2', '10.0.0.7', 'secretd', 'swordfish', ...names]) {
      expect(text).not.toContain(secret)
    }
    expect(text).toContain('token=…')
  })
})
