/**
 * RAM that the kernel uses: /dev/mem refuses it, and a plain address is read through /proc/kcore.
 * QEMU says what is in it. The kernel's own code is what nothing changes meanwhile.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { holderProgram, startHolder } from '../../machine/holder.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, physmemJson, printed } from '../../machine/physmem.ts'
import { type Arch, seriesList } from '../../supply/arch.ts'

const hex = (value: number | bigint, digits = 8): string =>
  `0x${value.toString(16).padStart(digits, '0')}`

/** Where the kernel's code begins, inside of it and on a page. */
async function kernelCode(machine: Machine): Promise<number> {
  const iomem = (await machine.readFile('/proc/iomem')).toString()
  const start = /([0-9a-f]+)-[0-9a-f]+ : Kernel code/.exec(iomem)?.[1] ?? ''
  return Number.parseInt(start, 16) + 0x10000
}

const archs: readonly Arch[] = ['x86_64', 'aarch64']

for (const arch of archs) {
  for (const series of seriesList) {
    const reason = labUnavailable(arch, series)
    describe.skipIf(reason)(labTitle(`RAM by /proc/kcore, ${arch} ${series}`, reason), () => {
      let machine: Machine
      let base: number

      beforeAll(async () => {
        machine = await startMachine({ arch, series, lifetimeMs: 400_000 })
        base = await kernelCode(machine)
      })

      afterAll(() => machine?.stop())

      it('is read at every width as QEMU has it', async () => {
        for (const width of [8, 16, 32] as const) {
          const values = await machine.xp(base, width, 16)
          const lines = values.map((value) => hex(value, width / 4))
          const range = `${hex(base)}..+${(16 * width) / 8}`
          expect(await physmem(machine, `read ${range} -w ${width} -q`)).toEqual(printed(...lines))
        }
        const wide = await machine.xp(base + 8, 64, 2)
        expect(await physmem(machine, `read ${hex(base + 8)}..+16 -w 64 -q`)).toEqual(
          printed(...wide.map((value) => hex(value, 16))),
        )
      })

      it('is dumped by the MiB as QEMU has it', async () => {
        expect(await physmem(machine, `dump ${hex(base)}..+1M -o /tmp/ram.bin`)).toEqual(
          printed(`1048576 bytes from ${hex(base)} are in /tmp/ram.bin`),
        )
        const saved = await machine.pmemsave(base, 1 << 20)
        expect((await machine.readFile('/tmp/ram.bin')).equals(saved)).toBe(true)
      })

      it('says with --verbose which way it took, and why', async () => {
        const { stdout, stderr, exitCode } = await physmem(machine, `read ${hex(base)} -q -v`)
        const [value = 0] = await machine.xp(base, 32)
        expect({ stdout, exitCode }).toEqual({ stdout: `${hex(value)}\n`, exitCode: 0 })
        const why = `${hex(base)} (/dev/mem) cannot be mapped`
        expect(stderr).toContain(`${hex(base)} by /proc/kcore: ${why}`)
      })

      it('is not written: that only /dev/mem could do', async () => {
        const [before] = await machine.xp(base, 32)
        const { document, exitCode } = await physmemJson(machine, `write ${hex(base)}=0`)
        expect(exitCode).toBe(1)
        expect(document.error?.code).toBe('EREFUSED_STRICT_DEVMEM')
        expect(await machine.xp(base, 32)).toEqual([before])
      })
    })
  }
}

const x86 = labUnavailable('x86_64', '6.12')
describe.skipIf(x86)(labTitle('pages and kernels that /proc/kcore does not show', x86), () => {
  it('calls a broken page unreadable, and dumps around it', async () => {
    await using machine = await startMachine({
      arch: 'x86_64',
      series: '6.12',
      files: [await holderProgram('x86_64')],
    })
    await inGuest(machine, 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled')
    // Inside of a huge page, so that the pages around it are the process's, too.
    const { pid, at } = await startHolder(machine)
    const virtual = BigInt(at.transparent ?? 0) & ~0xfffn
    const found = await physmem(machine, `translate ${pid} 0x${virtual.toString(16)} -q`)
    expect(found).toMatchObject({ stderr: '', exitCode: 0 })
    const page = Number(found.stdout)
    const poison = await machine.exec(`echo ${page} > /sys/devices/system/memory/hard_offline_page`)
    expect(poison.exitCode).toBe(0)
    const why = 'the page is broken (HWPOISON), and the kernel shows zeros in its place'
    expect(await physmem(machine, `read ${hex(page + 8)}`)).toEqual(
      failed(1, `physmem: 32-bit read at ${hex(page + 8)} failed: ${why}`),
    )
    const range = `${hex(page - 4096)}..+12k`
    const { stderr, exitCode } = await physmem(machine, `dump ${range} -o /tmp/p.bin --keep-going`)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`  ${hex(page)}..+0x1000  ${why}\n`)
    const dumped = await machine.readFile('/tmp/p.bin')
    // Every 8 bytes of the process hold their own virtual address.
    const around = [...Array(1536).keys()].filter((word) => word < 512 || word >= 1024)
    expect(around.map((word) => dumped.readBigUInt64LE(word * 8))).toEqual(
      around.map((word) => virtual - 4096n + BigInt(word * 8)),
    )
  })

  it('is closed by lockdown=confidentiality, and both ways say so', async () => {
    await using machine = await startMachine({
      arch: 'x86_64',
      series: '6.12',
      append: 'lockdown=confidentiality',
    })
    const why = 'the kernel is locked down (confidentiality), as its command line asks (EPERM)'
    const { stderr, exitCode } = await physmem(machine, 'read 0x1000000')
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      `physmem: /dev/mem cannot be opened for reading: ${why}; /proc/kcore cannot be opened for reading: ${why}\n` +
        '  cure: boot without lockdown=\n',
    )
  })
})

const plain = labUnavailable('x86_64', '6.1')
describe.skipIf(plain)(labTitle('a machine without /dev/mem', plain), () => {
  it('reaches a BAR and RAM by their addresses, in one command', async () => {
    await using machine = await startMachine({
      arch: 'x86_64',
      devices: ['-device', 'edu,addr=4'],
    })
    await machine.exec('rm /dev/mem')
    const resource = await machine.readFile('/sys/bus/pci/devices/0000:00:04.0/resource')
    const bar = Number(resource.toString().split(' ')[0])
    const ram = await kernelCode(machine)
    const [value = 0] = await machine.xp(ram, 32)
    // edu inverts what is written to its register 4.
    const written = await physmem(machine, `write ${hex(bar + 4)}=0x12345678`)
    expect(written).toEqual(printed())
    expect(await machine.xp(bar + 4, 32)).toEqual([0xedcba987])
    const addresses = [bar, ram, bar + 4].map((address) => hex(address)).join(' ')
    expect(await physmem(machine, `read ${addresses} -q`)).toEqual(
      printed('0x010000ed', hex(value), '0xedcba987'),
    )
    const { stderr } = await physmem(machine, `read ${addresses} -q -v`)
    expect(stderr).toContain(`${hex(bar)} by pci:0000:00:04.0/bar0: /dev/mem cannot be opened`)
    expect(stderr).toContain(`${hex(ram)} by /proc/kcore: /dev/mem cannot be opened`)

    // A write to RAM is refused, and with it the one to the BAR that stands before it.
    const both = `write ${hex(bar + 4)}=0 ${hex(ram)}=0`
    const { document, exitCode } = await physmemJson(machine, both)
    expect([exitCode, document.error?.code]).toEqual([1, 'EREFUSED_NO_DEVMEM'])
    expect(await machine.xp(bar + 4, 32)).toEqual([0xedcba987])
  })
})
