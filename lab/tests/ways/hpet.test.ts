/** The high precision event timer of a PC, by /dev/mem: registers that also QEMU can read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { physmem, printed } from '../../machine/physmem.ts'

// IA-PC HPET Specification 1.0a, section 2.3.
const CAPABILITIES = 0xfed00000
const MAIN_COUNTER = 0xfed000f0
const COMPARATOR_2 = 0xfed00148

const hex = (value: number | bigint, digits = 8): string =>
  `0x${value.toString(16).padStart(digits, '0')}`

const reason = labUnavailable('x86_64', '6.1')
describe.skipIf(reason)(labTitle('the HPET', reason), () => {
  let machine: Machine

  beforeAll(async () => {
    machine = await startMachine({ arch: 'x86_64' })
  })

  afterAll(() => machine?.stop())

  it('has the capabilities and the period that QEMU sees', async () => {
    const [low = 0, high = 0] = await machine.xp(CAPABILITIES, 32, 2)
    expect(high).toBe(10_000_000) // femtoseconds: 100 MHz
    expect(await physmem(machine, 'read 0xfed00000..+8')).toEqual(
      printed(`0xfed00000  ${hex(low)}`, `0xfed00004  ${hex(high)}`),
    )
  })

  it('is read by 64 bits in one access, between two looks of QEMU', async () => {
    const [before = 0n] = await machine.xp(MAIN_COUNTER, 64)
    const { stdout, stderr } = await physmem(machine, 'read 0xfed000f0 --width 64 --quiet')
    const [after = 0n] = await machine.xp(MAIN_COUNTER, 64)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^0x[0-9a-f]{16}\n$/)
    expect(BigInt(stdout)).toBeGreaterThan(before)
    expect(BigInt(stdout)).toBeLessThan(after)
  })

  it('keeps what is written to an idle comparator, where QEMU finds it', async () => {
    const written = await physmem(machine, 'write 0xfed00148=0x1234_5678 0xfed00148:15:8=0xab')
    expect(written).toEqual(
      printed('0xfed00148:15:8  read 0x56, wrote 0xab  in 0x12345678, 0x1234ab78'),
    )
    expect(await machine.xp(COMPARATOR_2, 32)).toEqual([0x1234ab78])
  })

  it('is seen to count by watch, one line a change', async () => {
    const watched = await physmem(machine, 'watch 0xfed000f0 --interval 20ms --count 4')
    expect(watched).toMatchObject({ stderr: '', exitCode: 0 })
    const line =
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}0xfed000f0 {2}(?:(0x[0-9a-f]{8}) -> )?(0x[0-9a-f]{8})$/
    const looks = watched.stdout
      .trimEnd()
      .split('\n')
      .map((text) => line.exec(text)?.slice(1))
    const values = looks.map((look) => look?.[1])
    expect(new Set(values).size).toBe(4)
    expect(looks.map((look) => look?.[0])).toEqual([undefined, ...values.slice(0, 3)])
  })
})
