import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { partFor } from '../start/everyday.ts'
import { TestFolder } from '../testing/files.ts'
import { printed, run } from '../testing/run.ts'

const folder = new TestFolder()
const onSim = { env: { PHYSMEM_TARGET: 'sim:' } }
const refused = (message: string, cure?: string) => ({
  code: 2,
  out: '',
  err: `physmem: ${message}\n${cure === undefined ? '' : `  hint: ${cure}\n`}`,
})

describe('PHYSMEM_TARGET', () => {
  it('names the target, in batches, too', async () => {
    expect(await run('read 0x10000000', onSim)).toEqual(printed('0x10000000  0x50484d31'))
    const script = folder.file('a.txt', 'read 0x10000000\n')
    expect(await run(['batch', script], onSim)).toEqual(printed('0x10000000  0x50484d31'))
  })

  it('gives way to --target', async () => {
    const file = folder.file('a.bin', 'abcd')
    expect(await run(`read file:${file} -t local`, { env: { PHYSMEM_TARGET: 'x' } })).toMatchObject(
      {
        code: 0,
      },
    )
    const env = { PHYSMEM_TARGET: 'local' }
    expect(await run('read 0x10000000 -q -t sim:', { env })).toEqual(printed('0x50484d31'))
  })

  it('is not there when it is empty', async () => {
    const env = { PHYSMEM_TARGET: '' }
    expect((await run('read uio:none/map0', { env })).err).toBe(
      'physmem: there is no UIO device none: this machine has none\n',
    )
    expect((await run('map 0x10', { env })).err).not.toContain('PHYSMEM_TARGET')
  })

  it.each(['read 0x10', 'map', 'doctor 0x10'])('is named when it is wrong, by %s', async (line) => {
    expect(await run(line, { env: { PHYSMEM_TARGET: 'sim' } })).toEqual(
      refused(
        'PHYSMEM_TARGET: "sim" is not a target: expected local, sim: (a simulated board), sim:FILE, ssh://HOST, sudo:, unix:SOCKET, serial:DEVICE[,BAUD], exec:COMMAND, gdb://HOST:PORT, gdb:SOCKET, qmp://HOST:PORT, qmp:SOCKET or, in commands, @GROUP of a board file, did you mean sim:?',
      ),
    )
    expect(await run(line, { env: { PHYSMEM_TARGET: 'sim:/no.yaml' } })).toEqual(
      refused(
        'PHYSMEM_TARGET: there is no file /no.yaml: expected the YAML description of a board',
      ),
    )
  })

  it.each([
    ['translate 1 0x10', 'translate', 'a simulated board has no processes and no page tables'],
    ['owners 0x10', 'owners', 'a simulated board has no processes'],
    ['buffer 4k', 'buffer', 'it allocates RAM of this machine'],
    ['bind 0000:00:04.0 vfio-pci', 'bind', 'a simulated board has no drivers'],
    ['kmod status', 'kmod', 'a simulated board has no kernel'],
  ])('%s works on some machines only, and says so', async (line, name, why) => {
    const far = ['translate', 'owners', 'bind'].includes(name) ? ' and through an agent' : ''
    const message = `${name} works on this machine${far} only, but the target is "sim:": ${why}`
    const variable = refused(`PHYSMEM_TARGET: ${message}`, 'give --target local')
    expect(await run(line, onSim)).toEqual(variable)
    expect(await run(`${line} -t sim:`)).toEqual(refused(message, 'leave out --target'))
  })

  it.each(['read 0x10', 'list', 'map', 'map 0x10', 'wait 0x10=1', 'read serial0.FR'])(
    'names no program to be run, for %s',
    async (line) => {
      const done = folder.file('done')
      const message =
        'PHYSMEM_TARGET: a variable may name no target of exec: or sudo:, and no group with one'
      for (const target of [`exec:touch ${done}`, 'sudo:']) {
        expect(await run(line, { env: { PHYSMEM_TARGET: target } })).toEqual(
          refused(message, 'give it with --target'),
        )
      }
      expect(existsSync(done)).toBe(false)
    },
  )

  it('names no program to be run in batches', async () => {
    const script = folder.file('b.txt', 'read 0x10\n')
    const { code, err } = await run(['batch', script], { env: { PHYSMEM_TARGET: 'exec:env' } })
    expect([code, err]).toEqual([
      2,
      `physmem: ${script}:1: PHYSMEM_TARGET: a variable may name no target of exec: or sudo:, and no group with one\n  hint: give it with --target\nphysmem: ${script}: a line is wrong: nothing was run\n`,
    ])
  })

  it('names a machine that is reached by no program of its choice', async () => {
    const socket = folder.file('no.sock')
    expect(await run('read 0x10', { env: { PHYSMEM_TARGET: `unix:${socket}` } })).toEqual({
      ...{ code: 1, out: '' },
      err: `physmem: PHYSMEM_TARGET: unix:${socket}: there is no such socket (ENOENT)\n  cure: start what serves there first: for a virtual machine, QEMU with -chardev socket,id=agent,path=${socket},server=on,wait=off\n`,
    })
  })

  it('chooses the file that knows of targets', () => {
    expect(partFor(['read', '0x10'], { PHYSMEM_TARGET: 'sim:' })).toBe('whole')
    expect(partFor(['map'], { PHYSMEM_TARGET: 'sim:' })).toBe('whole')
    expect(partFor(['map', '--target', 'sim:'])).toBe('whole')
    expect(partFor(['read', '0x10'], { PHYSMEM_TARGET: 'local' })).toBe('everyday')
  })
})

describe('--sudo', () => {
  it.each([
    [
      'read 0 --sudo',
      '--sudo is for targets of ssh:// and exec:, but this is "local"',
      'for root on this machine: --target sudo:',
    ],
    [
      'read 0 --sudo -t sim:',
      '--sudo is for targets of ssh:// and exec:, but this is "sim:"',
      'leave out --sudo',
    ],
    [
      'read 0 --sudo -t sudo:',
      '--sudo is for targets of ssh:// and exec:, but this is "sudo:"',
      'leave out --sudo',
    ],
    [
      'map --sudo -t unix:/x',
      '--sudo is for targets of ssh:// and exec:, but this is "unix:/x"',
      'leave out --sudo',
    ],
    [
      'read 0 --sudo -t exec:false -t sim:',
      '--sudo is for targets of ssh:// and exec:, but this is "sim:"',
      'leave out --sudo',
    ],
    ['completion bash --sudo', '--sudo does not apply to completion: leave it out', undefined],
  ])('is refused where no shell starts an agent: %s', async (line, message, cure) => {
    expect(await run(line)).toEqual(refused(message, cure))
  })
})

describe('--keep-connection', () => {
  it('is for connections of ssh, and has an end', async () => {
    for (const target of ['local', 'sim:', 'exec:false']) {
      expect(await run(`read 0 --keep-connection 1m -t ${target}`)).toEqual(
        refused(
          `--keep-connection is for targets of ssh://, but this is "${target}"`,
          'leave out --keep-connection',
        ),
      )
    }
    for (const short of ['10ms', '0', '0s']) {
      expect(await run(`read 0 --keep-connection ${short} -t ssh://a`)).toEqual(
        refused(
          `a connection cannot be kept for ${short}: expected at least 1s, or no --keep-connection, which keeps none`,
        ),
      )
    }
  })
})

describe('the simulated board', () => {
  it('is shown by map, with its registers', async () => {
    const { code, out, err } = await run('map -t sim: --no-picture')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(
      /^0x10000000-0x10000fff +4 KiB {2}demo +device {2,}One register of every behaviour;/m,
    )
    expect(out).toMatch(/├─ demo\.SCRATCH +read-write {2,}Keeps what is written\n/)
  })

  it('is told at an address', async () => {
    expect(await run('map 0x10000021 -t sim:')).toEqual(
      printed(
        '0x10000021  demo.CONTROL + 0x1',
        '  0x10000000-0x10000fff    4 KiB  demo             +0x21  device      One register of every behaviour; takes only 32-bit accesses',
        '  0x10000020-0x10000023  4 bytes  └─ demo.CONTROL  +0x1   read-write  Bits 6:4 mode; bit 7 starts the work and reads as 1 for the 20 ms it takes (self-clearing)',
        'places  0x10000021',
      ),
    )
    expect(await run('map 0x20000000 -t sim: -q')).toMatchObject({ code: 3 })
    expect(await run('map pci:0:4.0/bar0 -t sim:')).toEqual(
      refused('pci:0000:00:04.0/bar0 is not on a simulated board: it has plain addresses only'),
    )
  })

  it('has documents of map, list and doctor', async () => {
    const { memory, target } = JSON.parse((await run('map -t sim: --json')).out)
    expect(target).toBe('sim:')
    expect(memory[0]).toMatchObject({ name: 'boot', kind: 'rom', source: 'board' })
    const { places } = JSON.parse((await run('list -t sim: --json control')).out)
    expect(places).toContainEqual({
      ...{ kind: 'address', place: '0x10000020', address: 0x1000_0020, length: 4 },
      ...{ name: 'demo.CONTROL', what: 'self-clearing' },
      description: 'Bits 6:4 mode; bit 7 starts the work and reads as 1 for the 20 ms it takes',
    })
    for (const line of ['list gpio', 'map', 'doctor', 'snapshot gpio']) {
      expect(JSON.parse((await run(`${line} -t sim: --json`)).out).target).toBe('sim:')
    }
    for (const line of ['read 0x10000000', 'describe gpio', 'doctor 0x0', 'dump 0x0..+4']) {
      expect(JSON.parse((await run(`${line} -t sim: --json`)).out)).not.toHaveProperty('target')
    }
    const { board, findings } = JSON.parse((await run('doctor -t sim: --json')).out)
    expect(board).toBe('demo')
    expect(findings[1]).toMatchObject({
      ...{ id: 'uart0', verdict: 'works', reason: '15 registers in 4 KiB at 0x09000000' },
    })
  })

  it('is listed with addresses of one width, also for scripts', async () => {
    expect(await run('list uart0.FR -q -t sim:')).toEqual(printed('0x09000018'))
    expect(await run('map 0x9000018 -q -t sim:')).toMatchObject({ out: '0x09000018\n' })
  })

  it('is examined at an address, without a trace', async () => {
    expect(await run('doctor 0x10 -t sim:')).toEqual(
      printed(
        '0x00000010',
        '     here     boot + 0x10 (0x00000000 to 0x0000ffff)',
        '✓  read     works, by sim:',
        '✗  write    refused',
        '     why      32-bit write at 0x00000010 (sim:) would fail: boot is read-only (bus error)',
      ),
    )
    expect(await run('doctor 0x09000000 -t sim: -q')).toEqual(printed('read works', 'write works'))
    expect(await run('doctor 0x1000003c -t sim: -q')).toMatchObject({ code: 1 })
  })

  it('prints what is written to its serial port, on stderr and on lines of its own', async () => {
    const file = folder.file('hello.txt', 'Hello\n')
    expect(await run(`load 0x09000000 ${file} --fixed --width 8 -q -t sim:`)).toEqual({
      ...{ code: 0, out: '', err: 'Hello\n' },
    })
    expect(await run('write 0x09000000=0x41 --width 8 -t sim:')).toEqual({
      ...{ code: 0, out: '', err: 'A' },
    })
    const script = folder.file(
      'hi.txt',
      'write 0x09000000=0x48 -w 8\nwrite 0x09000000=0x69 -w 8\nread 0x1000003c\n',
    )
    expect((await run(['-t', 'sim:', 'batch', script])).err).toBe(
      `Hi\nphysmem: ${script}:3: 32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error\nphysmem: ${script}: stopped at line 3: 3 of 3 commands were run\n`,
    )
  })
})
