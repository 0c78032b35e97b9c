import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { withLocks } from '../../device/lock.ts'
import { type CacheControl, loadAddon } from '../../engine/addon.ts'
import { connect } from '../../face/connect.ts'
import { noAgent } from '../../remote/testing/agent.ts'
import { FolderBoard, noBoard } from '../testing/board.ts'
import { TestFolder } from '../testing/files.ts'
import { printed, type RunInTest, run } from '../testing/run.ts'

const folder = new TestFolder()
const because = (why: string | undefined) => (why ? ` [skipped: ${why}]` : '')

const isAgent = (pid: number) => {
  try {
    return readlinkSync(`/proc/${pid}/exe`).includes('/agent-')
  } catch {
    return false
  }
}

const chipFile = (base: number) =>
  folder.file(
    'chip.yaml',
    `blocks:\n  UART0: { base: ${base}, registers: { DR: 0, FR: { offset: 4, fields: { TXFE: 7 } } } }\n`,
  )

const on = (target: string, line: string, options?: RunInTest) =>
  run([...line.split(' '), '-t', target], options)

describe.skipIf(noAgent)(`this machine by an agent${because(noAgent)}`, () => {
  it.each([
    ...['list', 'list --json', 'map', 'map --no-picture', 'map --json', 'map 0x1000'],
    ...[
      'map iomem:none',
      'read iomem:none',
      'read dt:none',
      'read uio:none:0',
      'read pci:0:1f.7/bar0',
      'read pci:0:1f.7/config',
      'map pci:0:1f.7/config',
      'read msr:cpu9999/0x10',
      'map msr:0x10',
      'read regmap:none/0x1',
      'doctor iomem:none',
      'doctor pci:0:1f.7/bar0',
      'doctor pci:0:1f.7/config',
      'doctor msr:cpu9999/0x10',
      'doctor 0xfffffffffffffff0 --json',
    ],
    ...['read 0xfffffffffffffff0', 'read 0x1002'],
    ...['read i2c:99:0x48 -w 8', 'write i2c:99:0x48:0=1 -w 8', 'doctor i2c:99:0x48 --json'],
    ...['read i2c:99:0x48', 'read i2c:99:0x48 -w 64', 'map i2c:99:0x48'],
    ...['translate 2 0x1000', 'translate 2147483647 0x1000', 'translate 1 0xffffffff80000000'],
    ...['translate kernel no_such_symbol', 'map pid:2147483647:0x1000', 'owners pid:2:0x1000'],
    ...['owners 0x1000..', 'map msr:0x10', 'translate 1 --all 0x1000'],
    ...['read pid:2:0x1000', 'write pid:4194304:0x1000=1', 'dump pid:4194304:0x1000..+16'],
    ...['read pid:4194304:0x1000 --json', 'read pid:4194304:0xfffffffffffffffe'],
    ...['read kernel:0x1000', 'write kernel:0x1000=1 --json'],
    ...['doctor pid:4194304:0x1000', 'doctor pid:2:0x1000 --json', 'doctor kernel:0x1000'],
  ])('is what it is without one: %s', async (line) => {
    const { err, ...there } = await on('exec:env', line)
    // A line that is said to help is for the target that was given.
    const told = err.replaceAll('physmem --target exec:env ', 'physmem --target local ')
    expect({ ...there, err: told }).toEqual(await on('local', line))
  })

  it('does not write memory of a process', async () => {
    const place = `pid:${process.pid}:0x1000`
    expect(await on('exec:env', `write ${place}=1`)).toEqual({
      ...{ code: 1, out: '' },
      err:
        `physmem: ${place} is for reading on another machine: between the look and a store, which are trips, its page may move\n` +
        '  cure: write it there, by physmem on that machine\n',
    })
  })

  it.each(['--report x.txt', '--self-test'])('has no doctor %s', async (option) => {
    const [name] = option.split(' ')
    expect(await on('exec:env', `doctor ${option}`)).toEqual({
      ...{ code: 2, out: '' },
      err: `physmem: ${name} is for this machine, but the target is "exec:env"\n`,
    })
  })

  it.each([
    ['buffer alloc 4k', 'it allocates RAM of this machine'],
    ['cache invalidate 0x100..0x200', 'an agent reaches no kernel'],
    ['kmod status', 'an agent reaches no kernel'],
  ])('has no %s', async (line, why) => {
    const name = line.replace(/ (?:alloc|status|0x).*/, '')
    expect(await on('exec:env', line)).toEqual({
      ...{ code: 2, out: '' },
      err: `physmem: ${name} works on this machine only, but the target is "exec:env": ${why}\n  hint: leave out --target\n`,
    })
  })

  it('has files where the program is', async () => {
    const file = folder.file('a.bin', 'abcd')
    expect(await on('exec:/none/such', `read file:${file} -q`)).toMatchObject({ code: 1 })
    expect(await on('exec:env', `read file:${file} -q`)).toEqual(printed('0x64636261'))
  })
})

describe.skipIf(noBoard)(`a board without Node${because(noBoard)}`, () => {
  const board = noBoard ? undefined : new FolderBoard()
  afterAll(() => board?.remove())
  const { path = '', target = '' } = board ?? {}
  const memory = () => board as FolderBoard
  const there = (line: string, options?: RunInTest) => on(target, line, options)
  const nothingLeft = () => expect(memory().processes()).toEqual([])
  const running = async () => {
    for (let tries = 0; tries < 400; tries++) {
      const pid = memory().processes().find(isAgent)
      if (pid !== undefined) return pid
      await setTimeout(5)
    }
    throw new Error('nothing runs there')
  }

  it('is that of a board file, of plain addresses, names, looks and batches', async () => {
    const chip = 'blocks: { B: { base: 0x200, registers: { R: { offset: 4 } } } }\n'
    folder.file('chip.yaml', chip)
    const found = folder.file('physmem.yaml', `target: '${target}'\nchip: chip.yaml\n`)
    const err = `physmem: note: on ${target}, the target of ${found}\n`
    const env = { PHYSMEM_BOARD: found }
    const script = folder.file('far.txt', 'write 0x208=7\nread 0x208 B.R -q\n')
    const before = memory().word(0x208)
    expect(await run('read 0x204 B.R', { env })).toEqual({
      ...printed('0x00000204  0x07060504', 'B.R         0x07060504'),
      err,
    })
    expect(await run('write B.R=9 -q', { env })).toEqual({ ...printed(), err })
    expect(memory().word(0x204)).toBe(9)
    expect(await run(`batch ${script} -q`, { env })).toEqual({
      ...printed('0x00000007', '0x00000009'),
      err,
    })
    expect((await run('map 0x204 -q', { env })).out).toContain('demo')
    expect(await run(`write 0x208=${before} 0x204=0x07060504`, { env })).toMatchObject({ code: 0 })
    expect(memory().word(0x208)).toBe(before)
    nothingLeft()
  })

  it('has its caches cleaned and flushed, by its CPU', async () => {
    const { lineBytes, clean, flush } = loadAddon().cacheControl() as CacheControl
    const note = clean === flush ? expect.any(String) : ''
    expect(await there('cache clean 0x100..+64')).toEqual({
      ...printed(`${64 / lineBytes} line of ${lineBytes} bytes was cleaned (${clean})`),
      err: note,
    })
    expect(await there('cache flush iomem:demo+0x100..+8 --json')).toEqual(
      printed(
        JSON.stringify({
          ...{ command: 'cache', place: 'iomem:"demo"+0x100..+0x8', address: 0x100, length: 8 },
          ...{ action: 'flush', lines: 1, lineBytes, instruction: flush },
        }),
      ),
    )
    const file = folder.file('here.bin', 'abcdefgh')
    expect(await there(`cache flush file:${file}..+8 -q`)).toEqual(printed())
    nothingLeft()
  })

  it('is read and written', async () => {
    expect(await there('read 0x100 iomem:demo+0x104')).toEqual(
      printed('0x00000100          0x03020100', 'iomem:"demo"+0x104  0x07060504'),
    )
    expect(await there('write 0x200=0x11223344 0x204:7:4=0xa -q')).toEqual(printed())
    expect([memory().word(0x200), memory().word(0x204)]).toEqual([0x11223344, 0x070605a4])
    expect(await there('dump 0x10..0x20')).toEqual(
      printed('0x00000010  13121110 17161514 1b1a1918 1f1e1d1c  |................|'),
    )
    nothingLeft()
  })

  it('has registers by name', async () => {
    const chip = chipFile(0x300)
    expect(await there(`read UART0.FR UART0.DR -q --chip ${chip}`)).toEqual(
      printed('0x07060504', '0x03020100'),
    )
    expect(await there(`write UART0.FR:TXFE=1 -q --chip ${chip}`)).toMatchObject({ code: 0 })
    expect(memory().word(0x304)).toBe(0x07060584)
    nothingLeft()
  })

  const bits = folder.file('bits.txt', 'write 0x3504:7:4=0xa\nwrite 0x3600:0=1\n')
  it('is changed under the lock of its page, which a physmem there has, too', async () => {
    const folder = memory().at('run/lock')
    const line = 'write 0x504:7:4=0xa'
    expect((await there(`${line} -v`)).err).toContain(
      'physmem: no lock against other processes: /run/lock/physmem-0.lock cannot be created: there is no such folder\n',
    )
    mkdirSync(folder, { recursive: true })
    let waiting: ReturnType<typeof there> | undefined
    await withLocks(['0'], { folder, uid: 0 }, async () => {
      const before = memory().word(0x600)
      waiting = there('write 0x600:3:0=0x5 0x1600:0=1 -q')
      // Locks are taken in order: the other page's is not there as long as this one is waited for.
      await running()
      await setTimeout(100)
      expect([readdirSync(folder), memory().word(0x600)]).toEqual([['physmem-0.lock'], before])
    })
    expect(await waiting).toEqual(printed())
    expect(memory().word(0x600)).toBe(0x03020105)
    expect(readdirSync(folder)).toEqual(['physmem-0.lock', 'physmem-1000.lock'])
    expect(await there(`batch ${bits} -q`)).toEqual(printed())
    expect(readdirSync(folder)).toContain('physmem-3000.lock')
    await using machine = await connect(target)
    await machine
      .describe({ chip: chipFile(0x2600) })
      .then((all) => all.update('UART0.FR', { TXFE: 1 }))
    expect(readdirSync(folder)).toContain('physmem-2000.lock')
    rmSync(folder, { recursive: true })
  })

  it('says what is run, and by which way', async () => {
    expect((await there('read 0x100 -v')).err).toBe(
      `physmem: runs chroot ${path} sh\nphysmem: 0x00000100 by /dev/mem\n`,
    )
  })

  it('says what fails there, as here', async () => {
    expect(await there('read 0x20000')).toEqual({
      ...{ code: 1, out: '' },
      err: 'physmem: 32-bit read at 0x00020000 failed: nothing answered (bus error)\n',
    })
  })

  it('has sudo that starts the agent', async () => {
    const sudo = memory().at('bin/sudo')
    writeFileSync(sudo, '#!/bin/sh\n[ "$1 $2" = "-n --" ] && shift 2 && exec "$@"\n', {
      mode: 0o755,
    })
    const ran = await there('read 0x100 -q -v --sudo')
    expect(ran).toMatchObject({ code: 0, out: '0x03020100\n' })
    expect(ran.err).toContain(`physmem: runs chroot ${path} sudo -n -- sh\n`)
    const no = '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n'
    writeFileSync(sudo, no, { mode: 0o755 })
    expect(await there('read 0x100 --sudo')).toEqual({
      ...{ code: 1, out: '' },
      err: `physmem: ${target}: chroot ended with exit code 1: sudo: a password is required\n  cure: let this print ok first: echo echo ok | chroot ${path} sudo -n -- sh (sudo must ask for no password there: NOPASSWD in its rules, or log in as root)\n`,
    })
    nothingLeft()
  })

  it('is one of several, of which another is dead', async () => {
    const label = 'exec:false: '.padEnd(target.length + 2)
    expect(await there('read 0x100 -q -t exec:false')).toEqual({
      code: 1,
      out: `${target}: 0x03020100\n`,
      err: `${label}physmem: exec:false: false ended with exit code 1\n${label}  cure: let this print ok first: echo echo ok | false sh\n`,
    })
    nothingLeft()
  })

  it('ends with all others when Ctrl-C is pressed while one of them is being reached', async () => {
    const pid = folder.file('slow.pid')
    // The shell ends by a signal, and what it has started would stay.
    const script = `#!/bin/sh\nsleep 60 &\necho $! > ${pid}.new\nmv ${pid}.new ${pid}\nwait\n`
    const slow = folder.file('slow.sh', script)
    chmodSync(slow, 0o755)
    const stop = new AbortController()
    const line = ['wait', '0x500=1', '--timeout', '1m', '-t', target, '-t', `exec:${slow}`]
    const waiting = run(line, { signal: stop.signal })
    await running()
    while (!existsSync(pid)) await setTimeout(5)
    stop.abort()
    const { code, out, err } = await waiting
    expect({ code, out }).toEqual({ code: 1, out: '' })
    const label = (name: string) => `${name}: `.padEnd(Math.max(target.length, slow.length + 5) + 2)
    expect(err.trimEnd().split('\n').sort()).toEqual(
      [target, `exec:${slow}`].map((name) => `${label(name)}physmem: stopped (Ctrl-C)`).sort(),
    )
    nothingLeft()
    // A process that has ended has no words, also where nobody has asked how.
    const words = `/proc/${readFileSync(pid, 'utf8').trim()}/cmdline`
    const wordsOf = () => (existsSync(words) ? readFileSync(words, 'utf8') : '')
    // It has the signal; that it ends by it may take a moment.
    for (let tries = 0; tries < 200 && wordsOf() !== ''; tries++) await setTimeout(5)
    expect(wordsOf()).toBe('')
  })

  it('has one connection for a batch', async () => {
    const script = folder.file('a.txt', 'read 0x100\nwrite 0x400=7\nread 0x400\n')
    const seen = new Set<number>()
    const { code, out, err } = await run(['-v', '-t', target, 'batch', script], {
      onPrint: () => {
        for (const pid of memory().processes()) seen.add(pid)
      },
    })
    expect({ code, out }).toEqual({
      code: 0,
      out: '0x00000100  0x03020100\n0x00000400  0x00000007\n',
    })
    expect(err.match(/runs chroot/g)).toHaveLength(1)
    expect(seen.size).toBe(1)
    nothingLeft()
  })

  it('is left when Ctrl-C is pressed', async () => {
    const stop = new AbortController()
    const waiting = there('wait 0x500=1 --timeout 1m', { signal: stop.signal })
    await running()
    await setTimeout(200)
    stop.abort()
    expect(await waiting).toEqual({ code: 1, out: '', err: 'physmem: stopped (Ctrl-C)\n' })
    nothingLeft()
  })

  it('takes no Ctrl-C of a terminal itself', async () => {
    const stop = new AbortController()
    const waiting = there('wait 0x500=1 --timeout 1m', { signal: stop.signal })
    const pid = await running()
    await setTimeout(200)
    process.kill(pid, 'SIGINT')
    await setTimeout(50)
    expect(memory().processes()).toEqual([pid])
    stop.abort()
    expect((await waiting).err).toBe('physmem: stopped (Ctrl-C)\n')
    nothingLeft()
  })

  it('that is lost in the middle may have done what ran, and nothing is tried again', async () => {
    const waiting = there('wait 0x500=1 --timeout 1m -v')
    const pid = await running()
    await setTimeout(200)
    process.kill(pid, 'SIGKILL')
    expect(await waiting).toEqual({
      ...{ code: 1, out: '' },
      err: `physmem: runs chroot ${path} sh\nphysmem: 0x00000500 by /dev/mem\nphysmem: ${target}: the connection is lost: chroot was ended by SIGKILL; it is not known whether it was done (which matters only where reading has an effect)\n  cure: see that the machine runs and that its connection holds: nothing is tried again by itself\n`,
    })
    nothingLeft()
  })
})
