/**
 * Records what machines of the lab say in /proc and /sys, for the tests of src/linux:
 * `node scripts/run.mjs lab/by-hand/record.ts [x86_64-6.12 …]`, all of them when none is named. Each
 * becomes src/linux/testing/recorded/NAME.tar.gz: `root/` as root sees the machine; `user/` and
 * `namespace/` what an ordinary user and the root of a user namespace see otherwise, with a list
 * of the files that are closed to them.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Machine, startMachine } from '../machine/machine.ts'
import { createSharedMemory } from '../machine/shared-memory.ts'
import { type Arch, arches, type Series, seriesList } from '../supply/arch.ts'
import { guestProgram } from '../supply/guest-program.ts'
import { repositoryRoot } from '../supply/repository.ts'
import { withAliases } from './recording/aliases.ts'
import { writeArchive } from './recording/archive.ts'
import { differenceOf, type RecordedEntry } from './recording/entries.ts'

const patience = { timeoutMs: 120_000 }

const memoryMb = 3072

/** Two nodes; with 3 GiB a PC has RAM above 4 GiB, too. */
const memory = [
  ...['-object', 'memory-backend-ram,id=near,size=2G', '-numa', 'node,memdev=near,cpus=0'],
  ...['-object', 'memory-backend-ram,id=far,size=1G', '-numa', 'node,memdev=far,cpus=1'],
]

const cards = ['-device', 'edu,addr=4', '-device', 'e1000,addr=6']

/** Something of /dev/mem that can always be mapped: the HPET; a UART whose driver claims it not. */
const device: Record<Arch, string> = { x86_64: '0xfed00000', aarch64: '0x0a000000' }

async function collect(machine: Machine, line: string): Promise<RecordedEntry[]> {
  const { stdout, stderr, exitCode } = await machine.exec(line, patience)
  if (exitCode !== 0) throw new Error(`${line}: exit code ${exitCode}\n${stderr}`)
  return JSON.parse(stdout) as RecordedEntry[]
}

/** Processes that hold mappings of every kind, until the machine ends. Gives their numbers. */
async function startProcesses(machine: Machine, hold: string, arch: Arch): Promise<string[]> {
  const lines = ['sleep 3600', `${hold} pci:0000:00:04.0/bar0`, `${hold} ${device[arch]}`]
  const pids: string[] = []
  for (const [index, line] of lines.entries()) {
    const { stdout } = await machine.exec(`${line} > /tmp/${index} 2>&1 & echo $!`)
    pids.push(stdout.trim())
  }
  const ready = 'grep -q held /tmp/1 && grep -q held /tmp/2'
  const { exitCode, stdout } = await machine.exec(
    `n=0; while ! { ${ready}; }; do n=$((n + 1)); [ $n = 200 ] && cat /tmp/1 /tmp/2 && exit 1; usleep 200000; done`,
    patience,
  )
  if (exitCode !== 0) throw new Error(`the mappings did not come: ${stdout}`)
  return pids
}

async function record(arch: Arch, series: Series): Promise<void> {
  const [collector, hold] = [await guestProgram('collect'), await guestProgram('hold')]
  using shared = createSharedMemory(1 << 20, 5)
  const folder = await mkdtemp(join(tmpdir(), 'physmem-record-'))
  const size = ['-m', `${memoryMb}`, '-smp', '2', ...memory]
  const tree = arch === 'aarch64' ? await withAliases(folder, size) : []
  await using machine = await startMachine({
    arch,
    series,
    modules: ['uio_edu', 'e1000'],
    devices: [...cards, ...shared.devices, ...memory, ...tree],
    memoryMb,
    cpus: 2,
    append: 'iomem=strict hugepages=4',
    files: [collector.entry, hold.entry, { path: '/etc/passwd', content: passwd }],
    lifetimeMs: 600_000,
    bootTimeoutMs: 180_000,
  })
  await rm(folder, { recursive: true }) // QEMU has read it
  const pids = await startProcesses(machine, hold.command, arch)
  const line = `${collector.command} ${pids.join(' ')}`
  const root = await collect(machine, line)
  const release = machine.kernel.release
  const config = await readFile(machine.kernel.config)
  root.push({ path: `/boot/config-${release}`, content: config.toString('base64') })
  const trees: Record<string, RecordedEntry[]> = { root }
  const others = { user: `su user -c "${line}"`, namespace: `unshare -Ur ${line}` }
  for (const [reader, commandLine] of Object.entries(others)) {
    const { changed, closed } = differenceOf(root, await collect(machine, commandLine))
    const list = closed.filter((path) => !path.startsWith('/boot/')).map((path) => `${path}\n`)
    const content = Buffer.from(list.join('')).toString('base64')
    trees[reader] = [...changed, { path: '/closed', content }]
  }
  const file = join(repositoryRoot(), 'src/linux/testing/recorded', `${arch}-${series}.tar.gz`)
  const bytes = await writeArchive(file, trees)
  process.stderr.write(`${file}: ${root.length} files, ${Math.ceil(bytes / 1024)} KiB\n`)
}

const passwd = 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n'

const wanted = process.argv.slice(2)
for (const arch of arches) {
  for (const series of seriesList) {
    if (wanted.length === 0 || wanted.includes(`${arch}-${series}`)) await record(arch, series)
  }
}
