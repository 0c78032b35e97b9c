import { closeSync, openSync, readSync, symlinkSync, writeSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { localFiles } from '../engine/access-file.ts'
import type { Ports } from '../engine/addon.ts'
import { ownPorts } from '../engine/port-instructions.ts'
import type { Mode } from '../engine/source.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { contract } from '../memory/contract/index.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import { openPorts } from './port.ts'

const EPERM = 1
const ENOSYS = 38

/** Instructions on a file, and which ports they were allowed and used on. */
class FakePorts implements Ports {
  readonly log: string[] = []
  readonly #fd: number
  readonly #errno: number

  constructor(path: string, errno = 0) {
    this.#fd = openSync(path, 'r+')
    this.#errno = errno
  }

  portAllow = (port: number, bytes: number): number => {
    this.log.push(`allow ${port.toString(16)} ${bytes}`)
    return this.#errno
  }

  portIn = (port: number, width: number): number => {
    this.log.push(`in ${port.toString(16)} ${width}`)
    const bytes = Buffer.alloc(width)
    readSync(this.#fd, bytes, 0, width, port)
    return bytes.readUIntLE(0, width)
  }

  portOut = (port: number, width: number, value: number): void => {
    this.log.push(`out ${port.toString(16)} ${width}`)
    const bytes = Buffer.alloc(width)
    bytes.writeUIntLE(value, 0, width)
    writeSync(this.#fd, bytes, 0, width, port)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

interface InTest {
  blocks?: boolean
  instructions?: Ports
}

const opened = (mode: Mode, { system }: FakeRoot, { blocks = false, instructions }: InTest = {}) =>
  openPorts(localFiles(system), {
    ...{ mode, blocks },
    instructions: instructions && ownPorts(instructions),
  })

const isX86 = process.platform === 'linux' && process.arch === 'x64'
const title = isX86 ? 'openPorts' : `openPorts (skipped: this CPU is ${process.arch})`

const failure = (run: Promise<unknown>): Promise<PhysmemError> =>
  run.then(
    () => {
      throw new Error('it did not fail')
    },
    (error) => error,
  )

describe.skipIf(!isX86)(title, () => {
  let root: FakeRoot
  let instructions: FakePorts

  beforeEach(() => {
    root = new FakeRoot().put('dev/port', new Uint8Array(0x1_0000)).put('ports', new Uint8Array(16))
    instructions = new FakePorts(root.at('dev/port'))
  })

  afterEach(() => {
    instructions.close()
    root[Symbol.dispose]()
  })

  describe('keep the contract', () => {
    for (const { name, skip, check } of contract) {
      it(name, async (context) => {
        await using memory = await opened('write', root, { blocks: true, instructions })
        const widths = [8, 16, 32] as const
        const subject = { memory, base: 0x1000, length: 0x2000, widths }
        const reason = skip?.(subject)
        if (reason !== undefined) context.skip(reason)
        await check(subject)
      })
    }
  })

  it('take /dev/port for a byte, and one instruction for what is wider', async () => {
    await using memory = await opened('write', root, { instructions })
    await memory.write8(0x70, 0x0a)
    expect(await memory.read8(0x70)).toBe(0x0a)
    expect(instructions.log).toEqual([])
    await memory.write32(0xcf8, 0x8000_0000)
    expect(await memory.read16(0xcfa)).toBe(0x8000)
    expect(await memory.read32(0xcf8)).toBe(0x8000_0000)
    expect(instructions.log).toEqual(['allow cf8 4', 'out cf8 4', 'in cfa 2', 'in cf8 4'])
  })

  it('make each access once, in order, whatever the program', async () => {
    const width = fc.constantFrom(8, 16, 32)
    const step = fc
      .record({ op: fc.constantFrom('read', 'write', 'update'), bits: width, at: fc.nat(0x3fff) })
      .map(({ op, bits, at }): Step => {
        const address = at * 4
        const common = { address, width: bits as 8 }
        if (op === 'read') return { op, ...common }
        if (op === 'write') return { op, ...common, value: at & 0xff }
        return { op: 'update', ...common, mask: 0x0f, value: 5 }
      })
    // Without /dev/port, so that everything is in the log.
    const without = new FakeRoot()
    await using memory = await opened('write', without, { instructions })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (list) => {
        instructions.log.length = 0
        await memory.run(new Program(list))
        const made = instructions.log.filter((line) => !line.startsWith('allow'))
        const expected = list.flatMap((one) => {
          if (!('width' in one)) return []
          const where = `${one.address.toString(16)} ${one.width / 8}`
          if (one.op === 'read') return [`in ${where}`]
          return one.op === 'write' ? [`out ${where}`] : [`in ${where}`, `out ${where}`]
        })
        expect(made).toEqual(expected)
      }),
    )
    without[Symbol.dispose]()
  })

  it('are no range: a block is refused before anything is done', async () => {
    await using memory = await opened('write', root, { instructions })
    expect(await failure(memory.readBlock(0x60, 8, 8))).toMatchObject({
      code: 'EUSAGE',
      message:
        'ports 0x60 to 0x67: reading a port acts on the device behind it, so a range is accessed only when that is asked for',
      data: { step: 0, cure: 'name the ports one by one, or allow it: actOnPorts, --act-on-ports' },
    })
    const program = new Program([
      { op: 'write', address: 0x80, width: 8, value: 1 },
      { op: 'fill', address: 0x60, width: 16, count: 2, value: 1 },
    ])
    const error = await failure(memory.run(program))
    expect(error.message).toMatch(/^ports 0x60 to 0x63: writing a port acts/)
    expect(error.data.step).toBe(1)
    expect(await memory.read8(0x80)).toBe(0)
    expect(instructions.log).toEqual([])
  })

  it('are read again and again at one port', async () => {
    await using memory = await opened('read', root, { instructions })
    expect(await memory.readBlock(0x1f0, 16, 3, 'fixed')).toEqual(new Uint8Array(6))
    expect(instructions.log).toEqual(['allow 1f0 2', 'in 1f0 2', 'in 1f0 2', 'in 1f0 2'])
  })

  it('have no 64 bits, no cache lines, and an end', async () => {
    await using memory = await opened('read', root, { instructions })
    expect(await failure(memory.read64(0))).toMatchObject({
      code: 'EWIDTH',
      message: 'port 0x0: no CPU has 64-bit accesses of ports; use a width of 8, 16 or 32',
    })
    expect((await failure(memory.cache('flush', 0x60, 1))).message).toBe(
      'port 0x60: I/O ports have no cache lines',
    )
    expect((await failure(memory.read8(0x10000))).message).toBe(
      '0x10000 is not inside I/O ports: expected 0x0 to 0xffff',
    )
    expect((await failure(memory.read16(0x71))).code).toBe('EALIGN')
    expect((await failure(memory.write8(0x71, 1))).code).toBe('EREADONLY')
    await memory.close()
    expect((await failure(memory.read8(0x71))).code).toBe('ECLOSED')
  })

  it('say when a byte did not come', async () => {
    using short = new FakeRoot().put('dev/port', new Uint8Array(8))
    await using memory = await opened('read', short, { instructions })
    expect(await failure(memory.read8(0x71))).toMatchObject({
      code: 'EIO',
      message: '8-bit read at 0x00000071 (I/O ports) failed: /dev/port: nothing was read',
    })
  })

  describe('that are refused', () => {
    const refused = async (place: FakeRoot, errno: number, width: 8 | 16) => {
      await using memory = await opened('read', place, {
        instructions: new FakePorts(root.at('ports'), errno),
      })
      return failure(memory.read(0x60, width))
    }

    it('say what each way said', async () => {
      using none = new FakeRoot()
      const error = await refused(none, ENOSYS, 8)
      expect(error).toMatchObject({
        code: 'EREFUSED_NO_PORTS',
        message:
          'the 8-bit port 0x60 cannot be reached: /dev/port: there is no such node: the kernel has no /dev/port, or a container hides it (ENOENT); ioperm: the kernel was built without CONFIG_X86_IOPL_IOPERM (ENOSYS)',
        data: { address: 0x60, step: 0, width: 8, errno: 'ENOSYS' },
      })
    })

    it('say why a wide one cannot be had', async () => {
      expect(await refused(root, ENOSYS, 16)).toMatchObject({
        code: 'EREFUSED_NO_PORTS',
        message:
          'the 16-bit port 0x60 cannot be reached: ioperm: the kernel was built without CONFIG_X86_IOPL_IOPERM (ENOSYS)',
        data: { cure: 'use a kernel with CONFIG_X86_IOPL_IOPERM=y' },
      })
    })

    it('say that the kernel is locked down, once', async () => {
      using locked = new FakeRoot().lockdown('none [integrity] confidentiality')
      locked.put('proc/self/status', 'CapEff:\t000001ffffffffff\n')
      const why = 'the kernel is locked down (integrity), most likely by Secure Boot (EPERM)'
      expect(await refused(locked, EPERM, 16)).toMatchObject({
        code: 'EREFUSED_LOCKDOWN',
        message: `the 16-bit port 0x60 cannot be reached: ioperm: ${why}`,
      })
    })

    it('know a kernel without /dev/port', async () => {
      using other = new FakeRoot().folder('sys/class/mem/mem')
      expect((await refused(other, EPERM, 8)).message).toContain(
        '/dev/port: the kernel was built without CONFIG_DEVPORT (ENOENT); ioperm: ',
      )
    })

    it('know what is not a node', async () => {
      using odd = new FakeRoot().folder('dev')
      symlinkSync('port', odd.at('dev/port'))
      expect((await refused(odd, ENOSYS, 8)).message).toContain('/dev/port: ELOOP; ioperm: ')
    })

    it('have no instructions below another root', async () => {
      await using memory = await opened('read', root)
      expect(await memory.read8(0x60)).toBe(0)
      expect((await failure(memory.read32(0x60))).message).toBe(
        'the 32-bit port 0x60 cannot be reached: below another root there is only dev/port, which has 8 bits',
      )
    })
  })
})
