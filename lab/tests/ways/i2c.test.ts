/**
 * Registers of I2C devices: EEPROMs of QEMU behind the SMBus of a PC, whose bus tells each byte;
 * i2c-stub, which has SMBus transactions only; and the lab's own adapter, which has those of I2C and
 * logs them. The tools of busybox (i2cget, i2cset, i2ctransfer) see the same values.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { busOf, I2C_TRACES, onBus } from '../../machine/i2c.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, printed } from '../../machine/physmem.ts'

const line = async (machine: Machine, command: string) =>
  (await inGuest(machine, command)).stdout.trim()

// A user besides root, and the group that Debian gives the nodes to.
const passwd = 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n'
const reason = labUnavailable('x86_64', '6.1')

describe.skipIf(reason)(labTitle('I2C devices of a PC', reason), () => {
  let machine: Machine
  /** The SMBus of the ICH9, with EEPROMs at 0x50 to 0x57; and i2c-stub, with a device at 0x48. */
  let bus: number
  let stub: number

  beforeAll(async () => {
    machine = await startMachine({
      arch: 'x86_64',
      modules: ['i2c-dev', 'i2c-i801', 'i2c-stub', 'lm75'],
      traces: I2C_TRACES,
      files: [
        { path: '/etc/passwd', content: passwd },
        { path: '/etc/group', content: 'root:x:0:\ni2c:x:998:\n' },
      ],
    })
    // It looks for its devices on each adapter that comes.
    await machine.exec('rmmod lm75')
    await machine.exec('insmod /lab/modules/*-i2c_stub.ko chip_addr=0x48')
    bus = await busOf(machine, 'SMBus I801')
    stub = await busOf(machine, 'SMBus stub')
  })

  afterAll(() => machine?.stop())

  /** What QEMU's bus has seen since the last call. */
  let seen = 0
  async function traced(): Promise<string[]> {
    await machine.settled()
    const lines = machine.trace.slice(seen)
    seen += lines.length
    return onBus(lines)
  }

  it('are read and written by one transaction an access', async () => {
    await traced()
    const at = `i2c:${bus}:0x50+0x10`
    expect(await physmem(machine, `write ${at}=0xa5 -w 8`)).toEqual(printed())
    expect(await traced()).toEqual([
      'start 0x50',
      'send 0x50 0x10',
      'send 0x50 0xa5',
      'finish 0x50',
    ])
    expect(await physmem(machine, `read ${at} -w 8`)).toEqual(printed(`${at}  0xa5`))
    expect(await traced()).toEqual([
      ...['start 0x50', 'send 0x50 0x10', 'start_async 0x50'],
      ...['recv 0x50 0xa5', 'nack 0x50', 'finish 0x50'],
    ])
    expect(await line(machine, `i2cget -y ${bus} 0x50 0x10`)).toBe('0xa5')
    expect(await line(machine, `i2cget -y ${bus} 0x51 0x10`)).not.toBe('0xa5')
  })

  it('have words with the low byte first on the wire, as i2cget has them', async () => {
    const at = `i2c:${bus}:0x50+0x21`
    expect(await physmem(machine, `write ${at}=0x1234 -w 16`)).toEqual(printed())
    expect(await line(machine, `i2cget -y ${bus} 0x50 0x21 w`)).toBe('0x1234')
    await traced()
    expect(await physmem(machine, `read ${at} -w 16 -q`)).toEqual(printed('0x1234'))
    expect(await traced()).toEqual([
      ...['start 0x50', 'send 0x50 0x21', 'start_async 0x50'],
      ...['recv 0x50 0x34', 'recv 0x50 0x12', 'nack 0x50', 'finish 0x50'],
    ])
    expect(await physmem(machine, `read ${at} -w 16 --endian big -q`)).toEqual(printed('0x3412'))
  })

  it('are not accessed by a dry run, nor as a range unless that is asked for', async () => {
    await traced()
    const dry = await physmem(machine, `write i2c:${bus}:0x50+0x10=1 -w 8 --dry-run`)
    expect(dry).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await physmem(machine, `read i2c:${bus}:0x50..+4 -w 8`)).toEqual(
      failed(
        2,
        `physmem: registers 0x0 to 0x3 of i2c:${bus}:0x50: reading a register may act on its device, so that no range is accessed unless that is asked for`,
        '  hint: name the registers one by one, or use --act-on-i2c',
      ),
    )
    expect(await traced()).toEqual([])
    const dump = await physmem(machine, `dump i2c:${bus}:0x50+0x20..+4 -w 8 -q --act-on-i2c`)
    expect(dump.stdout).toContain('34 12')
    expect((await traced()).filter((one) => one.startsWith('recv'))).toHaveLength(4)
  })

  it('say that nothing is there', async () => {
    expect(await physmem(machine, `read i2c:${bus}:0x60 -w 8`)).toEqual(
      failed(
        1,
        `physmem: 8-bit read at i2c:${bus}:0x60 failed: nothing acknowledged it at 0x60: no device is there, or it is busy or refuses the register (ENXIO)`,
      ),
    )
    const { stdout } = await inGuest(machine, 'ls /dev | grep i2c-')
    const buses = stdout.trim().split('\n').length
    const { stderr, exitCode } = await physmem(machine, 'read i2c:9:0x50 -w 8')
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      'physmem: /dev/i2c-9 cannot be opened for reading: there is no I2C bus 9: there are ',
    )
    expect(stderr.split('), ')).toHaveLength(buses)
  })

  it('have no transaction that SMBus lacks', async () => {
    const { stderr } = await physmem(machine, `read i2c:${bus}:0x50/reg16+0x100 -w 8`)
    expect(stderr).toMatch(
      /^physmem: i2c:\d+:0x50\/reg16 cannot be reached: the adapter \(SMBus I801 adapter at \w+\) makes only SMBus transactions, in which the address of a register has 8 bits\n$/,
    )
    expect((await physmem(machine, `read i2c:${bus}:0x50 -w 32`)).stderr).toMatch(
      / makes only SMBus transactions, of 8 or 16 bits, not of 32\n {2}hint: use --width 8 or --width 16\n$/,
    )
  })

  it('are described: 16 bits, the high byte first', async () => {
    const yaml = [
      'name: lm75',
      'endian: big',
      'blocks:',
      '  lm75:',
      '    registers:',
      '      TEMP: { offset: 0, width: 16, access: read-only, safe: true, fields: { DEGREES: 15:8 } }',
      '      CONFIG: { offset: 1, width: 8 }',
      '      LIMIT: { offset: 3, width: 16 }',
    ].join('\\n')
    const board = `blocks:\\n  sensor: { is: ./sensor.yaml, at: \\"i2c:${stub}:0x48\\" }`
    await machine.exec(`mkdir -p /tmp/board; printf '${yaml}' > /tmp/board/sensor.yaml`)
    await machine.exec(`printf "${board}" > /tmp/board/physmem.yaml`)
    // 25.5 degrees: 0x19 and 0x80 on the wire.
    await machine.exec(`i2cset -y ${stub} 0x48 0 0x8019 w; i2cset -y ${stub} 0x48 3 0x004b w`)
    const on = (command: string) => inGuest(machine, `cd /tmp/board && physmem ${command}`)
    expect(await on('read sensor.TEMP')).toEqual(
      printed('sensor.TEMP  0x1980', '  DEGREES  15:8  0x19'),
    )
    expect(await on('read sensor.TEMP:DEGREES -q --base dec')).toEqual(printed('25'))
    expect(await on('write sensor.LIMIT=0x5000')).toEqual(printed())
    expect(await line(machine, `i2cget -y ${stub} 0x48 3 w`)).toBe('0x0050')
  })

  it('are their drivers’ where these have them', async () => {
    await machine.exec('insmod /lab/modules/*-lm75.ko')
    await machine.exec(`echo lm75 0x48 > /sys/bus/i2c/devices/i2c-${stub}/new_device`)
    const id = `${stub}-0048`
    expect(await line(machine, `cat /sys/bus/i2c/devices/${id}/hwmon/hwmon0/temp1_input`)).toBe(
      '25500',
    )
    const refused = failed(
      1,
      `physmem: i2c:${stub}:0x48 cannot be reached: the driver lm75 has this device (EBUSY)`,
      `  cure: ask its driver (/sys/bus/i2c/devices/${id}), or unbind it: echo ${id} > /sys/bus/i2c/drivers/lm75/unbind`,
    )
    expect(await physmem(machine, `read i2c:${stub}:0x48 -w 16`)).toEqual(refused)
    expect(await physmem(machine, `write i2c:${stub}:0x48+1=1 -w 8`)).toEqual(refused)
    expect(await physmem(machine, `write i2c:${stub}:0x48+1=1 -w 8 --dry-run`)).toEqual(refused)
    await machine.exec(`echo ${id} > /sys/bus/i2c/drivers/lm75/unbind`)
    const read = await physmem(machine, `read i2c:${stub}:0x48 -w 16 --endian big -q`)
    expect(read).toEqual(printed('0x1980'))
  })

  it('are refused to an ordinary user, who may be let by a group', async () => {
    const command = `su user -c "physmem read i2c:${stub}:0x48 -w 8"`
    const why = `physmem: /dev/i2c-${stub} cannot be opened for reading: its permissions do not allow it (EACCES)`
    expect(await inGuest(machine, command)).toEqual(failed(1, why, '  cure: run it as root'))
    await machine.exec(`chgrp 998 /dev/i2c-${stub}; chmod 660 /dev/i2c-${stub}`)
    expect(await inGuest(machine, command)).toEqual(
      failed(
        1,
        why,
        '  cure: run it as root, or add the user to the group i2c (usermod -aG i2c USER) and log in again',
      ),
    )
    await machine.exec(`chmod 666 /dev/i2c-${stub}`)
    expect(await inGuest(machine, command.replace(' -w 8', ' -w 8 -q'))).toEqual(printed('0x19'))
  })

  it('are not there without i2c-dev', async () => {
    await machine.exec('rmmod i2c-dev')
    const { stderr, exitCode } = await physmem(machine, `read i2c:${stub}:0x48 -w 8`)
    expect({ stdout: '', stderr, exitCode }).toEqual(
      failed(
        1,
        `physmem: /dev/i2c-${stub} cannot be opened for reading: there is no such node: the module i2c-dev, which makes it, is not loaded (ENOENT)`,
        '  cure: modprobe i2c-dev',
      ),
    )
  })
})

describe.each(['x86_64', 'aarch64'] as const)('on %s', (arch) => {
  const missing = labUnavailable(arch, '6.1')
  describe.skipIf(missing)(labTitle('I2C devices of an adapter with transactions', missing), () => {
    let machine: Machine
    let bus: number

    beforeAll(async () => {
      machine = await startMachine({ arch, modules: ['i2c-dev', 'i2c_lab'] })
      bus = await busOf(machine, "the lab's adapter")
    })

    afterAll(() => machine?.stop())

    /** The transactions since the last call, as the adapter logged them. */
    async function logged(): Promise<string[]> {
      const { stdout } = await machine.exec('dmesg -c')
      return stdout.split('\n').flatMap((text) => /i2c_lab: (.*)/.exec(text)?.[1] ?? [])
    }

    it('are read behind a repeated start, each access once', async () => {
      await logged()
      const at = `i2c:${bus}:0x48`
      expect(await physmem(machine, `read ${at} ${at}+3 -w 16 --endian big -q`)).toEqual(
        printed('0x1980', '0x4b00'),
      )
      expect(await physmem(machine, `read ${at} -w 32 --endian big -q`)).toEqual(
        printed('0x1980604b'),
      )
      expect(await physmem(machine, `write ${at}+2:0=1 -w 8 -q`)).toMatchObject({ exitCode: 0 })
      expect(await logged()).toEqual([
        'S 48w 00 Sr 48r 19 80 P',
        'S 48w 03 Sr 48r 4b 00 P',
        'S 48w 00 Sr 48r 19 80 60 4b P',
        'S 48w 02 Sr 48r 60 P',
        'S 48w 02 61 P',
      ])
      const witness = `i2ctransfer -y ${bus} w1@0x48 2 r1`
      expect(await line(machine, witness)).toBe('0x61')
    })

    it('have registers with addresses of 16 bits', async () => {
      await logged()
      const at = `i2c:${bus}:0x50/reg16+0x1234`
      expect(await physmem(machine, `write ${at}=0xa5 -w 8`)).toEqual(printed())
      expect(await physmem(machine, `read ${at} -w 8`)).toEqual(printed(`${at}  0xa5`))
      expect(await logged()).toEqual(['S 50w 12 34 a5 P', 'S 50w 12 34 Sr 50r a5 P'])
      expect(await line(machine, `i2ctransfer -y ${bus} w2@0x50 0x12 0x34 r1`)).toBe('0xa5')
    })

    it('say why a transaction failed', async () => {
      await logged()
      const gone = (device: string, errno: string) =>
        `nothing acknowledged it at ${device}: no device is there, or it is busy or refuses the register (${errno})`
      for (const [device, why] of [
        ['0x20', 'another master of the bus went first: arbitration was lost (EAGAIN)'],
        ['0x21', 'it took too long and was given up: something holds the bus (ETIMEDOUT)'],
        ['0x22', gone('0x22', 'EREMOTEIO')],
        ['0x23', gone('0x23', 'ENXIO')],
      ]) {
        expect(await physmem(machine, `read i2c:${bus}:${device} -w 8`)).toEqual(
          failed(1, `physmem: 8-bit read at i2c:${bus}:${device} failed: ${why}`),
        )
      }
      expect(await logged()).toEqual([])
    })
  })
})
