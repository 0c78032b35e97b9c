/**
 * RAM that the kernel was told to leave alone, by /dev/mem; QEMU says what is in it. On both CPUs,
 * and at its end: what lies past is the kernel's RAM on x86-64, which is refused to writes and read
 * through /proc/kcore, and is not there on arm64.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, type MachineOptions, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, physmemJson, printed } from '../../machine/physmem.ts'
import { guestProgram } from '../../supply/guest-program.ts'

interface Setting {
  readonly title: string
  readonly options: MachineOptions
  readonly base: number
  /**
   * What happens to an access past the end: the message, its code, and the cure if there is one.
   */
  readonly behind: {
    readonly code: string
    readonly message: (direction: string) => string
    readonly cure: (release: string) => readonly string[]
    /** As the list of what a dump is missing has it; absent where it can be read. */
    readonly reason?: string
  }
}

const length = 1 << 20
const isRam =
  'cannot be mapped: it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)'
const settings: readonly Setting[] = [
  {
    title: 'x86-64, by memmap=',
    options: { arch: 'x86_64', append: 'memmap=1M$0x20000000' },
    base: 0x2000_0000,
    behind: {
      code: 'EREFUSED_STRICT_DEVMEM',
      message: () => `0x20100000 (/dev/mem) ${isRam}`,
      cure: (release) => [
        `  cure: install the headers of kernel ${release}, then build and load the module: physmem kmod build && physmem kmod load; or reserve the range at boot (memmap=), or use a kernel without CONFIG_STRICT_DEVMEM`,
      ],
    },
  },
  {
    title: 'arm64, by mem=',
    options: { arch: 'aarch64', append: 'mem=512M', memoryMb: 768 },
    base: 0x6ff0_0000,
    behind: {
      code: 'EFAULT_BUS',
      message: (direction) =>
        `32-bit ${direction} at 0x70000000 failed: nothing answered (bus error)`,
      cure: () => [],
      reason: 'nothing answered (bus error)',
    },
  },
]

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`

for (const { title, options, base, behind } of settings) {
  const end = base + length
  const reason = labUnavailable(options.arch, '6.1')
  describe.skipIf(reason)(labTitle(`RAM set aside on ${title}`, reason), () => {
    let machine: Machine
    let widths: string

    beforeAll(async () => {
      const program = await guestProgram('widths')
      widths = program.command
      machine = await startMachine({ ...options, files: [program.entry] })
    })

    afterAll(() => machine?.stop())

    it('is written at all widths; QEMU and loads of all widths agree', async () => {
      const { stdout, stderr } = await machine.exec(`${widths} ${base}`)
      expect(stderr).toBe('')
      const half = 'efcdab8967452301efbeadde0000000010ca12ca14ca16ca98999a9b9c9d9e9f'
      expect((await machine.pmemsave(base, 64)).toString('hex')).toBe(half + half)
      const seen: [string, string[]][] = [8, 16, 32, 64].flatMap((width) => {
        const elements = half.match(new RegExp(`.{${width / 4}}`, 'g')) ?? []
        const values = elements.map((text) => Buffer.from(text, 'hex').reverse().toString('hex'))
        return [
          [`memory, ${width} bits`, values],
          [`window, ${width} bits`, values],
        ]
      })
      expect(JSON.parse(stdout)).toEqual(Object.fromEntries(seen))
    })

    it('is loaded and dumped, byte for byte as QEMU has it', async () => {
      const bytes = randomBytes(length)
      await machine.exec('cat > /tmp/random.bin', { stdin: bytes })
      expect(await physmem(machine, `load ${hex(base)} /tmp/random.bin`)).toEqual(
        printed(`1048576 bytes of /tmp/random.bin are at ${hex(base)}`),
      )
      const saved = await machine.pmemsave(base, length)
      expect(saved.equals(bytes)).toBe(true)
      expect(await physmem(machine, `dump ${hex(base)}..+1M -o /tmp/ram.bin --width 64`)).toEqual(
        printed(`1048576 bytes from ${hex(base)} are in /tmp/ram.bin`),
      )
      expect((await machine.readFile('/tmp/ram.bin')).equals(saved)).toBe(true)
    })

    it('is written up to its end by a bus error, not at all where mapping is refused', async () => {
      const [last, first, second] = [end - 4, end, end + 4].map(hex)
      const [before] = await machine.xp(end - 4, 32)
      const done = behind.code === 'EFAULT_BUS'
      const made = done ? `1 of 3 assignments (${last}=0x00000011)` : '0 of 3 assignments'
      const rest = `${first}=0x00000022, ${second}=0x00000033`
      const outcome = await physmem(machine, `write ${last}=0x11 ${first}=0x22 ${second}=0x33`)
      expect(outcome).toEqual(
        failed(
          1,
          `physmem: ${behind.message('write')}`,
          `  done: made ${made}; not made: ${done ? '' : `${last}=0x00000011, `}${rest}`,
          ...behind.cure(machine.kernel.release),
        ),
      )
      expect(await machine.xp(end - 4, 32)).toEqual([done ? 0x11 : before])
    })

    it('is read up to its end, and what was read is printed', async () => {
      const range = `${hex(end - 8)}..+16`
      if (behind.reason === undefined) {
        // What lies past is in use: it may change between two looks.
        const values = await machine.xp(end - 8, 32, 2)
        const { stdout, stderr, exitCode } = await physmem(machine, `read ${range} -q`)
        expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
        const lines = stdout.trimEnd().split('\n')
        expect(lines).toHaveLength(4)
        expect(lines.slice(0, 2)).toEqual(values.map((value) => hex(value)))
        return
      }
      const { document, stderr, exitCode } = await physmemJson(machine, `read ${range}`)
      const [before = 0, last = 0] = await machine.xp(end - 8, 32, 2)
      expect(document.results).toEqual([
        { place: hex(end - 8), address: end - 8, width: 32, value: before },
        { place: hex(end - 4), address: end - 4, width: 32, value: last },
      ])
      expect(document.error?.code).toBe(behind.code)
      expect({ stdout: '', stderr, exitCode }).toEqual(
        failed(
          1,
          `physmem: ${behind.message('read')}`,
          '  done: read 2 of 4 elements',
          ...behind.cure(machine.kernel.release),
        ),
      )
    })

    it('is dumped up to its end: the file is kept, or goes on with a hole', async () => {
      const range = `${hex(end - 4096)}..+8k`
      if (behind.reason === undefined) {
        const whole = await inGuest(machine, `physmem dump ${range} -o /tmp/whole.bin`)
        expect(whole).toEqual(printed(`8192 bytes from ${hex(end - 4096)} are in /tmp/whole.bin`))
        const bytes = await machine.readFile('/tmp/whole.bin')
        expect(bytes).toHaveLength(8192)
        expect(bytes.subarray(0, 4096).equals(await machine.pmemsave(end - 4096, 4096))).toBe(true)
        return
      }
      const stopped = await inGuest(machine, `physmem dump ${range} -o /tmp/part.bin`)
      expect(stopped).toEqual(
        failed(
          1,
          `physmem: ${behind.message('read')}`,
          `  done: 4096 bytes (${hex(end - 4096)} to ${hex(end - 1)}) are in /tmp/part.bin`,
          ...behind.cure(machine.kernel.release),
        ),
      )
      const there = await machine.pmemsave(end - 4096, 4096)
      expect((await machine.readFile('/tmp/part.bin')).equals(there)).toBe(true)

      expect(await physmem(machine, `dump ${range} -o /tmp/hole.bin --keep-going`)).toEqual({
        stdout: `4096 bytes from ${hex(end - 4096)} are in /tmp/hole.bin\n`,
        stderr: [
          'physmem: 4 KiB were not read and are missing; in /tmp/hole.bin they are holes, which read as zeros',
          `  ${hex(end)}..+0x1000  ${behind.reason}\n`,
        ].join('\n'),
        exitCode: 1,
      })
      const holed = Buffer.concat([there, Buffer.alloc(4096)])
      expect((await machine.readFile('/tmp/hole.bin')).equals(holed)).toBe(true)
    })
  })
}
