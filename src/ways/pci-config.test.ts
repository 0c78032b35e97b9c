import { afterAll, describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { run } from '../cli/testing/run.ts'
import { localFiles } from '../engine/access-file.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { contract } from '../memory/contract/index.ts'
import { Program } from '../memory/program.ts'
import { openPciConfig } from './pci-config.ts'

const express = '0000:00:04.0'
const old = '0000:00:05.0'

function header(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes.set([0x34, 0x12, 0xe8, 0x11, 0x07, 0x01, 0x10, 0x00, 0x10, 0x00, 0xff, 0x00])
  return bytes
}

const privileged = 'CapEff:\t000001ffffffffff\n'
const ordinary = 'Uid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000000000\n'

function tree(status = privileged): FakeRoot {
  return new FakeRoot()
    .put('proc/self/status', status)
    .put(`sys/bus/pci/devices/${express}/config`, header(4096))
    .put(`sys/bus/pci/devices/${old}/config`, header(256))
}

const root = tree()
const user = tree(ordinary)
afterAll(() => {
  root[Symbol.dispose]()
  user[Symbol.dispose]()
})

const failure = (made: Promise<unknown>): Promise<PhysmemError> =>
  made.then(
    () => {
      throw new Error('it did not fail')
    },
    (error) => error,
  )

describe('configuration space keeps the contract', () => {
  for (const { name, skip, check } of contract) {
    it(name, async (context) => {
      // The contract needs more bytes than a configuration space has.
      using fresh = tree().put(`sys/bus/pci/devices/${express}/config`, header(0x1_0000))
      await using memory = await openPciConfig(express, 'write', localFiles(fresh.system))
      await using reading = await openPciConfig(express, 'read', localFiles(fresh.system))
      const subject = {
        memory,
        reading,
        base: 0x1000,
        length: 0x8000,
        widths: [8, 16, 32] as const,
      }
      const reason = skip?.(subject)
      if (reason !== undefined) context.skip(reason)
      await check(subject)
    })
  }
})

describe('configuration space', () => {
  it('is 256 bytes, of PCI Express 4096', async () => {
    await using short = await openPciConfig(old, 'read', localFiles(root.system))
    await using long = await openPciConfig(express, 'read', localFiles(root.system))
    expect([short.length, long.length]).toEqual([256, 4096])
    expect([short.visible, long.visible]).toEqual([256, 4096])
    expect(await short.read16(0)).toBe(0x1234)
    expect((await failure(short.read32(0x100))).message).toBe(
      `0x100 to 0x103 is not inside pci:${old}/config: expected 0x0 to 0xff`,
    )
  })

  it('has no accesses of 64 bits, and no cache lines', async () => {
    await using memory = await openPciConfig(express, 'write', localFiles(root.system))
    expect(await failure(memory.read64(0))).toMatchObject({
      code: 'EWIDTH',
      message: `pci:${express}/config has no accesses of 64 bits: expected 8, 16 or 32`,
    })
    expect(await failure(memory.cache('flush', 0, 4))).toMatchObject({
      code: 'EREFUSED',
      message: `pci:${express}/config: configuration space has no cache lines`,
    })
  })

  it('of an ordinary user is the header, and nothing is begun in vain', async () => {
    await using memory = await openPciConfig(express, 'read', localFiles(user.system))
    expect(await memory.read32(0x3c)).toBe(0)
    expect(memory.visible).toBe(64)
    const program = new Program([
      { op: 'read', address: 0, width: 32 },
      { op: 'read', address: 0x40, width: 8 },
    ])
    const error = await failure(memory.run(program))
    expect(error).toMatchObject({
      code: 'EPERMISSION',
      message: `pci:${express}/config cannot be read from 0x40 on: this process lacks the capability CAP_SYS_ADMIN (EPERM)`,
      data: { step: 1, cure: 'run it as root, outside of a user namespace' },
    })
    expect(error.results).toBeUndefined()
  })

  it('of a locked down kernel is not written', async () => {
    using locked = tree().lockdown('none [integrity] confidentiality')
    await using memory = await openPciConfig(express, 'write', localFiles(locked.system))
    expect(await memory.read16(2)).toBe(0x11e8)
    expect(await failure(memory.write16(4, 7))).toMatchObject({
      code: 'EREFUSED_LOCKDOWN',
      message: `pci:${express}/config cannot be written: the kernel is locked down (integrity), most likely by Secure Boot (EPERM)`,
    })
  })

  it('says when less came than was asked for', async () => {
    using cut = tree().put(`sys/bus/pci/devices/${old}/config`, header(256))
    await using memory = await openPciConfig(old, 'read', localFiles(cut.system))
    cut.put(`sys/bus/pci/devices/${old}/config`, header(66))
    expect((await failure(memory.read32(0x40))).message).toBe(
      `32-bit read at 0x00000040 (pci:${old}/config) failed: 2 of the 4 bytes were read`,
    )
    expect((await failure(memory.read32(0x80))).message).toBe(
      `32-bit read at 0x00000080 (pci:${old}/config) failed: nothing was read`,
    )
  })

  it('of no function is named', async () => {
    await expect(openPciConfig('0000:00:09.0', 'read', localFiles(root.system))).rejects.toThrow(
      `there is no PCI device 0000:00:09.0: there are ${express}, ${old}`,
    )
  })
})

describe('a place in configuration space', () => {
  const at = (...argv: string[]) => run(argv, { root: root.path })

  it('is read, by address and by ids', async () => {
    root.put(`sys/bus/pci/devices/${express}/vendor`, '0x1234\n')
    root.put(`sys/bus/pci/devices/${express}/device`, '0x11e8\n')
    const read = await at('read', '--quiet', '--width', '16', `pci:${express}/config+2`)
    expect(read).toMatchObject({ code: 0, out: '0x11e8\n' })
    const byIds = await at('read', '--quiet', '--width', '16', 'pci:1234:11e8/config')
    expect(byIds).toMatchObject({ code: 0, out: '0x1234\n' })
  })

  it('is written, and its end is known', async () => {
    const written = await at('write', '--width', '16', `pci:${old}/config+0x3c=0x10b`)
    expect(written.code).toBe(0)
    const rest = await at('read', '--quiet', '--width', '8', `pci:${old}/config+0xfe..`)
    expect(rest.out).toBe('0x00\n0x00\n')
  })

  it('is dumped as far as an ordinary user may read it', async () => {
    const place = `pci:${old}/config`
    const options = { root: user.path }
    const rows = (await run(`dump ${place}..+64 --no-collapse`, options)).out.replace(/.*\n/, '')
    const why = 'this process lacks the capability CAP_SYS_ADMIN (EPERM)'
    expect(rows.match(/\n/g)).toHaveLength(4)
    expect(await run(`dump ${place} --no-collapse`, options)).toEqual({
      code: 1,
      out: `${place}..+0x100\n${rows}`,
      err:
        `physmem: ${place} cannot be read from 0x40 on: ${why}\n` +
        '  done: 64 bytes are shown\n' +
        '  cure: run it as root, outside of a user namespace\n',
    })
    expect(await run(`dump ${place} --no-collapse --keep-going`, options)).toEqual({
      code: 1,
      out: `${place}..+0x100\n${rows}0x00000040  -- 192 bytes missing: ${why}\n`,
      err: `physmem: 192 bytes were not read and are missing\n  ${place}+0x40..+0xc0  ${why}\n`,
    })
    const all = (await run(`dump pci:${express}/config --keep-going --width 8`, options)).err
    expect(all).toContain(`pci:${express}/config+0x40..+0xfc0  ${why}\n`)
  })

  it('has no physical address', async () => {
    const { code, err } = await at('owners', `pci:${old}/config`)
    expect(code).toBe(1)
    expect(err).toContain(`the physical address of pci:${old}/config is not known`)
  })
})
