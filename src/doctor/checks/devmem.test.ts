import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking, built, CONFIG_FILE } from '../../refusal/testing/roots.ts'
import { type Told, told } from '../finding.ts'
import type { NoProbe, Probe } from '../own-page.ts'
import { type Answers, FakeProbe, fakeAttempts, HIDDEN, PATTERN } from '../testing/fakes.ts'
import { checkDevMem } from './devmem.ts'

const iomem = `00001000-0009fbff : System RAM
00100000-2ffdffff : System RAM
  01000000-01e01d31 : Kernel code
b0000000-bfffffff : PCI MMCONFIG 0000 [bus 00-ff]
fea00000-feafffff : 0000:00:05.0
fec00000-fec003ff : IOAPIC 0
fed00000-fed003ff : HPET 0
`

let root: FakeRoot
let probe: Probe | NoProbe
beforeEach(() => {
  root = asking(built(new FakeRoot().put('proc/iomem', iomem)))
  root.put('dev/mem', '').put('proc/cmdline', 'quiet\n')
  probe = new FakeProbe()
})
afterEach(() => root[Symbol.dispose]())

/** STRICT_DEVMEM for RAM; IO_STRICT_DEVMEM for the IOAPIC. */
const debian: Answers = {
  map: {
    'dev/mem': (offset) =>
      offset === 0xfec0_0000 || (offset >= 0x10_0000 && offset < 0x3000_0000) ? 'EPERM' : undefined,
  },
  shows: { 'dev/mem': 'EPERM' },
}

async function check(answers: Answers, cpu = 'x64'): Promise<Record<string, Told>> {
  const attempts = fakeAttempts(root.system, answers)
  const at = { system: root.on(cpu), attempts, probe, selfTest: false }
  const findings = await checkDevMem(at, [])
  return Object.fromEntries(findings.map((finding) => [finding.id, told(finding)]))
}

const verdicts = (findings: Record<string, Told>) =>
  Object.fromEntries(Object.values(findings).map(({ id, verdict }) => [id, verdict]))

describe('/dev/mem of a packaged kernel', () => {
  it('maps device memory that nobody claims, and neither the rest nor RAM', async () => {
    const found = await check(debian)
    expect(verdicts(found)).toEqual({
      'devmem.open': 'works',
      'devmem.device': 'works',
      'devmem.claimed': 'refused',
      'devmem.ram.read': 'refused',
      'devmem.ram.map': 'refused',
      'devmem.low': 'refused',
    })
    expect(found['devmem.device']?.reason).toBe(
      '3 of 4 regions can be mapped, for example 0xb0000000 (PCI MMCONFIG 0000 [bus 00-ff])',
    )
    expect(found['devmem.claimed']).toMatchObject({
      code: 'EREFUSED_BUSY',
      errno: 'EPERM',
      reason:
        '0xfec00000: "IOAPIC 0" claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EPERM)',
      cures: ['unbind its driver', 'boot with iomem=relaxed'],
    })
    expect(found['devmem.ram.map']).toMatchObject({
      code: 'EREFUSED_STRICT_DEVMEM',
      evidence: [
        { file: '/proc/iomem', line: '00100000-2ffdffff : System RAM' },
        { file: CONFIG_FILE, line: 'CONFIG_STRICT_DEVMEM=y' },
      ],
    })
    expect(found['devmem.low']?.reason).toBe(
      'read() gives zeros for it, and discards what is written; mmap() shows the bytes',
    )
  })

  it('takes no memory that was added for a device: behind CXL, persistent, set aside', async () => {
    root.put(
      'proc/iomem',
      `${iomem}100000000-13fffffff : CXL Window 0
140000000-17fffffff : Soft Reserved
  140000000-17fffffff : dax1.0
180000000-1bfffffff : Persistent Memory
  180000000-1bfffffff : namespace0.0
1c0000000-1ffffffff : dax0.0
  1c0000000-1ffffffff : System RAM (kmem)
`,
    )
    expect((await check(debian))['devmem.device']?.reason).toBe(
      '3 of 4 regions can be mapped, for example 0xb0000000 (PCI MMCONFIG 0000 [bus 00-ff])',
    )
  })

  it('has no RAM of which read() lies on another CPU', async () => {
    expect(Object.keys(await check(debian, 'arm64'))).not.toContain('devmem.low')
  })

  it('says that iomem=relaxed opens what is claimed, and no RAM', async () => {
    root.put('proc/cmdline', 'iomem=relaxed\n')
    const found = await check({ ...debian, map: {} })
    expect(found['devmem.claimed']).toMatchObject({
      verdict: 'works',
      reason: 'none of 4 regions is refused',
      evidence: [
        { file: '/proc/cmdline', line: 'iomem=relaxed' },
        { file: CONFIG_FILE, line: 'CONFIG_IO_STRICT_DEVMEM=y' },
      ],
    })
    expect(found['devmem.ram.read']?.evidence).toContainEqual({
      file: '/proc/cmdline',
      line: 'iomem=relaxed',
    })
  })

  it('takes the addresses of BARs where /proc/iomem hides them', async () => {
    root.put('proc/iomem', '00000000-00000000 : System RAM\n')
    root.pci('0000:00:05.0', '0xfea00000 0xfeafffff 0x40200')
    expect((await check({ map: {} }))['devmem.device']?.reason).toBe(
      '0xfea00000 (pci:0000:00:05.0/bar0) can be mapped',
    )
  })

  it('says that it knows no address to try', async () => {
    root.put('proc/iomem', '')
    const found = await check({})
    const reason = 'no address of device memory is known: /proc/iomem gives none'
    expect(found['devmem.device']).toMatchObject({ verdict: 'unknown', reason })
    expect(found['devmem.claimed']).toMatchObject({ verdict: 'unknown', reason })
  })
})

describe('RAM through /dev/mem', () => {
  it('works where the pattern of our own page is seen', async () => {
    const found = await check({ shows: { 'dev/mem': PATTERN } })
    expect(verdicts(found)).toMatchObject({
      'devmem.ram.read': 'works',
      'devmem.ram.map': 'works',
      'devmem.low': 'works',
    })
  })

  it('is a lie where zeros are seen', async () => {
    const found = await check({ shows: { 'dev/mem': new Uint8Array(256) } })
    expect(found['devmem.ram.read']).toMatchObject({
      verdict: 'refused',
      reason: 'it shows zeros instead of the bytes of a page of this process',
    })
  })

  it('is unknown where other bytes are seen', async () => {
    const found = await check({ shows: { 'dev/mem': new Uint8Array(256).fill(9) } })
    expect(found['devmem.ram.map']).toMatchObject({
      verdict: 'unknown',
      reason: 'it shows other bytes than a page of this process has (different)',
    })
  })

  it('looks again where the page moved, and gives up at last', async () => {
    const moving = new FakeProbe()
    moving.moves = 1000
    probe = moving
    const found = await check({ shows: { 'dev/mem': new Uint8Array(256) } })
    expect(found['devmem.ram.read']?.reason).toBe(
      'it shows other bytes than a page of this process has (moved)',
    )
    expect(moving.moves).toBe(1000 - 6)
  })

  it('is judged by the configuration where frames are hidden', async () => {
    probe = HIDDEN
    expect((await check(debian))['devmem.ram.read']).toMatchObject({
      verdict: 'refused',
      errno: 'EPERM',
      reason:
        'it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)',
      cures: [
        'install the headers of kernel 6.12.48-amd64, then build and load the module: physmem kmod build && physmem kmod load',
        'reserve the range at boot (memmap=)',
        'use a kernel without CONFIG_STRICT_DEVMEM',
      ],
    })
    built(root, 'CONFIG_DEVMEM=y\n# CONFIG_STRICT_DEVMEM is not set\n')
    const found = await check(debian)
    expect(found['devmem.ram.read']).toMatchObject({
      verdict: 'unknown',
      reason:
        'not tried, since no page with a known frame was found: the kernel hides frames from this process',
    })
    expect(found['devmem.low']?.verdict).toBe('unknown')
  })
})

describe('a /dev/mem that does not open', () => {
  it('decides everything after it', async () => {
    root.lockdown('none [integrity] confidentiality')
    const found = await check({ open: { 'dev/mem': 'EPERM' } })
    for (const [id, finding] of Object.entries(found)) {
      expect(finding).toMatchObject({ verdict: 'refused', code: 'EREFUSED_LOCKDOWN' })
      expect(finding.because).toBe(id === 'devmem.open' ? undefined : 'devmem.open')
    }
  })

  it('is absent where there is none', async () => {
    const found = await check({ open: { 'dev/mem': 'ENOENT' } })
    expect(found['devmem.open']).toMatchObject({
      verdict: 'absent',
      reason: 'there is no such node, though the kernel has the device: a container hides it',
      evidence: [{ file: CONFIG_FILE, line: 'CONFIG_DEVMEM=y' }],
    })
    const tried = await check({ open: { 'dev/mem': 'ENOENT' }, fresh: 'EPERM' })
    expect(tried['devmem.open']?.evidence).toContainEqual({
      file: 'a node made for this (mknod c 1 1)',
      line: 'EPERM',
    })
  })
})
