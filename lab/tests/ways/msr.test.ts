/**
 * Model-specific registers of a PC with two CPUs. What is read is compared with what QEMU's monitor and
 * `rdtscp`, an instruction of user space, say of the same registers; what is written, too.
 *
 * QEMU without KVM gives 0 for registers that it does not know, so that only a write is seen to raise
 * a fault here.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, physmemJson, printed } from '../../machine/physmem.ts'
import { cachedKernel } from '../../supply/kernels.ts'
import { compileForGuest } from '../../supply/runner.ts'

const APIC = `name: apic
blocks:
  apic:
    registers:
      BASE:
        offset: 0
        width: 64
        fields: { BSP: 8, EXTD: 10, ENABLE: 11, ADDRESS: 51:12 }
`

const passwd = 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n'
const series = '6.12'
const reason = labUnavailable('x86_64', series)
const why = (text: string) => `physmem: /dev/cpu/0/msr cannot be opened for reading: ${text}`

describe.skipIf(reason)(labTitle('model-specific registers', reason), () => {
  let machine: Machine

  beforeAll(async () => {
    const kernel = cachedKernel('x86_64', series)
    machine = await startMachine({
      ...{ arch: 'x86_64', series, cpus: 2, modules: ['msr'] },
      cpu: 'Nehalem,+rdrand,+clflushopt,+clwb,+rdtscp',
      files: [
        { path: '/lab/tsc-aux', source: await compileForGuest('x86_64', 'tsc-aux'), mode: 0o755 },
        { path: '/etc/passwd', content: passwd },
        { path: '/root/apic.yaml', content: APIC },
        { path: `/boot/config-${kernel?.release}`, source: kernel?.config ?? '' },
      ],
    })
  })

  afterAll(() => machine?.stop())

  /** As QEMU's monitor has a register of each CPU. */
  async function monitor(name: string): Promise<bigint[]> {
    const command = { 'command-line': 'info registers -a' }
    const text = String(await machine.qmp('human-monitor-command', command))
    return [...text.matchAll(new RegExp(`\\b${name} *=([0-9a-f]{16})`, 'g'))].map(([, hex]) =>
      BigInt(`0x${hex}`),
    )
  }

  const value = async (place: string) =>
    BigInt((await physmem(machine, `read ${place} -q`)).stdout.trim())

  it('are what QEMU says of them: EFER of both CPUs', async () => {
    const efer = await monitor('EFER')
    expect(efer).toHaveLength(2)
    expect(efer[0]).not.toBe(0n)
    expect([await value('msr:0xc0000080'), await value('msr:cpu1:0xc0000080')]).toEqual(efer)
  })

  it('are those of the CPU that is named: one is the first, both have their APIC on', async () => {
    const both = await physmem(machine, 'read msr:0x1b:8 msr:cpu1:0x1b:8 msr:cpu1:0x1b:51:11 -q')
    expect(both).toEqual(printed('0x1', '0x0', '0x000001fdc01'))
  })

  it('are read several at once, by their numbers', async () => {
    // IA32_SYSENTER_CS, _ESP and _EIP.
    const { stdout } = await physmem(machine, 'read msr:0x174 --count 3')
    const lines = stdout.trim().split('\n')
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['msr:0x174', 'msr:0x175', 'msr:0x176'])
    expect(BigInt(lines[0]?.split(/ +/)[1] ?? '')).toBe(0x10n)
  })

  it('are written, as the CPU itself then sees: IA32_TSC_AUX', async () => {
    const seen = async () => (await machine.exec('/lab/tsc-aux')).stdout.trim().split('\n')
    const before = await seen()
    expect(before).toEqual(['0 0x0', '1 0x1'])
    expect(await value('msr:cpu1:0xc0000103')).toBe(1n)
    const write = 'write msr:cpu1:0xc0000103=0x1234 --verify'
    expect(await physmem(machine, `${write} --dry-run`)).toEqual(
      printed('would write 0x0000000000001234 to msr:cpu1:0xc0000103 (64 bits)'),
    )
    expect(await seen()).toEqual(before)
    expect(await physmem(machine, write)).toEqual(printed())
    expect(await seen()).toEqual(['0 0x0', '1 0x1234'])
    expect(await physmem(machine, 'write msr:cpu1:0xc0000103:15:0=1')).toEqual(
      printed(
        'msr:cpu1:0xc0000103:15:0  read 0x1234, wrote 0x0001  in 0x0000000000001234, 0x0000000000000001',
      ),
    )
    expect(await seen()).toEqual(before)
  })

  it('raise a fault where the CPU does not take a value', async () => {
    // VM_HSAVE_PA: its low 12 bits are 0 (AMD APM 2, 15.30.4).
    expect(await physmem(machine, 'write msr:0xc0010117=1')).toEqual(
      failed(
        1,
        'physmem: 64-bit write at msr:0xc0010117 failed: the CPU has no such register, or does not allow writing it, or not this value: it raised a general protection fault (EIO)',
      ),
    )
    expect(await physmem(machine, 'write msr:0xc0010117=0x1000')).toEqual(printed())
    expect(await value('msr:0xc0010117')).toBe(0x1000n)
  })

  it('are described by a file, put at one of them', async () => {
    expect(await physmem(machine, 'read apic.yaml@msr:0x1b.BASE')).toMatchObject({
      stdout: expect.stringMatching(/^apic\.yaml@msr:0x1b\.BASE +0x00000000fee00900\n(.*\n)+$/),
      exitCode: 0,
    })
    expect(await physmem(machine, 'read apic.yaml@msr:cpu1:0x1b.BASE:BSP -q')).toEqual(printed('0'))
    expect((await physmem(machine, 'snapshot apic.yaml@msr:0x1b -o now.json')).exitCode).toBe(0)
    expect((await physmem(machine, 'diff now.json')).exitCode).toBe(0)
  })

  it('are no range', async () => {
    const { document, exitCode } = await physmemJson(machine, 'read msr:0x174..0x177')
    expect([exitCode, document.error?.code]).toEqual([2, 'ESYNTAX'])
  })

  it('are seen by the doctor', async () => {
    const { document } = await physmemJson(machine, 'doctor')
    const findings = document.findings as { id: string; verdict: string; reason: string }[]
    expect(findings.find(({ id }) => id === 'msr')).toMatchObject({
      verdict: 'works',
      reason: 'it opens, for accesses of 64 bits',
    })
  })

  describe('that are refused', () => {
    it('are of no CPU that there is', async () => {
      expect(await physmem(machine, 'read msr:cpu7:0x1b')).toEqual(
        failed(
          2,
          'physmem: /dev/cpu/7/msr cannot be opened for reading: there is no CPU 7, only 0-1 (ENOENT)',
        ),
      )
    })

    it('are of a CPU that is off, which devtmpfs has no node of', async () => {
      await machine.exec('echo 0 > /sys/devices/system/cpu/cpu1/online')
      const off = (errno: string) =>
        failed(
          1,
          `physmem: /dev/cpu/1/msr cannot be opened for reading: CPU 1 is offline (${errno})`,
          '  cure: switch it on: echo 1 > /sys/devices/system/cpu/cpu1/online',
        )
      expect(await physmem(machine, 'read msr:cpu1:0x1b')).toEqual(off('ENOENT'))
      // As where the node is made by hand.
      await machine.exec('mkdir -p /dev/cpu/1 && mknod -m 600 /dev/cpu/1/msr c 202 1')
      expect(await physmem(machine, 'read msr:cpu1:0x1b')).toEqual(off('ENXIO'))
      await machine.exec('rm /dev/cpu/1/msr && echo 1 > /sys/devices/system/cpu/cpu1/online')
      expect(await value('msr:cpu1:0x1b')).toBe(0xfee0_0800n)
    })

    it('are closed to users, and to who lacks the capability', async () => {
      const asUser = 'su user -c "physmem read msr:0x1b"'
      expect(await inGuest(machine, asUser)).toEqual(
        failed(1, why('its permissions do not allow it (EACCES)'), '  cure: run it as root'),
      )
      await machine.exec('chmod 666 /dev/cpu/0/msr')
      expect(await inGuest(machine, asUser)).toEqual(
        failed(
          1,
          why('this process lacks the capability CAP_SYS_RAWIO (EPERM)'),
          '  cure: run it as root, outside of a user namespace',
        ),
      )
      await machine.exec('chmod 600 /dev/cpu/0/msr')
    })

    it('are not written where the module was told so', async () => {
      const allow = '/sys/module/msr/parameters/allow_writes'
      await machine.exec(`echo off > ${allow}`)
      const refused = failed(
        1,
        'physmem: msr:cpu0 cannot be written: the module msr permits no writes (msr.allow_writes=off, EPERM)',
        `  cure: allow it: echo on > ${allow}`,
      )
      expect(await physmem(machine, 'write msr:0xc0000103=0')).toEqual(refused)
      expect(await physmem(machine, 'write msr:0xc0000103=0 --dry-run')).toEqual(refused)
      expect(await value('msr:0xc0000103')).toBe(0n)
      const plain = await machine.exec(
        "printf '\\0\\0\\0\\0\\0\\0\\0\\0' | dd of=/dev/cpu/0/msr bs=8 seek=1 conv=notrunc",
      )
      expect(plain.stderr).toContain('Operation not permitted')
      await machine.exec(`echo on > ${allow}`)
      expect(await physmem(machine, 'write msr:0xc0000103=0')).toEqual(printed())
    })

    it('have no driver', async () => {
      await machine.exec('rmmod msr')
      expect(await physmem(machine, 'read msr:0x1b')).toEqual(
        failed(1, why('the module msr is not loaded (ENOENT)'), '  cure: load it: modprobe msr'),
      )
      await machine.exec('insmod /lab/modules/*msr.ko')
      expect(await value('msr:0x1b')).toBe(0xfee0_0900n)
    })
  })
})

describe.skipIf(reason)(
  labTitle('model-specific registers of a kernel that is locked down', reason),
  () => {
    it('are read, and not written', async () => {
      await using machine = await startMachine({
        ...{ arch: 'x86_64', series, modules: ['msr'], append: 'lockdown=integrity' },
      })
      expect(await physmem(machine, 'read msr:0x1b -q')).toEqual(printed('0x00000000fee00900'))
      const refused = failed(
        1,
        'physmem: msr:cpu0 cannot be written: the kernel is locked down (integrity), as its command line asks (EPERM)',
        '  cure: boot without lockdown=',
      )
      expect(await physmem(machine, 'write msr:0x174=0x10 --dry-run')).toEqual(refused)
      expect(await physmem(machine, 'write msr:0x174=0x10')).toEqual(refused)
    })
  },
)

const arm = labUnavailable('aarch64', '6.12')

describe.skipIf(arm)(labTitle('model-specific registers of another CPU', arm), () => {
  it('are none', async () => {
    await using machine = await startMachine({ arch: 'aarch64', series: '6.12' })
    expect(await physmem(machine, 'read msr:0x1b')).toEqual(
      failed(
        1,
        'physmem: msr:cpu0 does not exist: only x86 has model-specific registers, but this CPU is arm64',
      ),
    )
  })
})
