/**
 * What each caching costs, and what it is to the CPU: a buffer of the kernel module is written, read,
 * cleaned and flushed. Run it as root, with /dev/physmem.
 */
import { readFileSync } from 'node:fs'
import { allocateBuffer, type Caching, RefusedError } from 'physmem'

const bytes = 1 << 20
const page = 4096
const data = Uint8Array.from({ length: bytes }, (_, index) => index)
const cachings: Caching[] = ['write-back', 'write-combine', 'uncached']

/** Microseconds: the shortest of some rounds, each prepared by what is not timed. */
function time(work: () => void, prepare = () => {}): string {
  const rounds = Array.from({ length: 5 }, () => {
    prepare()
    const start = process.hrtime.bigint()
    work()
    return Number(process.hrtime.bigint() - start) / 1000
  })
  return Math.min(...rounds)
    .toFixed(0)
    .padStart(10)
}

/** What the page table of this process has where the module's memory is mapped; x86 only. */
function attributes(): string {
  const maps = readFileSync('/proc/self/maps', 'utf8')
  const start = BigInt(`0x${/^(\w+)-.* anon_inode:\[physmem-buffer\]$/m.exec(maps)?.[1]}`)
  try {
    // With CONFIG_PTDUMP_DEBUGFS: the entries of the process that reads the file.
    const table = readFileSync('/sys/kernel/debug/page_tables/current_kernel', 'utf8')
    for (const line of table.split('\n')) {
      const [, from, to, rest = ''] = /^(0x\w+)-(0x\w+)\s+\S+\s(.*)/.exec(line) ?? []
      if (from && to && BigInt(from) <= start && start < BigInt(to)) {
        return (rest.match(/PWT|PCD|PAT/g) ?? ['none']).join(' ')
      }
    }
  } catch {
    // the kernel has no such file
  }
  return 'not shown'
}

/** Without the module there is nothing to measure: the error says why, and what helps. */
function giveUp(error: unknown): never {
  if (!(error instanceof RefusedError)) throw error
  const { cure } = error.data
  console.error(`caching: ${error.message}${cure === undefined ? '' : `\n  cure: ${cure}`}`)
  process.exit(1)
}

console.log('caching            write      read     clean     flush  us for 1 MiB; page table bits')
for (const caching of cachings) {
  using buffer = await allocateBuffer({ length: bytes, caching }).catch(giveUp)
  const { window } = buffer
  const write = () => {
    window.writeBlock(0, 64, data)
    window.fence()
  }
  // Page by page: JavaScript takes longer to find a large block than the loads take.
  const read = () => {
    for (let at = 0; at < bytes; at += page) window.readBlock(at, 64, page / 8)
  }
  const times = [
    time(write),
    time(read),
    time(() => buffer.clean(), write),
    time(() => buffer.flush(), write),
  ]
  console.log(`${caching.padEnd(14)}${times.join('')}  ${attributes()}`)
}
