/**
 * Cache lines on both CPUs, in RAM that was set aside. QEMU has no caches, so what is shown is that
 * the kernel lets the instructions run, and that they change nothing.
 */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type MachineOptions, startMachine } from '../../machine/machine.ts'
import { physmem, physmemJson, printed } from '../../machine/physmem.ts'

interface Setting {
  readonly title: string
  readonly options: MachineOptions
  readonly base: number
  readonly clean: string
  readonly flush: string
  readonly note: string
}

const settings: readonly Setting[] = [
  {
    title: 'x86-64 with clwb',
    options: { arch: 'x86_64', append: 'memmap=1M$0x20000000' },
    base: 0x2000_0000,
    clean: 'clwb',
    flush: 'clflushopt',
    note: '',
  },
  {
    title: 'x86-64 with nothing but clflush',
    options: { arch: 'x86_64', append: 'memmap=1M$0x20000000', cpu: 'Nehalem,+rdrand' },
    base: 0x2000_0000,
    clean: 'clflush',
    flush: 'clflush',
    note: 'physmem: this CPU has no clwb: clflush cleans a line and also drops it\n',
  },
  {
    title: 'arm64',
    options: { arch: 'aarch64', append: 'mem=512M', memoryMb: 768 },
    base: 0x6ff0_0000,
    clean: 'dc cvac',
    flush: 'dc civac',
    note: '',
  },
]

for (const { title, options, base, clean, flush, note } of settings) {
  const reason = labUnavailable(options.arch, '6.1')
  describe.skipIf(reason)(labTitle(`cache lines on ${title}`, reason), () => {
    it('are cleaned and flushed, and their bytes stay', async () => {
      await using machine = await startMachine(options)
      const bytes = randomBytes(8192)
      await machine.exec('cat > /tmp/random.bin', { stdin: bytes })
      const at = `0x${base.toString(16)}`
      await physmem(machine, `load ${at} /tmp/random.bin`)
      expect(await physmem(machine, `cache clean ${at}..+8k`)).toEqual({
        ...printed(`128 lines of 64 bytes were cleaned (${clean})`),
        stderr: note,
      })
      expect(await physmem(machine, `cache flush ${at}+63..+2`)).toEqual(
        printed(`2 lines of 64 bytes were flushed (${flush})`),
      )
      expect((await machine.pmemsave(base, 8192)).equals(bytes)).toBe(true)

      const invalidate = await physmemJson(machine, `cache invalidate ${at}..+64`)
      expect([invalidate.exitCode, invalidate.document.error?.code]).toEqual([1, 'EREFUSED'])
      // RAM that the kernel uses can only be read, by system calls: its lines are out of reach.
      const iomem = (await machine.readFile('/proc/iomem')).toString()
      const code = /([0-9a-f]+)-[0-9a-f]+ : Kernel code/.exec(iomem)?.[1] ?? ''
      const kernel = await physmemJson(machine, `cache flush 0x${code}..+64`)
      expect(kernel.exitCode).toBe(1)
      expect(kernel.document.error?.code).toBe('EREFUSED_STRICT_DEVMEM')
    })
  })
}
