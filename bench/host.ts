import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

/** The machine that the figures are of, as a Markdown list. */
export function describeHost(): string {
  const [cpu] = cpus()
  const lines = [
    `date: ${new Date().toISOString().slice(0, 10)}`,
    `machine: ${product()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
    `CPU: ${cpu?.model.trim()} × ${cpus().length} (${process.arch})`,
    `kernel: Linux ${release()}`,
    `Node: ${process.versions.node} (V8 ${process.versions.v8})`,
    `load at the start: ${load()}`,
  ]
  return lines.map((line) => `- ${line}\n`).join('')
}

function load(): string {
  const [minute = 0] = loadavg()
  const share = minute / cpus().length
  const busy = share > 0.25 ? ': **busy**, so that only ratios count, and less than usual' : ''
  return `${minute.toFixed(2)} on ${cpus().length} CPUs${busy}`
}

function product(): string {
  const virtual = /^flags\s*:.*\bhypervisor\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))
  return virtual ? 'a virtual machine' : 'a physical machine'
}
