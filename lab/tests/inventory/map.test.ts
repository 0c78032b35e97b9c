/**
 * What `map` and `list` say of machines, compared with what QEMU made them of: its PCI devices
 * (`info pci`) and its own map of memory (`info mtree -f`).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { inGuest, physmem, physmemJson, printed } from '../../machine/physmem.ts'
import { type Arch, arches } from '../../supply/arch.ts'

interface Stretch {
  start: number
  end: number
}

interface Fact {
  kind: string
  device?: string
  bar?: number
  prefetchable?: boolean
  io?: true
  path?: string
}

interface Region extends Stretch {
  name: string
  kind: string
  driver?: string
  facts?: Fact[]
  children?: Region[]
}

const passwd = 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n'

function all(regions: readonly Region[]): Region[] {
  return regions.flatMap((region) => [region, ...all(region.children ?? [])])
}

async function monitor(machine: Machine, line: string): Promise<string> {
  return String(await machine.qmp('human-monitor-command', { 'command-line': line }))
}

/** The BARs that QEMU gave addresses to, as lines: `0000:00:04.0 BAR 0 memory fea00000-feafffff`. */
async function barsOfQemu(machine: Machine): Promise<string[]> {
  const bars: string[] = []
  let device = ''
  for (const line of (await monitor(machine, 'info pci')).split(/\r?\n/)) {
    const where = /Bus +(\d+), device +(\d+), function +(\d+):/.exec(line)
    if (where) {
      const [bus = 0, slot = 0, number = 0] = where.slice(1).map(Number)
      const hex = (value: number) => value.toString(16).padStart(2, '0')
      device = `0000:${hex(bus)}:${hex(slot)}.${number}`
    }
    const bar = /BAR([0-5]): (.*) at 0x([0-9a-f]+) \[0x([0-9a-f]+)\]/.exec(line)
    if (!bar) continue
    const [, number, what = '', start = '', end = ''] = bar
    const kind = what.includes('I/O') ? 'ports' : 'memory'
    const marks = what.includes('prefetchable') ? ' prefetchable' : ''
    const [from, to] = [start, end].map((digits) => Number.parseInt(digits, 16).toString(16))
    bars.push(`${device} BAR ${number} ${kind} ${from}-${to}${marks}`)
  }
  return bars.sort()
}

/** The same lines of what `map` joined; I/O BARs by their ports. */
function barsOfMap(regions: readonly Region[], kind: 'memory' | 'ports'): string[] {
  return all(regions).flatMap(({ start, end, facts = [] }) =>
    facts.flatMap((fact) => {
      if (fact.kind !== 'bar' || (fact.io === true) !== (kind === 'ports')) return []
      const marks = fact.prefetchable ? ' prefetchable' : ''
      const where = `${start.toString(16)}-${end.toString(16)}`
      return [`${fact.device} BAR ${fact.bar} ${kind} ${where}${marks}`]
    }),
  )
}

/** The stretches of QEMU's flat view of an address space that have a name. */
async function stretchesOfQemu(machine: Machine, space: string, name: RegExp): Promise<Stretch[]> {
  const views = (await monitor(machine, 'info mtree -f')).split(/^FlatView/m)
  const view = views.find((text) => new RegExp(`AS "${space}"`).test(text)) ?? ''
  const lines = view.matchAll(/^ +([0-9a-f]{16})-([0-9a-f]{16}) \(prio \d+, [\w/]+\): (.*?)\r?$/gm)
  return [...lines]
    .filter(([, , , what = '']) => name.test(what))
    .map(([, start, end]) => ({ start: Number(`0x${start}`), end: Number(`0x${end}`) }))
}

function start(arch: Arch, append: string): Promise<Machine> {
  return startMachine({
    ...{ arch, append, series: '6.12', modules: ['uio_edu', 'e1000'] },
    devices: ['-device', 'edu,addr=4', '-device', 'e1000,addr=6'],
    files: [{ path: '/etc/passwd', content: passwd }],
    ...{ lifetimeMs: 400_000, bootTimeoutMs: 120_000 },
  })
}

describe.each(arches)('%s', (arch) => {
  const reason = labUnavailable(arch, '6.12')
  describe.skipIf(reason)(labTitle('map', reason), () => {
    let machine: Machine
    let memory: Region[]
    let ports: Region[]

    beforeAll(async () => {
      machine = await start(arch, 'iomem=relaxed')
      const { document, stderr, exitCode } = await physmemJson(machine, 'map')
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
      memory = document.memory as Region[]
      ports = document.ports as Region[]
    }, 300_000)

    afterAll(() => machine?.stop())

    it('has the BARs that QEMU has, and no others', async () => {
      const known = [...barsOfMap(memory, 'memory'), ...barsOfMap(ports, 'ports')].sort()
      expect(known).toEqual(await barsOfQemu(machine))
      expect(known.length).toBeGreaterThanOrEqual(5)
    })

    it('has RAM where QEMU has it, and nowhere else', async () => {
      const given = await stretchesOfQemu(machine, 'memory', /^(pc|mach-virt)\.ram/)
      const ram = memory.filter(({ kind }) => kind === 'ram')
      for (const { start, end } of ram) {
        expect(given.filter((one) => one.start <= start && end <= one.end)).toHaveLength(1)
      }
      const last = given.at(-1)
      // The firmware of a PC keeps its last pages.
      expect(ram.at(-1)?.end).toBeGreaterThan((last?.end ?? 0) - 2 ** 20)
    })

    it('names the place of an address, by which it is read as QEMU reads it', async () => {
      const edu = all(memory).find(({ driver }) => driver === 'uio_edu')
      const { stdout } = await physmem(machine, `map 0x${edu?.start.toString(16)} --quiet`)
      const places = stdout.trimEnd().split('\n')
      expect(places.slice(0, 2)).toEqual(['pci:0000:00:04.0/bar0', 'uio:edu/regs'])
      const [identity = 0] = await machine.xp(edu?.start ?? 0, 32)
      const shown = `0x${identity.toString(16).padStart(8, '0')}`
      const words = places.map((place) => `'${place}'`).join(' ')
      const read = await physmem(machine, `read ${words} -q`)
      expect(read).toEqual(printed(...places.map(() => shown)))
    })

    it('lists places, each of which leads back to its address', async () => {
      const { document } = await physmemJson(machine, 'list pci:')
      const places = document.places as { kind: string; place: string; address: number }[]
      const bars = places.filter(({ kind }) => kind === 'pci')
      expect(bars.length).toBe(barsOfMap(memory, 'memory').length)
      for (const { place, address } of bars.slice(0, 2)) {
        const told = await physmemJson(machine, `map ${place}`)
        expect(told.document).toMatchObject({ space: 'memory', address })
      }
    })

    it('shows a user who is not root the BARs all the same, and says what is hidden', async () => {
      const ran = await inGuest(machine, 'su user -c "physmem map --json"')
      const document = JSON.parse(ran.stdout) as {
        memory: Region[]
        ports: Region[]
        hidden: object
      }
      expect(barsOfMap(document.memory, 'memory')).toEqual(barsOfMap(memory, 'memory'))
      expect(barsOfMap(document.ports, 'ports').sort()).toEqual(barsOfMap(ports, 'ports').sort())
      const ramFrom = arch === 'x86_64' ? { ramFrom: '/sys/firmware/memmap' } : {}
      expect(document.hidden).toEqual({
        reason: 'this process lacks the capability CAP_SYS_ADMIN',
        cure: expect.any(String),
        ...ramFrom,
      })
      const hasRam = document.memory.some(({ kind }) => kind === 'ram')
      expect(hasRam).toBe(true)
      expect(ran.stderr).toContain('/proc/iomem and /proc/ioports hide the addresses')
    })

    it('says the same to the root of a user namespace, with its own reason', async () => {
      const ran = await inGuest(machine, 'unshare -Ur physmem map 0x1000')
      expect(ran.stderr).toContain(
        'this process is in a user namespace, where no capability shows them',
      )
    })

    if (arch === 'aarch64') {
      it('says where I/O BARs are in memory, as QEMU has them', async () => {
        const { document } = await physmemJson(machine, 'list e1000')
        const places = document.places as { kind: string; place: string; address: number }[]
        expect(places.filter(({ kind }) => kind === 'port')).toEqual([])
        const { place = '', address } = places.find(({ kind }) => kind === 'address') ?? {}
        const [bar] = await stretchesOfQemu(machine, 'memory', /^e1000-io/)
        expect(bar?.start).toBe(address)
        // QEMU's hw/net/e1000.c gives 0 of all registers behind this BAR.
        expect(await physmem(machine, `read ${place} -q`)).toEqual(printed('0x00000000'))
      })
    }

    if (arch === 'x86_64') {
      it('has the HPET where QEMU has it', async () => {
        const [hpet = { start: 0, end: 0 }] = await stretchesOfQemu(machine, 'memory', /^hpet$/)
        expect(hpet.end).toBeGreaterThan(0)
        expect(memory.find(({ name }) => name === 'HPET 0')).toMatchObject(hpet)
        const { stdout } = await physmem(machine, 'map 0xfed000f0')
        expect(stdout.split('\n').slice(0, 3)).toEqual(
          [
            '0xfed000f0  HPET 0 + 0xf0',
            '  0xfed00000-0xfed003ff  1 KiB  HPET 0         +0xf0',
            '  0xfed00000-0xfed003ff  1 KiB  └─ PNP0103:00  +0xf0',
          ].map((line) => line.replace('└─', '`-')),
        )
      })

      it('has the ports of the clock, and their driver by PNP', async () => {
        const [index] = await stretchesOfQemu(machine, 'I/O', /^rtc-index/)
        expect(index?.start).toBe(0x70)
        const { stdout } = await physmem(machine, 'map port:0x71')
        expect(stdout).toContain('port:0x71  rtc0 + 1 (driver rtc_cmos)\n')
        expect(stdout).toContain('device  00:03 on the pnp bus\n')
      })
      return
    }

    it.each([
      ['pl011', 'uart-pl011'],
      ['pl031', 'rtc-pl031'],
      ['pl061', 'pl061_gpio'],
      ['virtio-mmio', undefined],
      ['gic_dist', undefined],
      ['gicv2m', undefined],
    ])('has %s where QEMU has it, as a node of the device tree', async (name, driver) => {
      const stretches = await stretchesOfQemu(machine, 'memory', new RegExp(`^${name}$`))
      expect(stretches.length).toBeGreaterThan(0)
      for (const { start } of stretches) {
        const region = all(memory).find(
          (one) => one.start === start && one.facts?.some(({ kind }) => kind === 'node'),
        )
        expect(region?.driver).toBe(driver)
        expect(region?.facts).toContainEqual(expect.objectContaining({ kind: 'node' }))
      }
    })

    it('names the serial port by its node, by which it is read as QEMU reads it', async () => {
      const { stdout } = await physmem(machine, 'map 0x09000fe0 --quiet')
      const [place] = stdout.split('\n')
      expect(place).toBe('dt:/pl011@9000000+0xfe0')
      const [part = 0] = await machine.xp(0x09000fe0, 32)
      expect(part).toBe(0x11)
      expect(await physmem(machine, `read ${place} -q`)).toEqual(printed('0x00000011'))
    })
  })
})
