import { readFileSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { run } from '../testing/run.ts'

const card = '0000:00:06.0'
const link = `sys/bus/pci/devices/${card}/driver`
let root: FakeRoot

beforeEach(() => {
  root = new FakeRoot()
    .pci(card, '0xfebc0000 0xfebdffff 0x40200')
    .put(`sys/bus/pci/devices/${card}/driver_override`, '(null)\n')
    .link(link, '../../../bus/pci/drivers/e1000')
    .folder(`sys/bus/pci/devices/${card}/uio/uio3`)
    .put('proc/modules', '')
  for (const name of ['e1000', 'uio_pci_generic']) {
    root.put(`sys/bus/pci/drivers/${name}/bind`, '').put(`sys/bus/pci/drivers/${name}/unbind`, '')
  }
})
afterEach(() => root[Symbol.dispose]())

/** When the command prints, the driver is bound: sysfs then shows it. */
function onPrint(): void {
  rmSync(root.at(link), { force: true })
  root.link(link, '../../../bus/pci/drivers/uio_pci_generic')
}

const bind = (line: string, options = {}) =>
  run(`bind ${line}`, { root: root.path, onPrint, ...options })
const text = (file: string) => readFileSync(root.at(`sys/bus/pci/drivers/${file}`), 'utf8')
const bound = `${card} is bound to uio_pci_generic as uio3; e1000 before\n`
const again = `physmem: ${card} is bound to e1000 again\n`
const ended = AbortSignal.abort()

describe('physmem bind', () => {
  it.each([
    ['Ctrl-C', { signal: ended }],
    ['the end of standard input', { inputEnd: ended }],
  ])('gives the function back at %s', async (_, options) => {
    const ran = await bind('0:6.0 uio_pci_generic', options)
    expect(ran).toEqual({ code: 0, out: bound, err: again })
    expect([text('uio_pci_generic/unbind'), text('e1000/bind')]).toEqual([card, card])
  })

  it('holds it until then', async () => {
    const end = new AbortController()
    const running = bind('0:6.0 uio_pci_generic', {
      signal: end.signal,
      onPrint: () => {
        onPrint()
        setTimeout(() => {
          expect(text('e1000/bind')).toBe('')
          end.abort()
        }, 20)
      },
    })
    expect(await running).toMatchObject({ code: 0, err: again })
    expect(text('e1000/bind')).toBe(card)
  })

  it('says that a function had no driver', async () => {
    rmSync(root.at(link))
    expect(await bind('0:6.0 uio_pci_generic', { signal: ended })).toEqual({
      code: 0,
      out: `${card} is bound to uio_pci_generic as uio3; no driver before\n`,
      err: `physmem: ${card} has no driver again\n`,
    })
  })

  it('passes the exit code of a program on, which is told what is bound', async () => {
    const check = 'test $PHYSMEM_PCI.$PHYSMEM_UIO = 0000:00:06.0.uio3 && exit 42'
    const words = ['bind', card, 'uio_pci_generic', '-q', '--', 'sh', '-c', check]
    const ran = await run(words, { root: root.path, onPrint })
    expect(ran).toEqual({ code: 42, out: 'uio3\n', err: '' })
    expect(text('e1000/bind')).toBe(card)
  })

  it('has the exit code of a shell for a program that a signal ended', async () => {
    const words = ['bind', card, 'uio_pci_generic', '--', 'sh', '-c', 'kill -9 $$']
    expect(await run(words, { root: root.path, onPrint })).toMatchObject({ code: 137, err: again })
  })

  it('gives it back when the program cannot be run', async () => {
    expect(await bind(`${card} uio_pci_generic -- /nowhere/driver`)).toEqual({
      code: 1,
      out: bound,
      err: 'physmem: /nowhere/driver cannot be run: there is no such program\n',
    })
    expect(text('e1000/bind')).toBe(card)
  })

  it('keeps it with --keep', async () => {
    expect(await bind(`${card} uio_pci_generic --keep`)).toEqual({ code: 0, out: bound, err: '' })
    expect(text('e1000/bind')).toBe('')
    expect(await bind(`${card} uio_pci_generic --keep -- true`)).toEqual({
      code: 2,
      out: '',
      err: 'physmem: --keep takes no command: give one or the other\n',
    })
  })

  it('prints JSON when it is bound, and for an error', async () => {
    const { out } = await bind(`${card} uio_pci_generic --json`, { signal: ended })
    expect(JSON.parse(out)).toEqual({
      command: 'bind',
      device: card,
      driver: 'uio_pci_generic',
      previous: 'e1000',
      uio: 'uio3',
    })
    const failed = await bind(`${card} vfio-pci --json`)
    expect(failed.code).toBe(2)
    expect(JSON.parse(failed.out)).toMatchObject({
      command: 'bind',
      error: { code: 'ENOPLACE', cure: 'modprobe vfio-pci' },
    })
  })

  it('says what is wrong, and what helps', async () => {
    expect(await bind(`${card} vfio-pci`)).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${card} cannot be bound to vfio-pci: the kernel has no PCI driver of this name, or has not loaded it\n  cure: modprobe vfio-pci\n`,
    })
  })

  it('names no cure that this kernel cannot take', async () => {
    rmSync(root.at('proc/modules'))
    expect((await bind(`${card} foo`)).err).toBe(
      `physmem: ${card} cannot be bound to foo: the kernel has no PCI driver of this name, and the kernel was built without CONFIG_MODULES (ENOSYS)\n  cure: use a kernel with CONFIG_MODULES=y\n`,
    )
  })

  it('is completed with functions and drivers', async () => {
    expect((await run('__complete bind 0', { root: root.path })).out).toContain(card)
    expect((await run(`__complete bind ${card} u`, { root: root.path })).out).toContain(
      'uio_pci_generic',
    )
  })
})
