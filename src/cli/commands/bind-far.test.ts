import { mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noBoard } from '../testing/board.ts'
import { BoardWithCard } from '../testing/board-with-card.ts'
import { type RunInTest, run } from '../testing/run.ts'

const skipped = noBoard ? ` [skipped: ${noBoard}]` : ''

describe.skipIf(noBoard)(`a driver on a board without Node${skipped}`, () => {
  const board = noBoard ? undefined : new BoardWithCard()
  const { path = '', target = '', card = '', device = '' } = board ?? {}
  const at = (name: string) => `${path}/${name}`
  const put = (name: string, text: string) => board?.put(name, text)
  const text = (name: string) => board?.text(name)
  const boundTo = (driver: string) => board?.boundTo(driver)
  const isLeft = () => expect(board?.processes()).toEqual([])

  beforeEach(() => board?.reset())
  afterEach(isLeft)
  afterAll(() => board?.remove())

  /** When the command prints, the driver is bound: sysfs then shows it; and Ctrl-C is pressed. */
  const untilPrint = (then: () => void = () => {}): RunInTest => {
    const end = new AbortController()
    const onPrint = () => {
      boundTo('uio_pci_generic')
      then()
      end.abort()
    }
    return { signal: end.signal, onPrint }
  }
  const there = (words: readonly string[], options: RunInTest = {}) =>
    run([...words.slice(0, 1), '-t', target, ...words.slice(1)], options)
  const whilePrinting = (): RunInTest => ({ onPrint: () => boundTo('uio_pci_generic') })
  const bind = (...words: string[]) => ['bind', card, 'uio_pci_generic', ...words]

  it.each([
    bind(),
    bind('--json'),
    bind('-q'),
    bind('--keep'),
    bind('--keep', '--', 'true'),
    bind('--', '/nowhere/driver'),
    bind('--', 'sh', '-c', 'test $PHYSMEM_PCI.$PHYSMEM_UIO = 0000:00:06.0.uio3 && exit 42'),
    ['bind', '7', 'uio_pci_generic'],
    ['bind', '0:7.0', 'uio_pci_generic'],
    ['bind', card, 'vfio-pci'],
    ['bind', card, 'e100', '--json'],
    ['bind', card, '../e1000'],
  ])('is bound with the words of the machine itself: %s %s %s %s', async (...words) => {
    const options = words.includes('--') ? whilePrinting : untilPrint
    const near = await run(words, { root: path, ...options() })
    const stored = [text('drivers/e1000/unbind'), text('drivers/e1000/bind')]
    for (const verb of ['unbind', 'bind']) put(`sys/bus/pci/drivers/e1000/${verb}`, '')
    put(`${device}/driver_override`, '(null)\n')
    boundTo('e1000')
    expect(await there(words, options())).toEqual(near)
    expect([text('drivers/e1000/unbind'), text('drivers/e1000/bind')]).toEqual(stored)
  })

  it('is given back at Ctrl-C', async () => {
    expect(await there(bind(), untilPrint())).toEqual({
      ...{ code: 0, out: `${card} is bound to uio_pci_generic as uio3; e1000 before\n` },
      err: `physmem: ${card} is bound to e1000 again\n`,
    })
    expect(text(`devices/${card}/driver_override`)?.[0]).toBe('\n')
    expect([text('drivers/uio_pci_generic/unbind'), text('drivers/e1000/bind')]).toEqual([
      card,
      card,
    ])
  })

  it('is left to a program that runs here, and is told the machine', async () => {
    const program = `test "$PHYSMEM_TARGET" = '${target}' && test -e ${path}`
    expect((await there(bind('-q', '--', 'sh', '-c', program), whilePrinting())).code).toBe(0)
  })

  it('is given back without a program when Ctrl-C was pressed while it was bound', async () => {
    expect(await there(bind('--', '/nowhere/driver'), untilPrint())).toMatchObject({
      ...{ code: 0, err: `physmem: ${card} is bound to e1000 again\n` },
    })
    expect(text('drivers/e1000/bind')).toBe(card)
  })

  it('is not taken from what is in use, unless forced', async () => {
    put('proc/77/stat', '77 (driver) S 1 77 77 0 -1 4194560 0\n')
    mkdirSync(at('proc/77/fd'))
    symlinkSync('/dev/uio3', at('proc/77/fd/3'))
    expect(await there(bind(), untilPrint())).toEqual({
      ...{ code: 1, out: '' },
      err: `physmem: ${card} cannot be bound to uio_pci_generic: it is in use: process 77 (driver) has /dev/uio3 open\n  cure: end process 77; with force, whoever uses it loses it at once\n`,
    })
    expect(text(`devices/${card}/driver_override`)).toBe('(null)\n')
    expect((await there(bind('--force', '--keep'))).code).toBe(0)
    rmSync(at('proc/77'), { recursive: true })
  })

  it('is as it was where the kernel does not do it', async () => {
    rmSync(at('sys/bus/pci/drivers/uio_pci_generic/bind'))
    expect(await there(bind())).toEqual({
      ...{ code: 1, out: '' },
      err: `physmem: ${card} cannot be bound to uio_pci_generic: the driver failed with ENOENT\n  cure: look into the kernel's log: dmesg\n`,
    })
    expect(readlinkSync(at(`${device}/driver`))).toContain('e1000')
    expect(text(`devices/${card}/driver_override`)?.[0]).toBe('\n')
  })

  it('stays where the connection is lost while it is held, and what puts it right is said', async () => {
    const kill = () => {
      for (const pid of board?.processes() ?? []) process.kill(pid, 'SIGKILL')
    }
    const drivers = '/sys/bus/pci/drivers'
    const onPrint = () => {
      boundTo('uio_pci_generic')
      kill()
    }
    expect(await there(bind(), { onPrint })).toEqual({
      ...{ code: 1, out: `${card} is bound to uio_pci_generic as uio3; e1000 before\n` },
      err: `physmem: ${target}: the connection is lost: chroot was ended by SIGKILL; of ${card} not done: driver_override put back, unbound from uio_pci_generic, bound to e1000\n  cure: by hand, on that machine: echo > /${device}/driver_override; echo ${card} > ${drivers}/uio_pci_generic/unbind; echo ${card} > ${drivers}/e1000/bind\n`,
    })
  })
})
