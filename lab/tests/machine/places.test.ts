/** Places by name on packaged kernels: of a process, of the kernel, in /proc/iomem, in a device tree. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Holder, holderProgram, startHolder } from '../../machine/holder.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, physmemJson, printed } from '../../machine/physmem.ts'
import { type Arch, arches } from '../../supply/arch.ts'

const patience = { timeoutMs: 90_000 }
const series = '6.12'

/** RAM that the kernel was told to leave alone, and that /dev/mem may reach: see ram.test.ts. */
const reserved: Record<Arch, { append: string; address: number }> = {
  x86_64: { append: 'memmap=1M$0x20000000', address: 0x2000_0000 },
  aarch64: { append: 'mem=512M iomem=relaxed', address: 0x6ff0_0000 },
}

for (const arch of arches) {
  const reason = labUnavailable(arch, series)
  describe.skipIf(reason)(labTitle(`places by name on ${arch}`, reason), () => {
    const { append, address } = reserved[arch]
    let machine: Machine
    let pid: number
    let at: Holder['at']

    beforeAll(async () => {
      machine = await startMachine({
        arch,
        series,
        append,
        files: [await holderProgram(arch)],
        lifetimeMs: 600_000,
        bootTimeoutMs: 150_000,
      })
      ;({ pid, at } = await startHolder(machine, `mem ${address}`))
    }, 300_000)

    afterAll(() => machine?.stop())

    const run = (line: string) => physmem(machine, line, patience)
    const hex64 = (value: bigint) => `0x${value.toString(16).padStart(16, '0')}`

    it("reads a process's page: every 8 bytes hold their own address", async () => {
      const first = BigInt(at.pattern ?? 0)
      const place = `pid:${pid}:0x${first.toString(16)}`
      expect(await run(`read ${place} ${place}+0xff8 --width 64`)).toEqual(
        printed(
          `${place.padEnd(place.length + 6)}  ${hex64(first)}`,
          `${place}+0xff8  ${hex64(first + 0xff8n)}`,
        ),
      )
    })

    it('says which way it went: RAM by /proc/kcore', async () => {
      const { stderr, exitCode } = await run(`read pid:${pid}:${at.pattern} --verbose`)
      expect(stderr).toMatch(
        /^physmem: 0x[0-9a-f]{8,} by \/proc\/kcore: .* it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let \/dev\/mem reach \(EPERM\)\n$/,
      )
      expect(exitCode).toBe(0)
    })

    it("writes a process's variable through physical memory, and the process sees it", async () => {
      const place = `pid:${pid}:${at.mem}`
      const { stderr, exitCode } = await run(`write ${place}=0x5eed1234`)
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
      // The holder's variable is the second word of the page.
      expect(await machine.xp(address + 4, 32)).toEqual([0x5eed1234])
      expect((await run(`read ${place} -q`)).stdout).toBe('0x5eed1234\n')
      const said = await inGuest(machine, 'sleep 1; tail -n 1 /tmp/holder', patience)
      expect(said.stdout).toBe('mem 0x5eed1234\n')
    })

    it("refuses to write a process's RAM, with the doctor's reason", async () => {
      const place = `pid:${pid}:${at.pattern}`
      const { document, exitCode } = await physmemJson(machine, `write ${place}=1`)
      expect(document.error?.code).toBe('EREFUSED_STRICT_DEVMEM')
      expect(document.error?.message).toMatch(
        /^pid:\d+:0x[0-9a-f]+, at 0x[0-9a-f]+ \(\/dev\/mem\), cannot be mapped: it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let \/dev\/mem reach \(EPERM\)$/,
      )
      expect(exitCode).toBe(1)
      const first = BigInt(at.pattern ?? 0)
      expect((await run(`read ${place} -w 64 -q`)).stdout).toBe(`${hex64(first)}\n`)
    })

    it('says why there is nothing at a virtual address', async () => {
      const codes = async (place: string) => {
        const { document, exitCode } = await physmemJson(machine, `read ${place}`)
        return [document.error?.code, exitCode]
      }
      expect(await codes(`pid:${pid}:${at.untouched}`)).toEqual(['ENOTPRESENT', 1])
      expect(await codes(`pid:${pid}:0x1000`)).toEqual(['EUNMAPPED', 1])
      expect(await codes('pid:2:0x1000')).toEqual(['EKERNELTHREAD', 1])
      expect(await codes('pid:4000000:0x1000')).toEqual(['ENOPROCESS', 1])
    })

    it("reads the kernel's own text by its symbol", async () => {
      const wanted = `Linux version ${machine.kernel.release}`
      const dumped = await run(`dump kernel:linux_banner..+${wanted.length} --width 8 -o -`)
      expect(dumped).toEqual({ stdout: wanted, stderr: '', exitCode: 0 })
    })

    it('writes neither to the kernel nor past its symbols', async () => {
      const { document, exitCode } = await physmemJson(machine, 'write kernel:linux_banner=0 -w 8')
      expect([document.error?.code, exitCode]).toEqual(['EREFUSED_STRICT_DEVMEM', 1])
      expect(await run('read kernel:linux_bannr')).toEqual(
        failed(2, 'physmem: the kernel has no symbol linux_bannr, did you mean linux_banner?'),
      )
    })

    it.runIf(arch === 'x86_64')('reads a resource by its name', async () => {
      const { stdout, exitCode } = await run(`read 'iomem:"HPET 0"' -q`)
      expect({ stdout, exitCode }).toEqual({
        stdout: `0x${((await machine.xp(0xfed0_0000, 32))[0] ?? 0).toString(16).padStart(8, '0')}\n`,
        exitCode: 0,
      })
      expect(await run(`read 'iomem:HPET 0+0x400'`)).toEqual(
        failed(2, 'physmem: 0x400 to 0x403 is not inside iomem:"HPET 0": expected 0x0 to 0x3ff'),
      )
    })

    it.runIf(arch === 'aarch64')('reads a device by its node, live and in a file', async () => {
      // Arm PrimeCell UART (PL011), DDI 0183: the first of its identification registers.
      expect(await run('read dt:/pl011@9000000+0xfe0')).toEqual(
        printed('dt:/pl011@9000000+0xfe0  0x00000011'),
      )
      await machine.exec('cp /sys/firmware/fdt /tmp/board.dtb')
      expect(await run('read dtb:/tmp/board.dtb:/pl011+0xfe0 -q')).toEqual(printed('0x00000011'))
      expect(await run('read dt:/pl011+0x1000')).toEqual(
        failed(2, 'physmem: 0x1000 to 0x1003 is not inside dt:/pl011: expected 0x0 to 0xfff'),
      )
    })
  })
}
