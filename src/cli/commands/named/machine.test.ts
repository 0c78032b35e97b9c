/** Devices that a machine says may not answer, and one whose registers begin where it says itself. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { withXhci, XHCI } from '../../../device/testing/xhci.ts'
import { FakeRoot } from '../../../linux/testing/fake-root.ts'
import { openSim, type SimMemory } from '../../../memory/sim/index.ts'
import { TestFolder } from '../../testing/files.ts'
import { run } from '../../testing/run.ts'
import { accessesOf } from '../../testing/sim.ts'

const folder = new TestFolder()
const board = folder.file('b.yaml', 'name: b\nregions:\n  r: { kind: ram, base: 0, size: 8k }\n')
const FUNCTION = XHCI

/** RAM in which every region begins at 0, which keeps what is accessed. */
const ram = (): Promise<SimMemory> => openSim(board, { record: true })

/** A board with one UART, which the kernel has a device for. */
function withUart(files: Record<string, string>): FakeRoot {
  const base = 'sys/firmware/devicetree/base'
  const root = new FakeRoot()
    .put(`${base}/#address-cells`, Uint8Array.of(0, 0, 0, 1))
    .put(`${base}/#size-cells`, Uint8Array.of(0, 0, 0, 1))
    .put(`${base}/aliases/serial0`, '/pl011@9000000\0')
    .put(`${base}/pl011@9000000/compatible`, 'arm,pl011\0arm,primecell\0')
    .put(`${base}/pl011@9000000/reg`, Uint8Array.of(9, 0, 0, 0, 0, 0, 0x10, 0))
  for (const [file, text] of Object.entries(files)) root.put(file, text)
  return root
}

/** What a line gives, its accesses, and how many were made when it first said something on stderr. */
async function on(root: FakeRoot, line: string, prepare?: (memory: SimMemory) => Promise<void>) {
  const memory = await ram()
  await prepare?.(memory)
  const before = accessesOf(memory).length
  const done = () => accessesOf(memory).slice(before)
  let accessesAtFirst: number | undefined
  const onComplain = () => {
    accessesAtFirst ??= done().length
  }
  const ran = await run(line, { root: root.path, memory, onComplain })
  return { ...ran, accesses: done(), accessesAtFirst }
}

const DISABLED = 'the device tree says that it is disabled'
const SUSPENDED = 'it is suspended (power/runtime_status)'
const disabled = { 'sys/firmware/devicetree/base/pl011@9000000/status': 'disabled\0' }
const suspended = { 'sys/bus/amba/devices/9000000.pl011/power/runtime_status': 'suspended\n' }

describe('a device that may not answer', () => {
  it.each([
    [DISABLED, () => withUart(disabled), 'serial0', 'IBRD', '0x24'],
    [SUSPENDED, () => withUart(suspended), 'serial0', 'IBRD', '0x24'],
    [SUSPENDED, () => withXhci('suspended'), `pci:${FUNCTION}`, 'HCSPARAMS1', '0x4'],
  ])('%s: is not touched in bulk, and warned of', async (why, tree, name, register, at) => {
    using root = tree()
    const bulk = await on(root, `read ${name}.* --json`)
    expect(bulk.accesses).toEqual([])
    const { results, skipped } = JSON.parse(bulk.out)
    expect(results).toEqual([])
    expect(skipped).toContainEqual({ register: `${name}.${register}`, rule: 'asleep', why })
    const { accesses, code, err, accessesAtFirst } = await on(root, `read ${name}.${register}`)
    expect({ code, accesses, accessesAtFirst }).toEqual({
      ...{ code: 0, accesses: [`r32 ${at}`], accessesAtFirst: 0 },
    })
    const [warning] = err.split('\n')
    expect(warning).toBe(`physmem: ${name}.${register}: ${why}, and an access may never complete`)
  })

  it('is warned of before it is written', async () => {
    using root = withUart(disabled)
    const { accesses, err } = await on(root, 'write serial0.IBRD=1')
    expect(accesses).toEqual(['w32 0x24=0x1'])
    expect(err).toBe(`physmem: serial0.IBRD: ${DISABLED}, and an access may never complete\n`)
  })

  it('is read as any where it is awake', async () => {
    using root = withUart({})
    const { accesses, err } = await on(root, 'read serial0.IBRD --quiet')
    expect({ accesses, err }).toEqual({ accesses: ['r32 0x24'], err: '' })
  })
})

describe('registers that begin where one of the device says', () => {
  const capLength = (length: number) => (memory: SimMemory) => memory.write(0, 8, length)

  it('are read after it, which is read once', async () => {
    using root = withXhci('active')
    const line = `read pci:${FUNCTION}.USBCMD pci:${FUNCTION}.USBSTS --quiet`
    const { accesses, code } = await on(root, line, capLength(0x40))
    expect(code).toBe(0)
    expect(accesses.filter((one) => one.startsWith('r8 '))).toEqual(['r8 0x0', 'r8 0x0'])
    expect(accesses.filter((one) => one.startsWith('r32 '))).toEqual(['r32 0x40', 'r32 0x44'])
  })

  it('are written after it, which is read once for all', async () => {
    using root = withXhci('active')
    const line = `write pci:${FUNCTION}.DNCTRL=1 pci:${FUNCTION}.CONFIG=2`
    const { accesses } = await on(root, line, capLength(0x40))
    expect(accesses).toEqual(['r8 0x0', 'w32 0x54=0x1', 'w32 0x78=0x2'])
  })

  it('are left out of a pattern where that is not a multiple of their width', async () => {
    using root = withXhci('active')
    const name = `pci:${FUNCTION}`
    const { accesses, err } = await on(root, `read ${name}.USB*`, capLength(0x41))
    expect(accesses).toEqual(['r8 0x0'])
    expect(err).toBe(
      `physmem: 2 registers were not read: ${name}.USBCMD, ${name}.USBSTS (not at multiples of their width)\n`,
    )
  })

  const only32 = (accesses: string[]) => accesses.filter((one) => /^[rw]32 /.test(one))

  it('are recorded there, also what begins the recording', async () => {
    using root = withXhci('active')
    const name = `pci:${FUNCTION}`
    const line = `record ${name}.USBSTS --when ${name}.USBCMD=0 --count 1 --quiet`
    const { accesses, code } = await on(root, line, capLength(0x40))
    expect(code).toBe(0)
    expect(only32(accesses)).toEqual(['r32 0x44', 'r32 0x40'])
  })

  it('are saved, compared and restored there, and nowhere else', async () => {
    using root = withXhci('active')
    const file = folder.file('xhci.json')
    const name = `pci:${FUNCTION}`
    const saved = await on(root, `snapshot ${name}.DNCTRL -o ${file}`, capLength(0x40))
    expect(only32(saved.accesses)).toEqual(['r32 0x54'])
    expect(JSON.parse(readFileSync(file, 'utf8')).registers).toEqual([
      { register: `${name}.DNCTRL`, place: `${name}/bar0+0x54`, width: 32, value: '0x00000000' },
    ])
    const changed = async (memory: SimMemory) => {
      await memory.write(0, 8, 0x40)
      await memory.write(0x54, 32, 0x2)
    }
    const compared = await on(root, `diff ${file}`, changed)
    expect(compared.code).toBe(3)
    expect(only32(compared.accesses)).toEqual(['r32 0x54'])
    const restored = await on(root, `restore ${file}`, changed)
    expect(restored.code).toBe(0)
    expect(only32(restored.accesses).filter((one) => one.startsWith('w'))).toEqual(['w32 0x54=0x0'])
    expect(only32(restored.accesses).every((one) => one.includes('0x54'))).toBe(true)
  })

  it('have no place before that, and what says it is shown', async () => {
    using root = withXhci('active')
    const name = `pci:${FUNCTION}`
    const where = `${name}/bar0+0x14+[8 bits at ${name}/bar0]`
    const listed = await on(root, `list ${name}.DNCTRL`)
    expect(listed.out).toContain(`${where}  `)
    const described = await on(root, `describe ${name}.DNCTRL`)
    expect(described.out).toContain(`address  ${where} (xhci-operational + 0x14)`)
    const json = JSON.parse((await on(root, `list ${name}.DNCTRL --json`)).out)
    const [register] = json.registers
    expect(register).toMatchObject({
      ...{ start: `${name}/bar0+0x14`, behind: { place: `${name}/bar0`, width: 8 } },
    })
    expect(register).not.toHaveProperty('place')
    expect([listed, described].map(({ accesses }) => accesses)).toEqual([[], []])
  })

  it('are not looked for on a device that may not answer, where many are read', async () => {
    const file = folder.file('asleep.json')
    const name = `pci:${FUNCTION}`
    {
      using root = withXhci('active')
      await on(root, `snapshot ${name}.DNCTRL -o ${file}`, capLength(0x40))
    }
    using root = withXhci('suspended')
    for (const line of [`diff ${file}`, `restore ${file}`, `snapshot ${name}.*`]) {
      const { accesses, err } = await on(root, line, capLength(0x40))
      expect({ line, accesses }).toEqual({ line, accesses: [] })
      expect(err).toMatch(/\((?:it is|they are) suspended \(power\/runtime_status\)\)/)
    }
  })

  it('are looked for after a warning where the device may not answer', async () => {
    using root = withXhci('suspended')
    const name = `pci:${FUNCTION}.DNCTRL`
    const dry = ['r8 0x0']
    for (const [line, expected] of [
      [`read ${name}`, [...dry, 'r32 0x54']],
      [`write ${name}=1`, [...dry, 'w32 0x54=0x1']],
      [`write ${name}=1 --dry-run`, dry],
      [`wait ${name}=0`, [...dry, 'r32 0x54']],
    ] as const) {
      const { accesses, accessesAtFirst, err } = await on(root, line, capLength(0x40))
      expect({ line, accesses, accessesAtFirst }).toEqual({
        ...{ line, accesses: expected, accessesAtFirst: 0 },
      })
      expect(err).toContain(`physmem: ${name}: ${SUSPENDED}, and an access may never complete\n`)
    }
  })

  it('are left out of a snapshot of several where that is not a multiple of their width', async () => {
    using root = withXhci('active')
    const name = `pci:${FUNCTION}`
    const line = `snapshot ${name}.USBCMD ${name}.USBSTS`
    const { accesses, err } = await on(root, line, capLength(0x41))
    expect(accesses).toEqual(['r8 0x0'])
    expect(err).toContain(
      `physmem: 2 registers were not read: ${name}.USBCMD, ${name}.USBSTS (not at multiples of their width)\n`,
    )
  })

  it('are another place where the device says another', async () => {
    using root = withXhci('active')
    const file = folder.file('moved.json')
    const name = `pci:${FUNCTION}`
    await on(root, `snapshot ${name}.DNCTRL -o ${file}`, capLength(0x40))
    for (const line of [`diff ${file}`, `restore ${file}`]) {
      const { accesses, code, err } = await on(root, line, capLength(0x80))
      expect({ code, accesses }).toEqual({ code: 2, accesses: ['r8 0x0'] })
      expect(err).toBe(
        `physmem: ${file}:6:51: ${name}.DNCTRL was 32 bits at ${name}/bar0+0x54, but is 32 bits at ${name}/bar0+0x94 here\n`,
      )
    }
  })
})

describe('a pattern where nothing is described', () => {
  it('is said to fit nothing, and why', async () => {
    const { path } = new FakeRoot()
    for (const line of ['read zz*.DR', 'describe zz*.DR', 'list zz*.DR']) {
      expect(await run(line, { root: path })).toEqual({
        ...{ code: 2, out: '' },
        err: 'physmem: no register matches "zz*.DR": no description is in use\n',
      })
    }
  })
})
