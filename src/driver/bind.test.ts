import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { bindDriver } from './bind.ts'

/** Of the built package, as the child has it. */
const SYSTEM_AT = new URL('../../dist/engine/system-at.js', import.meta.url).href

const card = '0000:00:06.0'
const link = `sys/bus/pci/devices/${card}/driver`
let root: FakeRoot

function driver(name: string): void {
  root.put(`sys/bus/pci/drivers/${name}/bind`, '').put(`sys/bus/pci/drivers/${name}/unbind`, '')
}

/** What sysfs shows after a driver was bound; the files of the tree do not act by themselves. */
function boundTo(name?: string): void {
  rmSync(root.at(link), { force: true })
  if (name) root.link(link, `../../../bus/pci/drivers/${name}`)
}

const text = (file: string) => readFileSync(root.at(`sys/bus/pci/${file}`), 'utf8')
const override = () => text(`devices/${card}/driver_override`)
const bind = (to = 'uio_pci_generic', force = false) => bindDriver(card, to, { force }, root.system)

beforeEach(() => {
  root = new FakeRoot()
    .pci(card, '0xfebc0000 0xfebdffff 0x40200')
    .put(`sys/bus/pci/devices/${card}/driver_override`, '(null)\n')
  for (const name of ['e1000', 'uio_pci_generic', 'vfio-pci']) driver(name)
  boundTo('e1000')
})
afterEach(() => root[Symbol.dispose]())

describe('bindDriver', () => {
  it('takes the old driver off, binds the new one, and gives the function back', async () => {
    {
      using binding = await bindDriver('0:6.0', 'uio_pci_generic', {}, root.system)
      expect(binding).toMatchObject({
        address: card,
        driver: 'uio_pci_generic',
        previous: 'e1000',
        uio: undefined,
      })
      expect(override()).toBe('uio_pci_generic')
      expect(text('drivers/e1000/unbind')).toBe(card)
      expect(text('drivers/uio_pci_generic/bind')).toBe(card)
      boundTo('uio_pci_generic')
      root.folder(`sys/bus/pci/devices/${card}/uio/uio3`)
      expect(binding.uio).toBe(3)
    }
    expect(override()).toBe('\n')
    expect(text('drivers/uio_pci_generic/unbind')).toBe(card)
    expect(text('drivers/e1000/bind')).toBe(card)
  })

  it('leaves a function without a driver that had none, with the override that it had', async () => {
    boundTo()
    root.put(`sys/bus/pci/devices/${card}/driver_override`, 'vfio-pci\n')
    const binding = await bind()
    expect(binding.previous).toBeUndefined()
    boundTo('uio_pci_generic')
    binding.close()
    binding.close()
    expect(override()).toBe('vfio-pci')
    expect(text('drivers/uio_pci_generic/unbind')).toBe(card)
    expect(text('drivers/vfio-pci/bind')).toBe('')
  })

  it('changes nothing where the driver is bound already', async () => {
    boundTo('uio_pci_generic')
    const binding = await bind()
    expect(binding.previous).toBe('uio_pci_generic')
    binding.close()
    expect(override()).toBe('(null)\n')
    expect(text('drivers/uio_pci_generic/unbind')).toBe('')
  })

  it('leaves a function that is gone, or that somebody bound otherwise, as it is', async () => {
    const other = await bind()
    boundTo('vfio-pci')
    other.close()
    expect([override(), text('drivers/e1000/bind')]).toEqual(['uio_pci_generic', ''])
    const gone = await bind()
    rmSync(root.at(`sys/bus/pci/devices/${card}`), { recursive: true })
    gone.close()
  })

  it('gives nothing back that is to be kept', async () => {
    const binding = await bind()
    boundTo('uio_pci_generic')
    binding.keep()
    binding.close()
    expect(text('drivers/e1000/bind')).toBe('')
  })

  it('listens for the end of the process only as long as it is bound', async () => {
    const listeners = () => ['exit', 'SIGINT', 'SIGHUP'].map((name) => process.listenerCount(name))
    const before = listeners()
    const binding = await bind()
    expect(listeners()).toEqual(before.map((count) => count + 1))
    binding.close()
    expect(listeners()).toEqual(before)
  })
})

describe('a signal that ends the process', () => {
  it('gives the function back when no program accesses it any more', async () => {
    const registers = root.at('registers')
    writeFileSync(registers, new Uint8Array(4096))
    const counter = () => readFileSync(registers).readUInt32LE(0)
    const script = `
      import { readFileSync, writeSync } from 'node:fs'
      import { bindDriver, open, Program } from 'physmem'
      const { root, registers } = JSON.parse(process.argv[1])
      const { systemAt } = await import('${SYSTEM_AT}')
      await bindDriver('0:6.0', 'uio_pci_generic', {}, systemAt(root))
      const memory = await open('file:' + registers)
      const steps = Array.from({ length: 400_000 }, (_, i) => i % 2 === 0
        ? { op: 'write', address: 0, width: 32, value: i } : { op: 'delay', us: 100 })
      memory.run(new Program(steps))
      const look = setInterval(() => {
        if (readFileSync(registers).readUInt32LE(0) === 0) return
        writeSync(1, 'ready')
        clearInterval(look)
      }, 1)`
    const paths = JSON.stringify({ root: root.path, registers })
    const words = ['--input-type=module', '-e', script, paths]
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await once(child.stdout, 'data')
      boundTo('uio_pci_generic')
      // Putting back waits here, until somebody reads.
      const file = root.at(`sys/bus/pci/devices/${card}/driver_override`)
      rmSync(file)
      execFileSync('mkfifo', [file])
      const exited = once(child, 'exit') // It may exit while another thing is awaited.
      child.kill('SIGTERM')
      const stands = async () => {
        const before = counter()
        await setTimeout(100)
        return counter() === before
      }
      await vi.waitUntil(stands, { timeout: 10_000, interval: 0 })
      expect(await readFile(file, 'utf8')).toBe('\n')
      expect(await exited).toEqual([null, 'SIGTERM'])
      expect(text('drivers/e1000/bind')).toBe(card)
    } finally {
      child.kill('SIGKILL')
    }
  })
})

describe('what bindDriver refuses', () => {
  it('is a binding in a worker, before anything is written', async () => {
    const source = `
      const { parentPort } = require('node:worker_threads')
      Promise.all([import('physmem'), import('${SYSTEM_AT}')]).then(
        ([{ bindDriver }, { systemAt }]) => {
          const system = systemAt(${JSON.stringify(root.path)})
          bindDriver('0:6.0', 'uio_pci_generic', {}, system).then(
            () => parentPort.postMessage('bound'),
            ({ code, message }) => parentPort.postMessage([code, message]))
        })`
    const worker = new Worker(source, { eval: true })
    expect(await once(worker, 'message')).toEqual([
      [
        'EUSAGE',
        `${card} cannot be bound to uio_pci_generic in a worker, which could not give it back when a signal or terminate() ends it: bind it in the main thread; a worker can open what is bound`,
      ],
    ])
    await worker.terminate()
    expect([override(), text('drivers/e1000/unbind')]).toEqual(['(null)\n', ''])
  })

  it('is a function that does not exist, or that is none', async () => {
    await expect(bindDriver('0:7.0', 'vfio-pci', {}, root.system)).rejects.toMatchObject({
      code: 'ENOPLACE',
      message: `there is no PCI device 0000:00:07.0: there are ${card}`,
      data: { place: 'pci:0000:00:07.0' },
    })
    await expect(bindDriver('7', 'vfio-pci', {}, root.system)).rejects.toMatchObject({
      code: 'ESYNTAX',
    })
  })

  it('is a driver that the kernel has not loaded, with what loads it', async () => {
    rmSync(root.at('sys/bus/pci/drivers/uio_pci_generic'), { recursive: true })
    root.put('proc/modules', '')
    await expect(bind()).rejects.toMatchObject({
      code: 'ENOPLACE',
      message: `${card} cannot be bound to uio_pci_generic: the kernel has no PCI driver of this name, or has not loaded it`,
      data: { cure: 'modprobe uio_pci_generic' },
    })
    await expect(bind('vfio_pci')).rejects.toThrow(/; did you mean vfio-pci\?$/)
    await expect(bind('e100')).rejects.toThrow(/; did you mean e1000\?$/)
    await expect(bind('vhost-pci')).rejects.toThrow(/loaded it$/)
    await expect(bind('../e1000')).rejects.toMatchObject({ code: 'ENOPLACE' })
  })

  it('is a function that is in use, unless forced', async () => {
    const folder = `sys/bus/pci/devices/${card}/net/eth0`
    root.put(`${folder}/flags`, '0x1003\n').link('sys/class/net/eth0', root.at(folder))
    await expect(bind()).rejects.toMatchObject({
      code: 'EREFUSED_BUSY',
      message: `${card} cannot be bound to uio_pci_generic: it is in use: the network interface eth0 is up`,
      data: { cure: 'ip link set eth0 down; with force, whoever uses it loses it at once' },
    })
    expect(override()).toBe('(null)\n')
    const forced = await bind('uio_pci_generic', true)
    forced.keep()
  })

  // A file that is missing answers ENOENT, which stands for all that the kernel may answer.
  it('is what the kernel does not do; the old driver is then bound again', async () => {
    rmSync(root.at('sys/bus/pci/drivers/uio_pci_generic/bind'))
    const refused = bind()
    await expect(refused).rejects.toMatchObject({
      code: 'EREFUSED',
      message: `${card} cannot be bound to uio_pci_generic: the driver failed with ENOENT`,
    })
    // In this tree the old driver still seems bound: only the override had to be put back.
    expect(override()).toBe('\n')
  })

  it('is the first write; then there is nothing to put back', async () => {
    rmSync(root.at(`sys/bus/pci/devices/${card}/driver_override`))
    await expect(bind()).rejects.toMatchObject({
      message: `${card} cannot be bound to uio_pci_generic: the kernel answered ENOENT`,
    })
    expect(text('drivers/e1000/unbind')).toBe('')
  })

  it('says how to restore by hand where that fails', async () => {
    const binding = await bind()
    boundTo('uio_pci_generic')
    rmSync(root.at('sys/bus/pci/drivers/e1000/bind'))
    expect(() => binding.close()).toThrow(
      expect.objectContaining({
        message: `${card} could not be given back to e1000 from uio_pci_generic: the kernel answered ENOENT`,
        data: expect.objectContaining({
          cure: `by hand: echo > /sys/bus/pci/devices/${card}/driver_override; echo ${card} > /sys/bus/pci/drivers/uio_pci_generic/unbind; echo ${card} > /sys/bus/pci/drivers/e1000/bind`,
        }),
      }),
    )
    binding.close()
  })
})
