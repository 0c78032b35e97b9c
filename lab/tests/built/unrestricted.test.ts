/**
 * A kernel without CONFIG_STRICT_DEVMEM, which the lab builds itself. On x86 RAM is then refused to
 * /dev/mem by the page attribute table, which `nopat` switches off: after that it is read and
 * changed. QEMU is the witness.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtUnavailable, labTitle } from '../../machine/available.ts'
import { type Holder, holderProgram, startHolder } from '../../machine/holder.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, physmemJson, printed } from '../../machine/physmem.ts'
import { ensureBuiltKernel } from '../../supply/built-kernel.ts'

const reason = builtUnavailable()
const patience = { timeoutMs: 90_000 }

async function boot(append: string): Promise<Machine> {
  return startMachine({
    arch: 'x86_64',
    kernel: await ensureBuiltKernel(),
    append,
    files: [await holderProgram('x86_64')],
    lifetimeMs: 600_000,
    bootTimeoutMs: 150_000,
  })
}

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`

/** Physical addresses of a holder's pages. */
async function locate(machine: Machine, { pid, at }: Holder, name: string): Promise<number> {
  const { stdout, stderr } = await physmem(machine, `translate ${pid} ${at[name]} -q`, patience)
  expect(stderr).toBe('')
  return Number(stdout)
}

interface Finding {
  readonly id: string
  readonly verdict: string
  readonly reason: string
  readonly errno?: string
  readonly cures: readonly string[]
  readonly evidence: readonly { readonly file: string; readonly line: string }[]
}

async function findings(machine: Machine): Promise<ReadonlyMap<string, Finding>> {
  const { stdout, stderr } = await physmem(machine, 'doctor --self-test --json', patience)
  expect(stderr).toBe('')
  const document = JSON.parse(stdout) as { findings: Finding[] }
  return new Map(document.findings.map((one) => [one.id, one]))
}

/** What does not depend on `nopat`. */
function inBothCases(getMachine: () => Machine): void {
  it('lets RAM below 1 MiB be read and written', async () => {
    const machine = getMachine()
    const bytes = await machine.pmemsave(0x1000, 4096)
    await physmem(machine, 'dump 0x1000..+4k -o /tmp/low.bin', patience)
    expect((await machine.readFile('/tmp/low.bin')).equals(bytes)).toBe(true)
    // The kernel has all of the first megabyte set aside and uses little of it.
    const place = '0x00090000'
    expect(await physmem(machine, `write ${place}=0xcafe0001`)).toEqual(printed())
    expect(await machine.xp(0x90000, 32)).toEqual([0xcafe0001])
    expect(await physmem(machine, `read ${place} -v`)).toEqual({
      ...printed(`${place}  0xcafe0001`),
      stderr: `physmem: ${place} by /dev/mem\n`,
    })
  })

  it('lets I/O ports be used: the clock, by a byte, and the host bridge, by 32 bits', async () => {
    const machine = getMachine()
    const clock = await inGuest(
      machine,
      'physmem write port:0x70=0x0a -w 8 && physmem read port:0x71 -w 8',
    )
    expect(clock).toEqual(printed('port:0x71  0x26'))
    const bridge = await inGuest(
      machine,
      'physmem write port:0xcf8=0x80000000 && physmem read port:0xcfc -q',
    )
    expect(bridge).toEqual(printed('0x29c08086'))
  })

  it('lets device memory that a part of the kernel claims be mapped', async () => {
    const machine = getMachine()
    expect((await machine.readFile('/proc/iomem')).toString()).toMatch(/^fec00000-.* : IOAPIC 0$/m)
    expect((await physmem(machine, 'read 0xfec00000 -v')).stderr).toBe(
      'physmem: 0xfec00000 by /dev/mem\n',
    )
  })
}

describe.skipIf(reason)(labTitle('a kernel without STRICT_DEVMEM, with PAT', reason), () => {
  let machine: Machine
  let address: number
  let place: string
  const why = 'it is RAM, and the page attribute table forbids a second mapping of it (EINVAL)'

  beforeAll(async () => {
    machine = await boot('')
    address = await locate(machine, await startHolder(machine), 'pattern')
    place = hex(address)
  }, 200_000)

  afterAll(() => machine?.stop())

  inBothCases(() => machine)

  it('is what it says', async () => {
    const { stdout } = await machine.exec('zcat /proc/config.gz')
    expect(stdout).toMatch(/^# CONFIG_STRICT_DEVMEM is not set$/m)
    expect(stdout).toMatch(/^CONFIG_X86_PAT=y$/m)
    expect((await machine.readFile('/proc/cmdline')).toString()).not.toContain('nopat')
  })

  /** The module, whose headers the guest has not, and the way of /dev/mem. */
  const cures = () => [
    `install the headers of kernel ${machine.kernel.release}, then build and load the module: physmem kmod build && physmem kmod load`,
    'boot with nopat',
  ]

  it('refuses to write RAM, and the cures are the module and nopat', async () => {
    const before = await machine.xp(address, 32)
    const message = `0x${address.toString(16).padStart(8, '0')} (/dev/mem) cannot be mapped: ${why}`
    const iomem = (await machine.readFile('/proc/iomem')).toString()
    const [line = ''] = /^00100000-[0-9a-f]+ : System RAM$/m.exec(iomem) ?? []
    expect(await physmemJson(machine, `write ${place}=0x11`)).toEqual({
      document: {
        command: 'write',
        results: [
          { place: `0x${address.toString(16)}`, address, width: 32, value: 0x11, done: false },
        ],
        error: {
          code: 'EREFUSED_PAT',
          message,
          place: `0x${address.toString(16)}`,
          address,
          errno: 'EINVAL',
          cure: cures().join('; or '),
          evidence: [
            { file: '/proc/iomem', line },
            { file: '/proc/config.gz', line: '# CONFIG_STRICT_DEVMEM is not set' },
          ],
        },
      },
      stderr: `physmem: ${message}\n  cure: ${cures().join('; or ')}\n`,
      exitCode: 1,
    })
    expect(await machine.xp(address, 32)).toEqual(before)
  })

  it('says so of reading, which goes another way, and refuses it where there is none', async () => {
    const [value = 0] = await machine.xp(address, 32)
    const refusal = `0x${address.toString(16).padStart(8, '0')} (/dev/mem) cannot be mapped: ${why}`
    expect(await physmem(machine, `read ${place} -v`)).toEqual({
      ...printed(`${place}  ${hex(value)}`),
      stderr: `physmem: ${place} by /proc/kcore: ${refusal}\n`,
    })
    await machine.exec('mount --bind /dev/null /proc/kcore')
    const { stdout, stderr, exitCode } = await physmem(machine, `read ${place}`)
    await machine.exec('umount /proc/kcore')
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain(`physmem: ${refusal}; `)
    expect(stderr).toContain(`  cure: ${cures().join('; or ')}\n`)
  })

  it('is told so by the doctor', async () => {
    const found = await findings(machine)
    expect(found.get('devmem.ram.map')).toMatchObject({
      verdict: 'refused',
      errno: 'EINVAL',
      reason: why,
      cures: cures(),
    })
    // read() copies from the kernel's own mapping: nothing is mapped a second time.
    expect(found.get('devmem.ram.read')).toMatchObject({ verdict: 'works' })
    expect(found.get('devmem.claimed')).toMatchObject({ verdict: 'works' })
    expect(found.get('devmem.low')).toMatchObject({ verdict: 'works' })
    expect(found.get('selftest.devmem')).toMatchObject({
      verdict: 'unknown',
      reason: `not tried, since reading it does not work: ${why}`,
    })
    const { document, exitCode } = await physmemJson(machine, `doctor ${place}`)
    expect(exitCode).toBe(0)
    expect(document).toMatchObject({ read: { verdict: 'works', way: '/proc/kcore' } })
  })
})

describe.skipIf(reason)(labTitle('a kernel without STRICT_DEVMEM, with nopat', reason), () => {
  let machine: Machine
  let holder: Holder

  beforeAll(async () => {
    machine = await boot('nopat')
    holder = await startHolder(machine)
  }, 200_000)

  afterAll(() => machine?.stop())

  inBothCases(() => machine)

  it('lets RAM be read and modified, at every width', async () => {
    const address = await locate(machine, holder, 'pattern')
    const [before = 0n] = await machine.xp(address, 64)
    expect(before).toBe(BigInt(holder.at.pattern ?? 0))
    const read = await physmem(machine, `read ${hex(address)} -w 64 -v`)
    expect(read).toEqual({
      ...printed(`${hex(address)}  0x${before.toString(16).padStart(16, '0')}`),
      stderr: `physmem: ${hex(address)} by /dev/mem\n`,
    })
    const write = (offset: number, value: string, width: number) =>
      physmem(machine, `write ${hex(address + offset)}=${value} -w ${width}`)
    expect(await write(0, '0x8182838485868788', 64)).toEqual(printed())
    expect(await write(8, '0x91929394', 32)).toEqual(printed())
    expect(await write(12, '0xa1a2', 16)).toEqual(printed())
    expect(await write(15, '0xb1', 8)).toEqual(printed())
    const [first, second = 0n] = await machine.xp(address, 64, 2)
    expect(first).toBe(0x8182_8384_8586_8788n)
    // The one byte that nothing was written to is that of the pattern, which is its own address.
    const untouched = ((before + 8n) >> 48n) & 0xffn
    expect(second).toBe((0xb1n << 56n) | (untouched << 48n) | 0xa1a2_9192_9394n)
  })

  it('shows a process what was written into its variable', async () => {
    const address = await locate(machine, holder, 'variable')
    expect(await physmem(machine, `write ${hex(address)}=0xcafe0002`)).toEqual(printed())
    expect(await holder.output((text) => text.includes('variable 0x'))).toContain(
      'variable 0xcafe0002\n',
    )
  })

  it('dumps RAM as QEMU has it: what the kernel never changes', async () => {
    const iomem = (await machine.readFile('/proc/iomem')).toString()
    const start = Number.parseInt(/([0-9a-f]+)-\w+ : Kernel rodata$/m.exec(iomem)?.[1] ?? '', 16)
    const dumped = await physmem(machine, `dump ${hex(start)}..+1M -o /tmp/rodata.bin -v`, patience)
    expect(dumped.stderr).toBe(`physmem: ${hex(start)} by /dev/mem\n`)
    const saved = await machine.pmemsave(start, 1 << 20)
    expect((await machine.readFile('/tmp/rodata.bin')).equals(saved)).toBe(true)
  })

  it('is told so by the doctor, who writes into a page of its own', async () => {
    const found = await findings(machine)
    expect(found.get('devmem.ram.map')).toMatchObject({
      verdict: 'works',
      reason: 'it shows the pattern of a page of this process',
    })
    expect(found.get('devmem.ram.read')).toMatchObject({ verdict: 'works' })
    expect(found.get('selftest.devmem')).toMatchObject({ verdict: 'works', reason: 'it arrives' })
  })

  it('is refused where the kernel has no memory', async () => {
    const outcome = await physmem(machine, 'read 0x100_0000_0000')
    expect(outcome).toEqual(
      failed(
        2,
        "physmem: 0x10000000000 is beyond this CPU's memory: its addresses have 40 bits (the last is 0xffffffffff)",
      ),
    )
  })
})
