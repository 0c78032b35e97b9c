/**
 * This machine's physmem drives guests by the agent in them, over a virtual serial port that is a
 * socket here: what it prints is what the command prints in the guest itself, and QEMU's trace
 * shows the accesses. Nothing of physmem but the agent is used in the guest.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../../src/cli/testing/run.ts'
import { connect } from '../../../src/face/connect.ts'
import { labTitle, machineUnavailable } from '../../machine/available.ts'
import { type Machine, type MachineOptions, startMachine } from '../../machine/machine.ts'
import { physmem } from '../../machine/physmem.ts'
import { type Arch, archFacts } from '../../supply/arch.ts'
import { repositoryRoot } from '../../supply/repository.ts'

const agentOf = (arch: Arch) =>
  join(repositoryRoot(), 'prebuilds', `linux-${archFacts[arch].node}`, 'physmem-agent')

const unavailable = (arch: Arch) =>
  machineUnavailable(arch, '6.1') ?? (existsSync(agentOf(arch)) ? undefined : `no ${agentOf(arch)}`)

/** The port waits for somebody on the host, and ends when they go: then the next agent begins. */
const SERVE =
  'setsid sh -c "while :; do physmem-agent serve <> /dev/vport1p2 >&0; done" > /dev/null 2>&1 < /dev/null &'

const folder = mkdtempSync(join(tmpdir(), 'physmem-remote-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function startServed(options: MachineOptions): Promise<Machine> {
  const { arch, devices = [], files = [] } = options
  const machine = await startMachine({
    ...options,
    files: [...files, { path: '/usr/bin/physmem-agent', mode: 0o755, source: agentOf(arch) }],
    devices: [
      ...devices,
      ...['-chardev', `socket,id=agent,path=${join(folder, arch)},server=on,wait=off`],
      ...['-device', 'virtserialport,chardev=agent,name=physmem.agent'],
    ],
  })
  await machine.exec(SERVE.replaceAll('vport1p2', (await portOf(machine)).trim()))
  return machine
}

async function portOf(machine: Machine): Promise<string> {
  const script =
    'for port in /sys/class/virtio-ports/*; do grep -q physmem.agent $port/name && basename $port; done'
  return (await machine.exec(script)).stdout
}

const outcome = ({ code, out, err }: { code: number; out: string; err: string }) => ({
  exitCode: code,
  stdout: out,
  stderr: err,
})

/** The line by the agent, and in the guest. */
async function both(machine: Machine, arch: Arch, line: string) {
  const far = outcome(await run(`-t unix:${join(folder, arch)} ${line}`, { unicode: false }))
  const { exitCode, stdout, stderr } = await physmem(machine, line)
  return { far, near: { exitCode, stdout, stderr } }
}

const arm64 = unavailable('aarch64')
describe.skipIf(arm64)(labTitle('an agent on arm64', arm64), () => {
  let machine: Machine
  beforeAll(async () => {
    machine = await startServed({
      arch: 'aarch64',
      append: 'iomem=relaxed',
      traces: ['pl011_read', 'pl011_write'],
    })
  })
  afterAll(() => machine?.stop())

  it.each([
    'map',
    'list',
    'list serial0',
    'map 0x09000000',
    'map dt:/pl011@9000000',
    'read 0x09000fe0..+16',
    'read dt:/pl011@9000000+0xfe0 --width 16',
    'read pl011@0x09000000.FR',
    'read 0x9000001',
    'read iomem:nothing',
    'read dt:/nothing',
    'dump 0x09000fe0..+32',
    'read 0x0a000000 --json',
    'wait 0x09000fe0=0x11 --quiet',
    'wait 0x09000fe0=0x12 --timeout 10ms',
    'write 0x09000fe0=0 --dry-run',
    'translate 1 0x1000',
    'translate 2 0x1000',
    'owners 0x09000000',
  ])('%s: what it prints is what the guest prints', async (line) => {
    const { far, near } = await both(machine, 'aarch64', line)
    const same = (text: string) => text.replace(/waited [\d.]+ ?\w+|after [\d.]+ ?\w+/g, '')
    expect(same(far.stdout)).toEqual(same(near.stdout))
    expect({ ...far, stdout: '' }).toEqual({ ...near, stdout: '' })
  })

  it('says why RAM is refused, and what helps there', async () => {
    const far = await run(`-t unix:${join(folder, 'aarch64')} read 0x40000000`)
    expect(far).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining(
        '0x40000000 (/dev/mem) cannot be mapped: it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)',
      ),
    })
  })

  it('makes the accesses that are asked for, and no others', async () => {
    const before = machine.trace.length
    const far = outcome(await run(`-t unix:${join(folder, 'aarch64')} write 0x0900002c:3:0=5`))
    expect(far).toMatchObject({ exitCode: 0, stderr: '' })
    await expect.poll(() => machine.trace.slice(before)).toHaveLength(2)
    expect(machine.trace.slice(before).map((line) => line.replace(/ value .*/, ''))).toEqual([
      'pl011_read addr 0x0000002c',
      'pl011_write addr 0x0000002c',
    ])
  })

  it('is reached from TypeScript', async () => {
    await using board = await connect(`unix:${join(folder, 'aarch64')}`)
    const memory = await board.open()
    expect(await memory.read32(0x09000fe0)).toBe(0x11)
    const registers = await board.describe({ board: 'none' })
    expect(await registers.read('pl011@0x09000000.PeriphID0')).toMatchObject({ value: 0x11 })
    expect((await board.list()).some(({ place }) => place.startsWith('dt:'))).toBe(true)
  })
})

const x86 = unavailable('x86_64')
describe.skipIf(x86)(labTitle('an agent on x86-64', x86), () => {
  let machine: Machine
  beforeAll(async () => {
    machine = await startServed({ arch: 'x86_64', devices: ['-device', 'edu,addr=4'] })
  })
  afterAll(() => machine?.stop())

  it.each([
    'map',
    'list',
    'list edu',
    'map pci:0000:00:04.0/bar0+0x80',
    'read pci:0000:00:04.0/bar0',
    'read pci:1234:11e8/bar0',
    'read edu@pci:0000:00:04.0/bar0.ID',
    'read 0xfed00000 0xfed00004',
    'read hpet0.CONFIG',
    'read iomem:HPET',
    'read pci:0000:00:05.0/bar0',
    'read pci:0000:00:04.0/bar3',
    'write 0x01000000=0 --dry-run',
    'read pci:0000:00:04.0/bar0+0x8 -v',
    'translate 1 0x1000',
    'translate 2 0x1000',
    'translate kernel no_such_symbol',
    'owners 0x000f0000',
    'owners pci:0000:00:04.0/bar0',
  ])('%s: what it prints is what the guest prints', async (line) => {
    const { far, near } = await both(machine, 'x86_64', line)
    expect(far).toEqual(near)
  })

  it('tells where a page of a process is, and who owns it, as the guest does', async () => {
    const maps = (await machine.exec("grep -F '[stack]' /proc/1/maps")).stdout
    const top = BigInt(`0x${/-([0-9a-f]+) /.exec(maps)?.[1]}`) - 8n
    for (const line of [
      `translate 1 0x${top.toString(16)}`,
      `owners pid:1:0x${top.toString(16)}`,
    ]) {
      const { far, near } = await both(machine, 'x86_64', line)
      expect(far).toEqual(near)
      expect(far).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('[stack]') })
    }
  })
})
