/**
 * A machine of the lab with a shell on its serial port, to try things by hand:
 *
 *   node scripts/run.mjs lab/by-hand/shell.ts [--arch aarch64] [--series 6.12] [--built] [--append WORDS]
 *     [--module NAME]... [--device ARGUMENT]... [--file PATH]... [--trace EVENT]... [--show REGEXP]
 *
 * Files are put into /root. What QEMU traces comes on stderr, of it only what the expression finds.
 * `poweroff -f` or the end of the input ends the machine.
 */
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { startMachine } from '../machine/machine.ts'
import { arches, seriesList } from '../supply/arch.ts'
import { ensureBuiltKernel } from '../supply/built-kernel.ts'

const { values } = parseArgs({
  options: {
    arch: { type: 'string', default: 'x86_64' },
    series: { type: 'string', default: '6.1' },
    built: { type: 'boolean', default: false },
    append: { type: 'string', default: '' },
    module: { type: 'string', multiple: true, default: [] },
    device: { type: 'string', multiple: true, default: [] },
    file: { type: 'string', multiple: true, default: [] },
    trace: { type: 'string', multiple: true, default: [] },
    show: { type: 'string', default: '' },
  },
})
const arch = arches.find((one) => one === values.arch)
const series = seriesList.find((one) => one === values.series)
if (!arch || !series) throw new Error(`there is no machine ${values.arch} with ${values.series}`)

const machine = await startMachine({
  arch,
  series,
  ...(values.built ? { kernel: await ensureBuiltKernel() } : {}),
  append: values.append,
  modules: values.module,
  devices: values.device.flatMap((one) => ['-device', one]),
  files: values.file.map((source) => ({ path: `/root/${basename(source)}`, source, mode: 0o755 })),
  traces: values.trace,
  lifetimeMs: 24 * 3_600_000,
  bootTimeoutMs: 300_000,
})

/** Copies what has come since the last call. */
function follow(text: () => string, write: (text: string) => void): () => void {
  let done = text().length
  return () => {
    const now = text()
    if (now.length > done) write(now.slice(done))
    done = now.length
  }
}

const shown = new RegExp(values.show)
const trace = (): string => {
  const lines = machine.trace.filter((line) => shown.test(line))
  return lines.map((line) => `${line}\n`).join('')
}
const copies = [
  follow(
    () => machine.console,
    (text) => process.stdout.write(text),
  ),
  follow(trace, (text) => process.stderr.write(text)),
]
const timer = setInterval(() => {
  for (const copy of copies) copy()
}, 50)

// Not the last command of its shell, which would replace itself by it, and so not wait for it.
const ended = machine.exec('setsid cttyhack sh < /dev/console > /dev/console 2>&1; true', {
  timeoutMs: 24 * 3_600_000,
})
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text: string) => machine.typeConsole(text))
process.stdin.on('end', () => machine.typeConsole('\nexit\n'))
// A machine that switched itself off is not a failure here.
await ended.catch(() => {})
for (const copy of copies) copy()
clearInterval(timer)
await machine.stop()
process.exit()
