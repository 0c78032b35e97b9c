/**
 * The refusal matrix: what `physmem doctor` says of each way to memory, compared with what plain
 * system calls meet (guest/refusals.c) on the same machine at the same moment, and both with the
 * table of what these kernels are known to do.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { type Arch, archFacts, type Series, seriesList } from '../../supply/arch.ts'
import type { ArchiveEntry } from '../../supply/cpio.ts'
import { cachedKernel } from '../../supply/kernels.ts'
import { buildModule } from '../../supply/modules.ts'
import { compileForGuest } from '../../supply/runner.ts'

/** What was met, by the ids of the doctor's findings. */
export type Answers = Readonly<Record<string, string>>

/** The same where /dev/mem cannot be opened. */
export function withoutDevMem(usual: Answers, errno: string): Answers {
  const ids = Object.keys(usual).filter((id) => id.startsWith('devmem.'))
  return Object.fromEntries(ids.map((id) => [id, errno]))
}

/** The same with iomem=relaxed, which opens what drivers claim, and never RAM. */
export function whenRelaxed(usual: Answers): Answers {
  return { ...usual, 'devmem.claimed': 'ok', [ids.bound]: 'ok' }
}

/** A boot, and what is tried in it, in this order: a later row may have changed the machine. */
export interface Boot {
  readonly title: string
  readonly append?: string
  /** Only of this series; of both when absent. */
  readonly series?: Series
  readonly rows: readonly Row[]
}

export interface Row {
  readonly title: string
  /** Done before, as root. */
  readonly before?: string
  /** Stands before the witness and before the doctor. */
  readonly by?: string
  readonly expected: Answers
  /** What the doctor may say it does not know, because it cannot. */
  readonly unknown?: readonly string[]
  /** What mapping these addresses of /dev/mem meets, where the series differ by series. */
  readonly maps?: Readonly<Record<string, string | Readonly<Record<Series, string>>>>
  /** Of which the doctor must say what reading them ends with, in the very words. */
  readonly places?: readonly string[]
}

/** PCI functions: pci-testdev, which no driver binds, and a network card with its driver. */
const FREE = '0000:00:05.0'
const BOUND = '0000:00:06.0'
const devices = ['-device', 'pci-testdev,addr=5', '-device', 'e1000,addr=6']

interface ArchSettings {
  /** Device memory that a part of the kernel claims on every boot. */
  readonly claimed: number
  /** RAM of the kernel itself: never accessed where it is not refused. */
  readonly ram: number
}

export const settings: Readonly<Record<Arch, ArchSettings>> = {
  // The IOAPIC, and where the kernel is linked to.
  x86_64: { claimed: 0xfec0_0000, ram: 0x100_0000 },
  // The PL011, and the second megabyte of RAM.
  aarch64: { claimed: 0x0900_0000, ram: 0x4020_0000 },
}

const WITNESS = '/lab/refusals'

/** Each line is an id of the doctor, and the answer to a system call. */
function witnessScript(arch: Arch): string {
  const { claimed, ram } = settings[arch]
  const bar = (device: string, number: number) => `/sys/bus/pci/devices/${device}/resource${number}`
  const tries: [id: string, command: string][] = [
    ['devmem.open', 'open /dev/mem'],
    ['devmem.device', 'map /dev/mem $free'],
    ['devmem.claimed', `map /dev/mem ${claimed}`],
    ['devmem.ram.read', `own /dev/mem ${ram}`],
    ['devmem.ram.map', `own-map /dev/mem ${ram}`],
    ...(arch === 'x86_64' ? ([['devmem.low', 'low /dev/mem']] as [string, string][]) : []),
    ['kcore', 'own /proc/kcore'],
    [`bar:${FREE}/bar0`, `map ${bar(FREE, 0)} 0`],
    [`bar:${FREE}/bar1`, `map ${bar(FREE, 1)} 0`],
    [`bar:${BOUND}/bar0`, `map ${bar(BOUND, 0)} 0`],
    ['iomem', 'hidden /proc/iomem'],
    ['ioports', 'hidden /proc/ioports'],
    ['pagemap', 'frame'],
    ['kpageflags', 'open /proc/kpageflags'],
    ['kpagecount', 'open /proc/kpagecount'],
    ['kpagecgroup', 'open /proc/kpagecgroup'],
    ...(arch === 'x86_64'
      ? ([
          ['devport', 'open /dev/port'],
          ['ioperm', 'ioperm'],
        ] as [string, string][])
      : []),
    ['modules', 'module /root/unsigned.ko'],
  ]
  const lines = tries.map(([id, command]) => `echo "${id}|$(${WITNESS} ${command} 2>&1)"`)
  return `read free rest < /sys/bus/pci/devices/${FREE}/resource\n${lines.join('\n')}\n`
}

interface Finding {
  readonly id: string
  readonly verdict: string
  readonly errno?: string
  readonly reason: string
}

/** What the doctor should say where the witness met this. */
function verdictOf(answer: string): { verdict: string; errno?: string } {
  if (['ok', 'same', 'unproven'].includes(answer)) return { verdict: 'works' }
  if (answer === 'masked') return { verdict: 'absent' }
  // ENODEV: a BAR of I/O ports, which is not memory.
  if (['ENOENT', 'ENXIO', 'ENOSYS', 'ENODEV'].includes(answer))
    return { verdict: 'absent', errno: answer }
  if (/^E[A-Z]+$/.test(answer)) return { verdict: 'refused', errno: answer }
  return { verdict: 'refused' } // hidden, zeros
}

function toFound({ verdict, errno }: Finding): { verdict: string; errno?: string } {
  return { verdict, ...(errno === undefined ? {} : { errno }) }
}

async function witness(machine: Machine, by: string): Promise<Answers> {
  const { stdout, stderr } = await machine.exec(`${by} sh /root/witness.sh`, { timeoutMs: 60_000 })
  expect(stderr).toBe('')
  const lines = stdout.trim().split('\n')
  // What the witness loaded must not be in the way of the next row.
  await machine.exec('rmmod uio_ivshmem 2>/dev/null; true')
  return Object.fromEntries(lines.map((line) => line.split('|') as [string, string]))
}

async function doctor(machine: Machine, by: string): Promise<Finding[]> {
  const { stdout, stderr, exitCode } = await machine.exec(`${by} physmem doctor --json`, {
    timeoutMs: 100_000,
  })
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
  return (JSON.parse(stdout) as { findings: Finding[] }).findings
}

/** What `physmem read` of a place ends with, and what the doctor says that it will. */
async function placeVerdicts(machine: Machine, place: string): Promise<void> {
  const options = { timeoutMs: 60_000 }
  const read = await machine.exec(`physmem read ${place}`, options)
  const examined = await machine.exec(`physmem doctor ${place} --json`, options)
  const { read: said } = JSON.parse(examined.stdout) as {
    read: { verdict: string; error?: { message: string } }
  }
  const why = read.stderr.split('\n')[0]?.replace('physmem: ', '')
  expect({ place, exitCode: examined.exitCode, ...said }).toMatchObject(
    read.exitCode === 0
      ? { place, exitCode: 0, verdict: 'works' }
      : { place, exitCode: read.exitCode, verdict: 'refused', error: { message: why } },
  )
}

async function filesFor(arch: Arch, series: Series): Promise<ArchiveEntry[]> {
  const kernel = cachedKernel(arch, series)
  if (kernel === undefined) throw new Error(`no kernel ${series} for ${arch}`)
  const { content } = await buildModule(kernel, 'uio_ivshmem')
  const source = await compileForGuest(arch, 'refusals')
  return [
    { path: WITNESS, source, mode: 0o755 },
    { path: '/root/witness.sh', content: witnessScript(arch) },
    { path: '/root/unsigned.ko', content },
    // One series with the configuration where distributions put it, the other without any.
    ...(series === '6.12'
      ? [{ path: `/boot/config-${kernel.release}`, source: kernel.config }]
      : []),
  ]
}

/** Defines the tests of one CPU. */
export function refusalMatrix(arch: Arch, boots: readonly Boot[]): void {
  for (const series of seriesList) {
    const reason = labUnavailable(arch, series)
    const wanted = boots.filter((boot) => (boot.series ?? series) === series)
    for (const { title, append = '', rows } of wanted) {
      const name = `refusals of ${series} on ${archFacts[arch].debian}, ${title}`
      describe.skipIf(reason)(labTitle(name, reason), () => {
        let machine: Machine

        beforeAll(async () => {
          machine = await startMachine({
            ...{ arch, series, append, devices },
            modules: ['e1000', 'uio'],
            files: await filesFor(arch, series),
            bootTimeoutMs: 120_000,
            lifetimeMs: 400_000,
          })
        }, 300_000)

        afterAll(() => machine?.stop())

        it.each(rows.map((row) => [row.title, row] as const))(
          '%s',
          async (_, row) => {
            const { before, by = '', expected, unknown = [], maps = {}, places = [] } = row
            if (before !== undefined) {
              expect(await machine.exec(before)).toMatchObject({ stderr: '', exitCode: 0 })
            }
            const met = await witness(machine, by)
            expect(met).toEqual(expected)
            for (const [address, answer] of Object.entries(maps)) {
              const { stdout } = await machine.exec(`${WITNESS} map /dev/mem ${address}`)
              const due = typeof answer === 'string' ? answer : answer[series]
              expect([address, stdout.trim()]).toEqual([address, due])
            }
            const findings = await doctor(machine, by)
            const said = Object.fromEntries(
              findings.filter(({ id }) => id in met).map((one) => [one.id, toFound(one)]),
            )
            const due = Object.fromEntries(
              Object.entries(met).map(([id, answer]) => [
                id,
                unknown.includes(id) && series !== '6.12'
                  ? { verdict: 'unknown' }
                  : verdictOf(answer),
              ]),
            )
            expect(said).toEqual(due)
            for (const place of places) await placeVerdicts(machine, place)
          },
          300_000,
        )
      })
    }
  }
}

export const ids = {
  free: `bar:${FREE}/bar0`,
  ports: `bar:${FREE}/bar1`,
  bound: `bar:${BOUND}/bar0`,
}
