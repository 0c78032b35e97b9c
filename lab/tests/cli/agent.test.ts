/**
 * The agent on real kernels, by /dev/mem: beside the devmem of busybox, with QEMU's trace of what a
 * device saw, and by frames. It needs no Node in the guest.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ASK, frame, path, readAnswers, u32, u64 } from '../../../src/cli/testing/agent-frames.ts'
import { Program } from '../../../src/memory/program.ts'
import { labTitle, machineUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, printed } from '../../machine/physmem.ts'
import { type Arch, archFacts } from '../../supply/arch.ts'
import { repositoryRoot } from '../../supply/repository.ts'

const agentOf = (arch: Arch) =>
  join(repositoryRoot(), 'prebuilds', `linux-${archFacts[arch].node}`, 'physmem-agent')

const unavailable = (arch: Arch) =>
  machineUnavailable(arch, '6.1') ?? (existsSync(agentOf(arch)) ? undefined : `no ${agentOf(arch)}`)

const entry = (arch: Arch) => ({
  path: '/usr/bin/physmem-agent',
  mode: 0o755,
  source: agentOf(arch),
})

const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`

/** The same lines by the devmem of busybox and by the agent, one behind the other. */
async function compared(machine: Machine, lines: readonly string[]) {
  const all = (program: string) =>
    inGuest(machine, lines.map((line) => `${program} ${line}; echo $?`).join('; '))
  const ours = await all('physmem-agent devmem')
  expect(ours).toEqual(await all('devmem'))
  return ours
}

const x86 = unavailable('x86_64')
describe.skipIf(x86)(labTitle('the agent on x86-64', x86), () => {
  let machine: Machine
  const agent = (line: string) => inGuest(machine, `physmem-agent ${line}`)

  beforeAll(async () => {
    machine = await startMachine({ arch: 'x86_64', files: [entry('x86_64')] })
  })

  afterAll(() => machine?.stop())

  it('is devmem as busybox has it', async () => {
    const lines = ['0xfed00000', '0xfed00000 64', '0xfed00148 32 0x1234ABCD', '0xfed00148 h']
    const { stdout } = await compared(machine, lines)
    // QEMU's HPET answers 16 bits with zeros.
    expect(stdout).toMatch(/^0x[0-9A-F]{8}\n0\n0x[0-9A-F]{16}\n0\n0\n0x0000\n0\n$/)
  })

  it('reads and writes what QEMU sees', async () => {
    const [low = 0, high = 0] = await machine.xp(0xfed00000, 32, 2)
    expect(await agent('read 0xfed00000..+8')).toEqual(
      printed(`0xfed00000  ${hex(low)}`, `0xfed00004  ${hex(high)}`),
    )
    expect(await agent('write 0xfed00148=0x1234_5678 0xfed00148:15:8=0xab')).toEqual(
      printed('0xfed00148:15:8  read 0x56, wrote 0xab  in 0x12345678, 0x1234ab78'),
    )
    expect(await machine.xp(0xfed00148, 32)).toEqual([0x1234ab78])
  })

  it('waits for a register that counts', async () => {
    const { stdout, exitCode } = await agent("wait '0xfed000f0>0' --quiet")
    expect([stdout, exitCode]).toEqual([expect.stringMatching(/^0x[0-9a-f]{8}\n$/), 0])
    expect(await agent('wait 0xfed00004=1 --timeout 5ms')).toEqual(
      failed(3, 'physmem-agent: 0xfed00004 is 0x00989680, expected 0x00000001: waited 5ms'),
    )
  })

  it('says why RAM is refused', async () => {
    expect(await agent('read 0x01000000')).toEqual(
      failed(
        1,
        'physmem-agent: 0x01000000 (/dev/mem) cannot be mapped: CONFIG_STRICT_DEVMEM forbids it: RAM, or a region that a driver claims (EPERM)',
        '  cure: for a region that a driver claims, unbind the driver or boot with iomem=relaxed',
      ),
    )
    expect(await agent('devmem 0x01000000 32 1')).toMatchObject({ exitCode: 1, stdout: '' })
  })

  it('refuses to be set-uid', async () => {
    const script = [
      'cp /usr/bin/physmem-agent /tmp/a && chmod 4755 /tmp/a',
      'adduser -D -H somebody 2>/dev/null || echo "somebody:x:1000:1000::/:/bin/sh" >> /etc/passwd',
      'su somebody -s /bin/sh -c "/tmp/a read 0xfed00000"',
    ].join('\n')
    expect(await inGuest(machine, script)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining(
        'physmem-agent: it is set-uid, set-gid or has capabilities of its own: it runs only with the rights of the user who starts it',
      ),
    })
  })

  it('serves programs over /dev/mem', async () => {
    const program = new Program([{ op: 'read', address: 0xfed00004, width: 32 }]).encoded
    const stdin = Buffer.concat([
      frame(ASK.open, 1, u32(0), path('/dev/mem')),
      frame(ASK.memory, 2, u32(0, 0), u64(0, 1n << 40n)),
      frame(ASK.run, 3, u32(0, 0), program),
    ])
    const { stdoutBytes, exitCode } = await machine.exec('physmem-agent serve', { stdin })
    expect(exitCode).toBe(0)
    const { answers } = readAnswers(stdoutBytes)
    expect(answers.map(({ error }) => error)).toEqual([0, 0, 0])
    expect(answers[2]?.rest.readUInt32LE(36)).toBe(10_000_000)
  })
})

/** That for 32-bit Arm, which kernels for arm64 run, too, on CPUs that can. */
const agent32 = join(repositoryRoot(), 'prebuilds/linux-arm/physmem-agent')
const entry32 = existsSync(agent32)
  ? [{ path: '/usr/bin/agent32', mode: 0o755, source: agent32 }]
  : []

const arm64 = unavailable('aarch64')
describe.skipIf(arm64)(labTitle('the agent on arm64', arm64), () => {
  let machine: Machine
  const agent = (line: string) => inGuest(machine, `physmem-agent ${line}`)

  beforeAll(async () => {
    machine = await startMachine({
      arch: 'aarch64',
      append: 'iomem=relaxed mem=512M',
      memoryMb: 768,
      traces: ['pl011_read', 'pl011_write'],
      files: [entry('aarch64'), ...entry32],
    })
  })

  afterAll(() => machine?.stop())

  /** The accesses that the serial port saw while `work` went on. */
  async function traced(work: () => Promise<unknown>): Promise<string[]> {
    return (await machine.traced(work)).filter((line) => line.startsWith('pl011_'))
  }

  it('is devmem as busybox has it', async () => {
    const lines = ['0x09000fe0 32', '0x09000fe0', '0x09000ff0 8', '0x60000060 16 0xABCD']
    await compared(machine, [...lines, '0x60000060 64 0x0123456789ABCDEF', '0x60000060 l'])
    expect(await machine.xp(0x60000060, 64)).toEqual([0x0123456789abcdefn])
  })

  it('makes one access of a device for each that is asked for', async () => {
    const trace = await traced(async () => {
      expect(await agent('read 0x09000fe0 0x09000fe4 --width 16')).toEqual(
        printed('0x09000fe0  0x0011', '0x09000fe4  0x0010'),
      )
      expect(await agent('write 0x0900002c:3:0=5')).toMatchObject({ exitCode: 0, stderr: '' })
    })
    expect(trace.map((line) => line.replace(/ value .*/, ''))).toEqual([
      'pl011_read addr 0x00000fe0',
      'pl011_read addr 0x00000fe4',
      'pl011_read addr 0x0000002c',
      'pl011_write addr 0x0000002c',
    ])
  })

  const no32 = entry32.length > 0 ? undefined : `no ${agent32}`
  it.skipIf(no32)(labTitle('as a program of 32 bits does the same', no32), async () => {
    const agent32 = (line: string) => inGuest(machine, `agent32 ${line}`)
    const trace = await traced(async () => {
      expect(await agent32('devmem 0x09000fe0 h')).toEqual(printed('0x0011'))
      expect(await agent32('read 0x09000ff0..+8')).toEqual(
        printed('0x09000ff0  0x0000000d', '0x09000ff4  0x000000f0'),
      )
    })
    expect(trace.map((line) => line.replace(/ value .*/, ''))).toEqual([
      'pl011_read addr 0x00000fe0',
      'pl011_read addr 0x00000ff0',
      'pl011_read addr 0x00000ff4',
    ])
    expect(await agent32('write 0x60000100=0x12345678 0x60000100:7:0=0xab')).toMatchObject({
      exitCode: 0,
    })
    expect(await machine.xp(0x60000100, 32)).toEqual([0x123456ab])
    expect(await agent32('read 0x60000100 --width 64')).toEqual(
      failed(
        2,
        'physmem-agent: 0x60000100 (/dev/mem): this CPU (arm) has no single 64-bit access; use a width of 8, 16 or 32',
      ),
    )
    expect(await agent32('read 0x70000000')).toMatchObject({
      exitCode: 1,
      stderr: 'physmem-agent: 32-bit read at 0x70000000 failed: nothing answered (bus error)\n',
    })
  })

  it('fills and dumps RAM', async () => {
    expect(await agent('fill 0x60010000..+64k 0x01234567')).toEqual(
      printed('65536 bytes from 0x60010000 are written'),
    )
    expect((await machine.pmemsave(0x60010000, 65536)).readUInt32LE(65532)).toBe(0x01234567)
    const { stdoutBytes } = await machine.exec('physmem-agent dump 0x60010000..+64k -o -')
    expect(stdoutBytes).toEqual(await machine.pmemsave(0x60010000, 65536))
  })

  it('lives on where nothing answers', async () => {
    expect(await agent('read 0x6ffffffc..+8')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^0x6ffffffc {2}0x[0-9a-f]{8}\n$/),
      stderr:
        'physmem-agent: 32-bit read at 0x70000000 failed: nothing answered (bus error)\n  done: read 1 of 2 elements\n',
    })
    expect(await agent('devmem 0x70000000')).toEqual(
      failed(1, 'physmem-agent: 32-bit read at 0x70000000 failed: nothing answered (bus error)'),
    )
  })
})
