/**
 * Run in a guest: prints, as JSON, the files of /proc and /sys that src/linux reads, as far as the
 * user who runs it can. Files of /proc have no size, so they are read, not archived.
 */

import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { filesAt } from '../../../src/linux/files-at.ts'
import { kcoreHeaderLength } from '../../../src/linux/kcore.ts'
import { readStart } from '../../../src/linux/read.ts'
import type { RecordedEntry } from '../../by-hand/recording/entries.ts'

const entries = new Map<string, RecordedEntry>()

function attempt(act: () => void): void {
  try {
    act()
  } catch {
    // not there, or not for this user
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function put(path: string, content: Uint8Array): void {
  entries.set(path, { path, content: Buffer.from(content).toString('base64') })
}

function link(path: string): void {
  attempt(() => entries.set(path, { path, link: readlinkSync(path) }))
}

function file(path: string): void {
  attempt(() => put(path, readFileSync(path)))
}

/** Some files of a folder; symbolic links as such. */
function some(folder: string, ...wanted: string[]): void {
  for (const name of wanted) {
    const path = join(folder, name)
    attempt(() => (lstatSync(path).isSymbolicLink() ? link(path) : file(path)))
  }
}

/** All below a folder. */
function whole(folder: string): void {
  for (const name of names(folder)) {
    const path = join(folder, name)
    attempt(() => {
      const stat = lstatSync(path)
      if (stat.isDirectory()) {
        entries.set(path, { path, folder: true })
        whole(path)
      } else some(folder, name)
    })
  }
}

/** The links of a folder of sysfs, and for each what `take` wants of the folder it leads to. */
function linked(folder: string, take: (real: string) => void): void {
  for (const name of names(folder)) {
    link(join(folder, name))
    attempt(() => take(realpathSync(join(folder, name))))
  }
}

function kernel(): void {
  some('/proc', 'iomem', 'ioports', 'cmdline', 'version', 'cpuinfo', 'meminfo', 'modules')
  some('/proc/sys/kernel', 'osrelease', 'kptr_restrict', 'dmesg_restrict', 'modules_disabled')
  attempt(() => {
    const start = readStart(filesAt(), '/proc/kcore', 64)
    if (start.length > 0)
      put('/proc/kcore', readStart(filesAt(), '/proc/kcore', kcoreHeaderLength(start)))
  })
  attempt(() => {
    const wanted =
      / (_text|_stext|_etext|_end|jiffies(_64)?|init_task|linux_banner|swapper_pg_dir|init_top_pgt|iomem_resource|memstart_addr|page_offset_base|phys_base|fixed_percpu_data|e1000_probe|e1000_driver_name|uio_edu_\w+|cleanup_module)(\t|$)/
    const lines = readFileSync('/proc/kallsyms', 'latin1').split('\n')
    const kept = lines.filter((line, index) => index < 20 || wanted.test(line))
    put('/proc/kallsyms', Buffer.from(`${kept.join('\n')}\n`))
  })
  some('/sys/kernel/security', 'lockdown')
  some('/sys/module/module/parameters', 'sig_enforce')
  some('/sys/kernel/mm/transparent_hugepage', 'enabled', 'hpage_pmd_size')
}

/** All processes by name; the mappings of those that are given and of this one. */
function processes(mapped: string[]): void {
  const own = String(process.pid)
  for (const pid of names('/proc').filter((name) => /^\d+$/.test(name) && name !== own)) {
    some(`/proc/${pid}`, 'stat', 'status', 'comm')
    if (mapped.includes(pid)) some(`/proc/${pid}`, 'maps', 'smaps', 'cgroup')
  }
  // As a folder and not as the link to a number, so that it can be of any reader.
  some('/proc/self', 'stat', 'status', 'maps', 'uid_map', 'gid_map', 'ns/user', 'mountinfo')
}

function devices(): void {
  linked('/sys/bus/pci/devices', (real) => {
    const facts = ['vendor', 'device', 'class', 'revision', 'subsystem_vendor', 'subsystem_device']
    some(real, ...facts, 'resource', 'config', 'enable', 'irq', 'numa_node', 'modalias')
    some(real, 'driver', 'subsystem', 'of_node', 'power_state', 'power/runtime_status')
  })
  for (const bus of ['platform', 'amba']) {
    linked(`/sys/bus/${bus}/devices`, (real) => some(real, 'driver', 'of_node', 'modalias'))
  }
  linked('/sys/class/uio', (real) => {
    some(real, 'name', 'version', 'event', 'device', 'subsystem')
    whole(join(real, 'maps'))
  })
}

function memory(): void {
  some('/sys/devices/system/memory', 'block_size_bytes')
  for (const block of names('/sys/devices/system/memory').filter((name) => /\d$/.test(name))) {
    some('/sys/devices/system/memory', `${block}/state`)
    const nodes = names(join('/sys/devices/system/memory', block)).filter((n) => /^node\d/.test(n))
    some(join('/sys/devices/system/memory', block), ...nodes)
  }
  some('/sys/devices/system/node', 'online', 'has_memory')
  for (const node of names('/sys/devices/system/node').filter((name) => /^node\d/.test(name))) {
    const folder = join('/sys/devices/system/node', node)
    some(folder, 'cpulist', 'meminfo', ...names(folder).filter((name) => /^memory\d/.test(name)))
  }
  whole('/sys/firmware/memmap')
  some('/sys/firmware', 'fdt')
  whole('/sys/firmware/devicetree/base')
}

kernel()
processes(process.argv.slice(2))
devices()
memory()
process.stdout.write(JSON.stringify([...entries.values()]))
