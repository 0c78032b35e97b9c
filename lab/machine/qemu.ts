import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex, Readable, Writable } from 'node:stream'
import { archFacts, type GuestArch } from '../supply/arch.ts'
import { findProgram } from '../supply/command.ts'

export interface QemuOptions {
  readonly arch: GuestArch
  readonly kernel: string
  /** An open file. */
  readonly initramfs: number
  readonly append: string
  readonly devices: readonly string[]
  readonly memoryMb: number
  readonly cpus: number
  readonly cpu: string | undefined
  readonly traces: readonly string[]
}

interface Board {
  readonly machine: string
  readonly cpu: string
  readonly append: string
}

const boards: Readonly<Record<GuestArch, Board>> = {
  x86_64: {
    machine: 'q35',
    // With a random number instruction, or the kernel gathers entropy for a second; with the
    // cache-line instructions, which physmem uses.
    cpu: 'Nehalem,+rdrand,+clflushopt,+clwb',
    append: 'console=ttyS0 tsc=reliable no_timer_check',
  },
  aarch64: {
    machine: 'virt',
    cpu: 'cortex-a72',
    // As on x86, where mitigations=off does so: with page tables apart for the kernel, which KASLR
    // asks for (arch/arm64/kernel/cpufeature.c, unmap_kernel_at_el0), every system call has QEMU
    // look its pages up anew, and a command takes a third longer.
    append: 'console=ttyAMA0 kpti=off',
  },
  arm: {
    // All below 4 GiB, which is as far as a kernel without LPAE goes.
    machine: 'virt,highmem=off',
    cpu: 'cortex-a15',
    append: 'console=ttyAMA0',
  },
  riscv64: {
    machine: 'virt',
    cpu: 'rv64',
    append: 'console=ttyS0',
  },
}

/** Halves the boot; nothing of it touches how memory is mapped, protected or refused. */
const quickBoot = [
  'panic=-1',
  'quiet',
  'cryptomgr.notests=1',
  'mitigations=off',
  'apparmor=0',
  'audit=0',
  'rcupdate.rcu_expedited=1',
  'random.trust_cpu=1',
  // Or what spins in one session takes half of the CPU from a command in another, however nice it is.
  'noautogroup',
].join(' ')

function qemuArguments(options: QemuOptions): string[] {
  const board = boards[options.arch]
  return [
    ...['-nodefaults', '-display', 'none', '-no-reboot'],
    ...['-machine', board.machine, '-accel', 'tcg', '-cpu', options.cpu ?? board.cpu],
    ...['-m', String(options.memoryMb), '-smp', String(options.cpus)],
    ...['-kernel', options.kernel, '-initrd', '/dev/fd/5'],
    ...['-append', `${board.append} ${quickBoot} ${options.append}`.trim()],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-chardev', 'socket,id=guest,fd=3', '-device', 'virtio-serial-pci,addr=0x1e'],
    ...['-device', 'virtserialport,chardev=guest,name=lab.guest'],
    ...['-chardev', 'socket,id=qmp,fd=4', '-mon', 'chardev=qmp,mode=control'],
    ...options.traces.flatMap((trace) => ['-trace', trace]),
    ...options.devices,
  ]
}

export interface QemuProcess {
  readonly child: ChildProcess
  readonly console: Readable
  readonly consoleInput: Writable
  readonly messages: Readable
  readonly guest: Duplex
  readonly qmp: Duplex
}

/**
 * Starts QEMU. Its connections are socket pairs made with the process, so there are no paths to
 * clean up and no moment at which one side waits for the other to appear.
 */
export function startQemu(options: QemuOptions): QemuProcess {
  const program = archFacts[options.arch].qemu
  const line = [program, ...qemuArguments(options)]
  // setpriv replaces itself by QEMU, which then dies with this process however it ends.
  const setpriv = findProgram('setpriv')
  const [file = program, ...rest] = setpriv ? [setpriv, '--pdeathsig', 'KILL', '--', ...line] : line
  const child = spawn(file, rest, {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', options.initramfs],
  })
  const [consoleInput, console, messages, guest, qmp] = child.stdio
  return {
    child,
    consoleInput: consoleInput as Writable,
    console: console as Readable,
    messages: messages as Readable,
    guest: guest as Duplex,
    qmp: qmp as Duplex,
  }
}
