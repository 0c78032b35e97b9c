/**
 * What becomes of addresses while a machine runs: pages that break, that a balloon takes, memory that
 * is offline, regions that a driver claims. The module does not map what must not be touched, and
 * takes back what a driver has claimed since (guest/kmod-pages.c).
 */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { kernelComplaints } from '../../machine/kernel-log.ts'
import { type Machine, type MachineOptions, startMachine } from '../../machine/machine.ts'
import { physmem } from '../../machine/physmem.ts'
import type { Arch, Series } from '../../supply/arch.ts'
import { compileForGuest } from '../../supply/runner.ts'

async function start(arch: Arch, series: Series, more: Partial<MachineOptions> = {}) {
  const source = await compileForGuest(arch, 'kmod-pages')
  return startMachine({
    ...{ arch, series, bootTimeoutMs: 120_000, lifetimeMs: 300_000, ...more },
    modules: ['physmem', ...(more.modules ?? [])],
    files: [{ path: '/lab/kmod-pages', source, mode: 0o755 }],
  })
}

async function run(machine: Machine, line: string): Promise<string> {
  const { stdout, stderr } = await machine.exec(line, { timeoutMs: 60_000 })
  return (stdout + stderr).trim()
}

const pages = (machine: Machine, words: string) => run(machine, `/lab/kmod-pages ${words}`)

const UNUSABLE = 'ram unusable, map EIO, clean EIO'
const USABLE = 'ram, map ok, clean ok'

const x86 = labUnavailable('x86_64', '6.12')
describe.skipIf(x86)(labTitle('RAM that must not be touched, x86_64', x86), () => {
  it('is a page that was declared broken, and not the one after it', async () => {
    await using machine = await start('x86_64', '6.12')
    expect((await pages(machine, 'poison')).split('\n')).toEqual([
      `before: ${USABLE}`,
      `broken: ${UNUSABLE}`,
      `the other: ${USABLE}`,
    ])
    const found = await pages(machine, 'flagged 19') // KPF_HWPOISON
    expect(found).toBe(`flagged: ${UNUSABLE}`)
    expect(kernelComplaints(await run(machine, 'dmesg'))).toEqual([])
  }, 200_000)

  it('is what a balloon gave back to the hypervisor', async () => {
    await using machine = await start('x86_64', '6.12', {
      devices: ['-device', 'virtio-balloon-pci'],
      modules: ['virtio_balloon'],
    })
    expect(await pages(machine, 'flagged 23')).toBe('none is flagged') // KPF_OFFLINE
    await machine.qmp('balloon', { value: 512 * 2 ** 20 })
    let found = ''
    for (let tries = 0; tries < 100 && !found.startsWith('flagged'); tries += 1) {
      await machine.exec('sleep 0.2')
      found = await pages(machine, 'flagged 23')
    }
    expect(found).toBe(`flagged: ${UNUSABLE}`)
  }, 200_000)

  it('is memory that was plugged in and is offline, until it is online', async () => {
    const dimm = '-object memory-backend-ram,id=more,size=128M -device pc-dimm,memdev=more'
    await using machine = await start('x86_64', '6.12', {
      append: 'memhp_default_state=offline',
      devices: ['-m', 'maxmem=2G,slots=2', ...dimm.split(' ')],
    })
    const at = '0x100000000'
    expect(await run(machine, 'grep -o "100000000-107ffffff : System RAM" /proc/iomem')).toBe(
      '100000000-107ffffff : System RAM',
    )
    expect(await pages(machine, `look ${at}`)).toBe(`there: ${UNUSABLE}`)
    await run(machine, 'echo online > /sys/devices/system/memory/memory32/state')
    expect(await pages(machine, `look ${at}`)).toBe(`there: ${USABLE}`)
  }, 200_000)
})

/** Of Debian's qemu-efi-aarch64. */
const FIRMWARE = '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd'
const noFirmware =
  labUnavailable('aarch64', '6.12') ??
  (existsSync(FIRMWARE) ? undefined : 'qemu-efi-aarch64 is not installed')
describe.skipIf(noFirmware)(
  labTitle('memory of the firmware, aarch64 with ACPI', noFirmware),
  () => {
    it('is memory, mapped as the kernel uses it; its flash is a device', async () => {
      await using machine = await start('aarch64', '6.12', {
        ...{ append: 'acpi=force', devices: ['-bios', FIRMWARE] },
        ...{ bootTimeoutMs: 300_000, lifetimeMs: 500_000 },
      })
      const iomem = await run(machine, 'grep "^[4-9a-f][0-9a-f]*-[0-9a-f]* : reserved" /proc/iomem')
      const at = `0x${iomem.split('-')[0]}`
      const said = 'reserved, map ok, clean EOPNOTSUPP'
      expect(await pages(machine, `look ${at}`)).toBe(`there: ${said}`)
      expect(await pages(machine, `caching ${at}`)).toBe('1')
      expect(await pages(machine, 'look 0x4000000')).toBe('there: device, map ok, clean EOPNOTSUPP')
    }, 600_000)
  },
)

/**
 * Starts a holder of maps, each an address and a number of pages, and gives what it says of each
 * after `meanwhile`.
 */
async function held(machine: Machine, maps: string, meanwhile: string): Promise<string[]> {
  await run(machine, 'rm -f /tmp/in /tmp/out; mkfifo /tmp/in')
  await run(
    machine,
    `(/lab/kmod-pages revoked ${maps} < /tmp/in > /tmp/out 2>&1; echo ended >> /tmp/out) &
     exec 7> /tmp/in; until grep -qE '^(held|ended)' /tmp/out; do sleep 0.1; done; ${meanwhile}
     echo go >&7; until grep -q ended /tmp/out; do sleep 0.1; done`,
  )
  const said = (await run(machine, 'cat /tmp/out')).split('\n')
  return said.filter((line) => !/^(mapped there|held|ended)$/.test(line))
}

/** The registers of the chipset's watchdog, which SeaBIOS says are reserved. */
const RCBA = '0xfed1c000'
const TCO = '0xfed1f410'
const WATCHDOG = '/sys/bus/platform/drivers/iTCO_wdt'

describe.skipIf(x86)(labTitle('what a driver claims in a reserved area, x86_64', x86), () => {
  it('is not mapped, is taken back from who mapped it, and is not memory', async () => {
    await using machine = await start('x86_64', '6.12', { modules: ['lpc_ich', 'iTCO_wdt'] })
    const device = await run(machine, `basename ${WATCHDOG}/iTCO_wdt*`)
    expect(await run(machine, `grep -i "fed1f410-.*iTCO" /proc/iomem`)).toMatch(/iTCO_wdt/)
    const claimed = 'device busy, map EADDRINUSE, clean EOPNOTSUPP'
    expect(await pages(machine, `look ${TCO} 4`)).toBe(`there: ${claimed}`)
    // The kernel's refusal stands: no way is taken that /dev/mem would not be.
    const { stdout, stderr, exitCode } = await physmem(machine, `read ${TCO}`)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toMatch(/\(\/dev\/mem\) cannot be mapped: .*iTCO_wdt.* claims it/)

    await run(machine, `echo ${device} > ${WATCHDOG}/unbind`)
    expect(await pages(machine, `look ${TCO} 4`)).toBe('there: device, map ok, clean EOPNOTSUPP')
    // Other registers there, which nothing tells of: the CPU does not cache them.
    expect(await pages(machine, `look ${RCBA} 64`)).toBe(
      'there: reserved, map ok, clean EOPNOTSUPP',
    )
    const bind = `echo ${device} > ${WATCHDOG}/bind`
    const unbind = `echo ${device} > ${WATCHDOG}/unbind`
    expect(await held(machine, '0xfed1f000 1', bind)).toEqual(['SIGBUS, again EADDRINUSE'])
    // A driver that goes takes nothing away, nor does one that claims something else.
    await run(machine, unbind)
    expect(await held(machine, `${RCBA} 1`, bind)).toEqual(['there, again ok'])
    // What overlaps the claimed map goes with it, and what overlaps that: whole, and no more.
    await run(machine, unbind)
    expect(await held(machine, `0xfed1e000 2 0xfed1d000 2 ${RCBA} 1`, bind)).toEqual([
      'SIGBUS, SIGBUS, again EADDRINUSE',
      'SIGBUS, SIGBUS, again ok',
      'there, again ok',
    ])
    await run(machine, unbind)
    expect(await held(machine, `0xfed1e000 2 0xfed1d000 2 ${RCBA} 2`, bind)).toEqual([
      'SIGBUS, SIGBUS, again EADDRINUSE',
      'SIGBUS, SIGBUS, again ok',
      'SIGBUS, SIGBUS, again ok',
    ])
    expect(kernelComplaints(await run(machine, 'dmesg'))).toEqual([])
  }, 250_000)
})

const arm = labUnavailable('aarch64', '6.12')
describe.skipIf(arm)(labTitle('what a driver claims, aarch64', arm), () => {
  it('is taken back from who mapped it before', async () => {
    await using machine = await start('aarch64', '6.12')
    const clock = '/sys/bus/amba/drivers/rtc-pl031'
    expect(await pages(machine, 'look 0x9010000 4')).toBe(
      'there: device busy, map EADDRINUSE, clean EOPNOTSUPP',
    )
    await run(machine, `echo 9010000.pl031 > ${clock}/unbind`)
    expect(await held(machine, '0x9010000 1', `echo 9010000.pl031 > ${clock}/bind`)).toEqual([
      'SIGBUS, again EADDRINUSE',
    ])
    expect(kernelComplaints(await run(machine, 'dmesg'))).toEqual([])
  }, 250_000)

  it('writes the zeros of a fresh buffer to memory, where an invalidate shows what is there', async () => {
    await using machine = await start('aarch64', '6.12')
    const trace = '/sys/kernel/tracing'
    const lines = 'p:lines physmem:physmem_cache_lines length=%x1:u64 operation=%x2:u32'
    await run(
      machine,
      `mount -t tracefs none ${trace}; echo '${lines}' > ${trace}/kprobe_events && echo 1 > ${trace}/events/kprobes/lines/enable`,
    )
    expect(await run(machine, `physmem buffer alloc 20k -q -- true > /dev/null; echo $?`)).toBe('0')
    const cleaned = (await run(machine, `grep -o 'length=[0-9]* operation=1$' ${trace}/trace`))
      .split('\n')
      .map((line) => Number(/length=(\d+)/.exec(line)?.[1]))
    expect(cleaned.reduce((sum, length) => sum + length, 0)).toBe(20 << 10)
  }, 250_000)
})

describe.skipIf(x86)(labTitle('a buffer in a memory cgroup, x86_64', x86), () => {
  it('is charged, as far as the page allocator has it', async () => {
    await using machine = await start('x86_64', '6.12')
    const group = '/sys/fs/cgroup/lab'
    const said = await run(
      machine,
      `mkdir -p /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; echo +memory > /sys/fs/cgroup/cgroup.subtree_control
       mkdir ${group} && echo $$ > ${group}/cgroup.procs && /lab/kmod-pages charged ${group}/memory.current 0x200000`,
    )
    expect(said).toBe('charged: yes, given back: yes')
    expect(kernelComplaints(await run(machine, 'dmesg'))).toEqual([])
  }, 200_000)
})
