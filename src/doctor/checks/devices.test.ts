import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking, built, DEBIAN } from '../../refusal/testing/roots.ts'
import { attemptsAt } from '../attempts.ts'
import type { Check } from '../examination.ts'
import { told } from '../finding.ts'
import type { NoProbe, Probe } from '../own-page.ts'
import { type Answers, FakeProbe, fakeAttempts, HIDDEN } from '../testing/fakes.ts'
import { checkFrames } from './frames.ts'
import { checkMsrs } from './msr.ts'
import { checkPci } from './pci.ts'
import { checkPorts } from './ports.ts'
import { checkRegmaps } from './regmap.ts'
import { checkUio } from './uio.ts'

const card = '0000:00:05.0'
const folder = `sys/bus/pci/devices/${card}`

let root: FakeRoot
beforeEach(() => {
  root = asking(built(new FakeRoot()))
})
afterEach(() => root[Symbol.dispose]())

async function examine(
  check: Check,
  answers: Answers = {},
  cpu = 'x64',
  probe: Probe | NoProbe = new FakeProbe(),
) {
  const attempts = fakeAttempts(root.system, answers)
  const found = await check({ system: root.on(cpu), attempts, probe, selfTest: false }, [])
  return found.map(told)
}

/** The header of a function with this command register. */
function header(command: number): Uint8Array {
  const bytes = new Uint8Array(64)
  new DataView(bytes.buffer).setUint32(0, 0x1237_8086, true)
  bytes[4] = command
  return bytes
}

describe('PCI BARs', () => {
  const bar = '0xfebfd100 0xfebfd1ff 0x40200'

  it('can be mapped where nothing forbids it', async () => {
    root.pci(card, bar).put(`${folder}/resource0`, '').put(`${folder}/config`, header(2))
    expect(await examine(checkPci)).toEqual([
      {
        id: `bar:${card}/bar0`,
        title: `pci:${card}/bar0`,
        verdict: 'works',
        reason: 'it can be mapped, from 0x100 in its page',
        evidence: [],
        cures: [],
      },
    ])
  })

  it('read as ones where the function is switched off, or suspended', async () => {
    root.pci(card, bar).put(`${folder}/resource0`, '').put(`${folder}/config`, header(0))
    expect((await examine(checkPci))[0]).toMatchObject({
      verdict: 'works',
      reason:
        'it can be mapped, but the memory of 0000:00:05.0 is switched off: loads give no data of the device (mostly ones or zeros), and stores are lost',
      cures: [`switch it on: echo 1 > /${folder}/enable`],
    })
    root.put(`${folder}/power/runtime_status`, 'suspended\n')
    expect((await examine(checkPci))[0]).toMatchObject({
      verdict: 'works',
      reason:
        'it can be mapped, but 0000:00:05.0 is suspended: loads give no data of the device (mostly ones or zeros), and stores are lost',
      evidence: [{ file: `/${folder}/power/runtime_status`, line: 'suspended' }],
    })
  })

  it('are refused where a driver claims them, by the permissions, or where there is no file', async () => {
    root.pci(card, bar).put(`${folder}/resource0`, '')
    root.link(`${folder}/driver`, '../../../bus/pci/drivers/e1000')
    const file = `${folder}/resource0`
    expect((await examine(checkPci, { map: { [file]: 'EINVAL' } }))[0]).toMatchObject({
      verdict: 'refused',
      code: 'EREFUSED_BUSY',
      errno: 'EINVAL',
    })
    asking(root, { uid: 1000, effective: '0000000000000000' })
    expect((await examine(checkPci, { open: { [file]: 'EACCES' } }))[0]).toMatchObject({
      verdict: 'refused',
      code: 'EPERMISSION',
      reason: 'its permissions do not allow it (EACCES)',
      evidence: [{ file: '/proc/self/status', line: 'Uid:\t1000\t1000\t1000\t1000' }],
    })
    using bare = asking(new FakeRoot()).pci(card, bar)
    const at = { system: bare.on('x64'), probe: HIDDEN, selfTest: false }
    const [finding] = await checkPci({ ...at, attempts: fakeAttempts(bare.system, {}) }, [])
    expect(finding).toMatchObject({
      verdict: 'absent',
      reason: 'this kernel offers no mapping of BARs',
      evidence: [{ file: `/${file}`, line: 'does not exist' }],
    })
  })

  it('of I/O ports are none of memory, and lead to the ports on x86', async () => {
    root.pci(card, '0xc000 0xc03f 0x40101')
    expect((await examine(checkPci))[0]).toMatchObject({
      verdict: 'absent',
      errno: 'ENODEV',
      reason: 'it is 64 I/O ports from 0xc000, not memory',
      instead: 'physmem read port:0xc000',
    })
    expect((await examine(checkPci, {}, 'arm64'))[0]).not.toHaveProperty('instead')
  })

  it('may be absent altogether', async () => {
    expect(await examine(checkPci)).toMatchObject([
      { id: 'bar', verdict: 'absent', reason: 'this machine has no PCI device' },
    ])
  })
})

describe('UIO maps', () => {
  beforeEach(() => {
    root
      .uio(0, 'edu')
      .uioMap(0, 1, { name: 'regs', addr: '0xfea00000', size: '0x1000', offset: '0x0' })
  })

  it('can be mapped at the page of their number', async () => {
    root.put('dev/uio0', '')
    const map = (offset: number) => (offset === 4096 ? undefined : 'EINVAL')
    expect(await examine(checkUio, { map: { 'dev/uio0': map } })).toMatchObject([
      {
        id: 'uio:uio0/map1',
        title: 'uio:uio0/map1 (edu)',
        verdict: 'works',
        reason: 'it can be mapped: 4096 bytes (regs)',
      },
    ])
    expect(await examine(checkUio, { map: { 'dev/uio0': 'ENODEV' } })).toMatchObject([
      { verdict: 'refused', errno: 'ENODEV' },
    ])
  })

  it('need their node', async () => {
    expect(await examine(checkUio)).toMatchObject([
      { verdict: 'absent', reason: 'there is no such file' },
    ])
  })

  it('need a driver, and a kernel that has them', async () => {
    using bare = built(new FakeRoot(), `${DEBIAN}# CONFIG_UIO is not set\n`)
    const at = { system: bare.on('x64'), probe: HIDDEN, selfTest: false }
    const none = { ...at, attempts: fakeAttempts(bare.system, {}) }
    expect(await checkUio(none, [])).toMatchObject([
      { verdict: 'absent', reason: 'the kernel was built without CONFIG_UIO' },
    ])
    built(bare, `${DEBIAN}CONFIG_UIO=m\n`)
    expect(await checkUio(none, [])).toMatchObject([
      { verdict: 'absent', reason: 'this machine has no UIO device' },
    ])
  })
})

describe('frames', () => {
  const files = ['kpageflags', 'kpagecount', 'kpagecgroup']

  it('are told, and what the kernel says of them', async () => {
    for (const name of files) root.put(`proc/${name}`, '')
    const shows = Object.fromEntries(files.map((name) => [`proc/${name}`, new Uint8Array(8)]))
    const found = await examine(checkFrames, { shows })
    expect(found.map(({ verdict }) => verdict)).toEqual(['works', 'works', 'works', 'works'])
  })

  it('are hidden; the files open nevertheless', async () => {
    for (const name of files) root.put(`proc/${name}`, '')
    const found = await examine(checkFrames, {}, 'x64', HIDDEN)
    expect(found.map(({ id, verdict, reason }) => [id, verdict, reason])).toEqual([
      ['pagemap', 'refused', 'the kernel hides frames from this process'],
      ...files.map((name) => [name, 'works', 'it opens']),
    ])
  })

  it('are closed to users, and absent from some kernels', async () => {
    root.put('proc/kpageflags', '').put('proc/kpagecount', '')
    built(root, '# CONFIG_MEMCG is not set\nCONFIG_PROC_PAGE_MONITOR=y\n')
    const shows = { 'proc/kpagecount': new Uint8Array(0) }
    const [, flags, count, cgroup] = await examine(checkFrames, {
      open: { 'proc/kpageflags': 'EACCES' },
      shows,
    })
    expect(flags).toMatchObject({ verdict: 'refused', code: 'EPERMISSION' })
    expect(count).toMatchObject({
      verdict: 'unknown',
      reason: 'it ends before the frame of a page of this process',
    })
    expect(cgroup).toMatchObject({
      verdict: 'absent',
      reason: 'the kernel was built without CONFIG_MEMCG (ENOENT)',
      cures: ['use a kernel with CONFIG_MEMCG=y'],
      evidence: [{ line: '# CONFIG_MEMCG is not set' }],
    })
  })
})

describe('model-specific registers', () => {
  const lines = async (answers: Answers = {}, cpu = 'x64') =>
    (await examine(checkMsrs, answers, cpu)).map(({ id, verdict, reason }) => [id, verdict, reason])

  it('are reached by the node of CPU 0', async () => {
    root.put('dev/cpu/0/msr', '')
    expect(await lines()).toEqual([['msr', 'works', 'it opens, for accesses of 64 bits']])
  })

  it('may be let for reading only', async () => {
    root.put('dev/cpu/0/msr', '').put('sys/module/msr/parameters/allow_writes', 'off\n')
    expect(await examine(checkMsrs)).toMatchObject([
      {
        verdict: 'works',
        reason:
          'it opens for reading; writes are refused: the module msr permits no writes (msr.allow_writes=off, EPERM)',
        cures: ['allow it: echo on > /sys/module/msr/parameters/allow_writes'],
        evidence: [{ file: '/sys/module/msr/parameters/allow_writes', line: 'off' }],
      },
    ])
  })

  it('may be absent, or refused', async () => {
    built(root, `${DEBIAN}CONFIG_X86_MSR=m\n`).put('proc/modules', '')
    expect(await lines()).toEqual([['msr', 'absent', 'the module msr is not loaded (ENOENT)']])
    asking(root, { uid: 1000, effective: '0000000000000000' })
    expect(await lines({ open: { 'dev/cpu/0/msr': 'EACCES' } })).toEqual([
      ['msr', 'refused', 'its permissions do not allow it (EACCES)'],
    ])
    expect(await lines({}, 'arm64')).toEqual([
      ['msr', 'absent', 'only x86 has model-specific registers, but this CPU is arm64'],
    ])
  })
})

describe('regmaps', () => {
  it('are read through debugfs', async () => {
    root.folder('sys/kernel/debug/regmap/1-0048')
    const lines = async (answers: Answers = {}) =>
      (await examine(checkRegmaps, answers)).map(({ verdict, reason }) => [verdict, reason])
    expect(await lines()).toEqual([['works', '1 regmap, for reading: 1-0048']])
    root.folder('sys/kernel/debug/regmap/dummy0')
    expect(await lines()).toEqual([['works', '2 regmaps, for reading: 1-0048, …']])
    asking(root, { uid: 1000, effective: '0000000000000000' })
    expect(await lines({ open: { 'sys/kernel/debug/regmap': 'EACCES' } })).toEqual([
      ['refused', 'its permissions do not allow it (EACCES)'],
    ])
  })

  it('may be absent', async () => {
    expect(await examine(checkRegmaps)).toMatchObject([
      { verdict: 'absent', reason: 'the kernel was built without CONFIG_DEBUG_FS (ENOENT)' },
    ])
  })
})

describe('I/O ports', () => {
  it('are reached by two ways', async () => {
    root.put('dev/port', '')
    const both = await examine(checkPorts)
    expect(both.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['devport', 'works'],
      ['ioperm', 'works'],
    ])
    const [port, ioperm] = await examine(checkPorts, {
      open: { 'dev/port': 'ENOENT' },
      ioperm: 'ENOSYS',
    })
    expect(port).toMatchObject({ verdict: 'absent', errno: 'ENOENT' })
    expect(ioperm).toMatchObject({
      verdict: 'absent',
      reason: 'the kernel was built without CONFIG_X86_IOPL_IOPERM (ENOSYS)',
    })
  })

  it('of another machine cannot be asked for', async () => {
    const { ioperm, freshNode } = attemptsAt(root.system)
    expect([ioperm(), await freshNode(1)]).toEqual(['unknown', 'unknown'])
    expect((await examine(checkPorts, { ioperm: 'unknown' }))[1]).toMatchObject({
      id: 'ioperm',
      verdict: 'unknown',
      reason: 'this is not the machine that physmem runs on',
    })
  })

  it('are of x86 only', async () => {
    expect(await examine(checkPorts, {}, 'arm64')).toMatchObject([
      { id: 'devport', verdict: 'absent', code: 'EPLATFORM' },
      { id: 'ioperm', verdict: 'absent', because: 'devport' },
    ])
  })
})
