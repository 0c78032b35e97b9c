/** The command as a process of its own. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { physicalAddressBits } from '../../linux/cpu.ts'
import { FakeQemu } from '../../remote/debug/testing/fake-qemu.ts'
import { FakeServer } from '../../remote/debug/testing/fake-server.ts'
import { BuiltCli, Child } from '../testing/built.ts'
import { TestFolder, testBytes } from '../testing/files.ts'
import { everyday, looking } from './everyday.ts'

const cli = new BuiltCli()
const folder = new TestFolder()

describe('physmem', () => {
  it('reads, and exits with a code', async () => {
    expect(await cli.run(['--target', 'sim:', 'read', '0x10000000'])).toEqual({
      code: 0,
      out: '0x10000000  0x50484d31\n',
      err: '',
    })
    const file = folder.file('memory.bin', testBytes(64))
    const ran = await cli.run(['read', `file:${file}+8`, '-q'])
    expect(ran).toEqual({ code: 0, out: '0x4e474039\n', err: '' })
    expect((await cli.run(['read', 'zzz'])).code).toBe(2)
  })

  it('takes a board from a file, which needs the parts that are loaded late', async () => {
    const board = 'name: b\nregions:\n  ram: { kind: ram, base: 0, size: 4k, fill: 0xa5 }\n'
    const file = folder.file('board.yaml', board)
    expect((await cli.run(['-t', `sim:${file}`, 'read', '0', '-q'])).out).toBe('0xa5a5a5a5\n')
  })

  it('goes to the machine of the board file of its folder, and says so', async () => {
    const found = folder.file('physmem.yaml', "target: 'sim:'\n")
    const memory = folder.file('here.bin', new Uint8Array(8))
    const inFolder = (line: string) => cli.shell(`cd ${folder.path} && physmem ${line}`)
    const err = `physmem: note: on sim:, the target of ${found}\n`
    try {
      const ID = '0x10000000  0x50484d31\n'
      expect(await inFolder('read 0x10000000')).toEqual({ code: 0, out: ID, err })
      const name = 'demo.ID  0x50484d31'
      expect((await inFolder('read demo.ID')).out).toContain(name)
      expect((await inFolder('map')).err).toBe(err)
      expect((await inFolder('translate 1 0')).code).toBe(2)
      expect((await inFolder('devmem 0x10000000')).code).toBe(1)
      const here = `read file:${memory} -q -t local`
      expect(await inFolder(here)).toEqual({ code: 0, out: '0x00000000\n', err: '' })
      // What only a board file on the line says is found before anything is chosen, too.
      writeFileSync(found, 'blocks: {}\n')
      expect((await inFolder(`read file:${memory} -q`)).out).toBe('0x00000000\n')
      const named = folder.file('named.yaml', "target: 'sim:'\n")
      expect((await inFolder(`read 0x10000000 -q --board ${named}`)).out).toBe('0x50484d31\n')
      expect((await inFolder(`read -q 0x10000000 --board=named.yaml`)).out).toBe('0x50484d31\n')
    } finally {
      rmSync(found)
    }
  })

  it('runs the commands that start fast without the large file', async () => {
    const whole = join(dirname(cli.main), 'whole.js')
    const file = folder.file('everyday.bin', testBytes(64))
    renameSync(whole, `${whole}.away`)
    try {
      for (const line of [
        `read file:${file}+4..+8 --json`,
        `write file:${file}+4=1 file:${file}+8:7:4=2 --verify`,
        `wait file:${file}+4=1 --timeout 5ms`,
        `devmem file:${file}+4`,
        'map --quiet',
        'list --quiet',
      ]) {
        expect([...everyday, ...looking]).toContain(line.split(' ')[0])
        const { code, err } = await cli.run(line.split(' '))
        expect({ line, code, err }).toEqual({ line, code: 0, err: '' })
      }
      const script = folder.file(
        'batch.txt',
        `read file:${file}+4 -q\nwrite file:${file}:7:4=1\nwait file:${file}:7:4=2 --timeout 1ms\n`,
      )
      expect(await cli.run(['batch', script, '-q'])).toMatchObject({ code: 3, out: '0x00000001\n' })
      for (const [place, err] of [
        ['file:/nope', '/nope cannot be opened for reading: there is no such file'],
        [`file:${file}`, `file:${file} has no known physical address: a file has none`],
        ['pci:ffff:ff:1f.7/bar0', 'there is no PCI device ffff:ff:1f.7'],
        ['uio:none/map0', 'there is no UIO device none'],
        ['iomem:none', 'no resource of /proc/iomem is named "none"'],
      ] as const) {
        expect((await cli.run(['map', place])).err).toContain(`physmem: ${err}`)
      }
      // The large file is for other commands, and says what is wrong with a line.
      expect((await cli.run(['dump', '0..4'])).err).toContain('whole.js')
      expect((await cli.run(['read', '--oops'])).err).toContain('whole.js')
    } finally {
      renameSync(`${whole}.away`, whole)
    }
  })

  it('ends quietly when nobody reads on', async () => {
    const script = 'physmem --target sim: dump 0x40000000..+1M --no-collapse | head -1'
    const { out, err } = await cli.shell(`${script}; echo \${PIPESTATUS[0]}`)
    expect(err).toBe('')
    expect(out).toBe('0x40000000  00000000 00000000 00000000 00000000  |................|\n0\n')
  })

  it('ends a wait and a watch at Ctrl-C by the signal', async () => {
    const wait = cli.start('-t sim: wait 0x40000001=1 --unaligned --timeout 1m'.split(' '))
    const watch = cli.start('-t sim: watch 0x10000000 --quiet'.split(' '))
    await Promise.all([
      wait.interrupt(() => wait.err !== ''),
      watch.interrupt(() => watch.out !== ''),
    ])
    expect(await wait.ended).toEqual({
      code: null,
      out: '',
      err:
        'physmem: 0x40000001 is not aligned to 32 bits: accessed as 4 single bytes\n' +
        'physmem: stopped (Ctrl-C)\n',
    })
    expect(await watch.ended).toEqual({ code: null, out: '0x50484d31\n', err: '' })
    expect([wait.process.signalCode, watch.process.signalCode]).toEqual(['SIGINT', 'SIGINT'])
  })

  it('leaves the machine at a debug port running, as it was found, when Ctrl-C is pressed', async () => {
    const qemu = new FakeQemu()
    const reading = Buffer.from('xp ').toString('hex')
    let reader: Child | undefined
    await using server = await FakeServer.gdb((packet) => {
      if (packet.includes(reading)) reader?.process.kill('SIGINT')
      return qemu.answer(packet)
    }, 'T02thread:01;')
    reader = cli.start(['-t', `gdb:${server.path}`, 'read', '0x40000000'])
    await reader.ended
    expect(server.asked.at(-1)).toBe('D')
    expect(qemu.running).toBe(true)
  })

  it('hears Ctrl-C in a batch whose lines never wait', async () => {
    const script = folder.file('long.txt', 'read 0x10000008\n'.repeat(20_000))
    const batch = cli.start(['-t', 'sim:', 'batch', script])
    await batch.interrupt(() => batch.out !== '')
    expect((await batch.ended).err).toMatch(
      /^physmem: stopped \(Ctrl-C\): \d+ of 20000 commands w(?:ere|as) run\n$/,
    )
    expect(batch.process.signalCode).toBe('SIGINT')
  })

  it('says at Ctrl-C that nothing came of what it was reading', async () => {
    const load = cli.start('-t sim: load 0x40000000 -'.split(' '))
    const { stdin } = load.process
    stdin?.on('error', () => {}).write(new Uint8Array(2 ** 20)) // More than the pipe holds.
    await load.interrupt(() => stdin?.writableLength === 0)
    expect((await load.ended).err).toBe('physmem: stopped (Ctrl-C)\n  done: nothing was written\n')
    expect(load.process.signalCode).toBe('SIGINT')
  })

  it('is as wide as the environment says where no terminal does', async () => {
    const help = async (COLUMNS: string) => (await cli.run(['read', '--help'], { COLUMNS })).out
    expect(await help('50')).toContain('\n  -n, --count <number>\n')
    expect(await help('nothing')).toBe(await help('80'))
    expect(await help('80')).toContain('\n  -n, --count <number>          elements to read from')
  })

  it('keeps what it has at Ctrl-C', async () => {
    const target = folder.file('stopped.bin')
    // More than is done while a key is pressed.
    const args = ['dump', 'file:/dev/zero..+40G', '-w', '8', '-o', target, '--json']
    const child = cli.start(args)
    await child.interrupt(() => existsSync(target))
    const { out } = await child.ended
    expect(child.process.signalCode).toBe('SIGINT')
    const { error, bytes } = JSON.parse(out)
    expect(error.code).toBe('EABORT')
    expect(statSync(target).size).toBe(bytes)
  })

  const bits = physicalAddressBits()
  const last = (2 ** bits - 1).toString(16)
  const beyond = `beyond this CPU's memory: its addresses have ${bits} bits (the last is 0x${last})\n`

  it.skipIf(bits === 52).each([
    ['read 0xffffffffffff0', 2],
    ['write 0xffffffffffff0=1', 2],
    ['write 0xffffffffffff0=1 --dry-run', 2],
    ['wait 0xffffffffffff0=1', 2],
    ['watch 0xffffffffffff0', 2],
    ['dump 0xffffffffffff0..+16', 2],
    ['devmem 0xffffffffffff0', 1],
  ])('refuses an address that this CPU does not have: %s', async (line, code) => {
    const err = `physmem: 0xffffffffffff0 is ${beyond}`
    expect(await cli.run(line.split(' '))).toEqual({ code, out: '', err })
  })

  it
    .skipIf(bits === 52)
    .each(['read 0xLAST0..+32', 'read 0xLAST8 --width 64 --count 2', 'fill 0xLAST0..+32 0'])(
    'refuses a range that ends at one: %s',
    async (line) => {
      const { code, err } = await cli.run(line.replace('LAST', last.slice(0, -1)).split(' '))
      expect(code).toBe(2)
      expect(err).toMatch(/^physmem: 0x[0-9a-f]+ to 0x[0-9a-f]+ reaches /)
      expect(err.endsWith(beyond)).toBe(true)
    },
  )

  const mounts = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0

  it
    .skipIf(!mounts)
    .each(['write file:F=1', 'fill file:F..+8 1', 'load file:F S', 'copy file:S..+8 file:F'])(
    'refuses in a dry run what the run itself would refuse: %s',
    async (line) => {
      const source = folder.file('eight.bin', testBytes(8))
      const words = line.replace(/\bF\b/, '/mnt/f').replace(/\bS\b/, source)
      const physmem = `${process.execPath} ${cli.main} ${words}`
      const script =
        'mount -t tmpfs none /mnt && truncate -s 4k /mnt/f && mount -o remount,ro /mnt || exit 99; ' +
        `${physmem}; echo $?; ${physmem} --dry-run; echo $?`
      const { out, err } = await new Child(spawn('unshare', ['-m', 'sh', '-c', script])).ended
      expect(out).toBe('1\n1\n')
      expect(err).toBe(
        'physmem: /mnt/f cannot be opened for writing: its file system is mounted read-only (EROFS)\n'.repeat(
          2,
        ),
      )
    },
  )

  it('says in a dry run why a device node cannot be mapped', async () => {
    const source = folder.file('eight.bin', testBytes(8))
    expect(await cli.run(['load', 'file:/dev/null', source, '--dry-run'])).toEqual({
      code: 1,
      out: '',
      err: 'physmem: file:/dev/null cannot be mapped: its driver or file system does not support mmap (ENODEV)\n',
    })
  })

  it.skipIf(!mounts)('keeps and names the part that fits on a full disk', async () => {
    const source = folder.file('source.bin', testBytes(3 * 2 ** 20))
    const script =
      'mount -t tmpfs -o size=1536k none /mnt || exit 99; ' +
      `${process.execPath} ${cli.main} dump file:${source}..+3M -o /mnt/out.bin; echo $?; ` +
      `stat -c %s /mnt/out.bin; cmp -n 1572864 ${source} /mnt/out.bin && echo same`
    const { out, err } = await new Child(spawn('unshare', ['-m', 'sh', '-c', script])).ended
    expect(out).toBe('1\n1572864\nsame\n')
    expect(err).toBe(
      'physmem: /mnt/out.bin cannot be written: no space is left on the device (ENOSPC)\n' +
        `  done: 1572864 bytes (file:${source} to file:${source}+0x17ffff) are in /mnt/out.bin\n`,
    )
  })

  const noSpace =
    'physmem: standard output cannot be written: no space is left on the device (ENOSPC)\n'

  it.each([
    ['read file:M', '', 'read 1 element'],
    ['read file:M..+8 --json', '', 'read 2 elements'],
    ['write file:M+4:7:4=3', '', 'made the assignment file:M+0x4:7:4=0x3'],
    [
      'write file:M+4=0x41 file:M+8=1 --json',
      '',
      'made all 2 assignments (file:M+0x4=0x00000041, file:M+0x8=0x00000001)',
    ],
    ['fill file:M..+8 0', '', 'wrote 8 of 8 bytes'],
    ['load file:M F', '', 'wrote 64 of 64 bytes'],
    ['copy file:M..+8 file:M+16', '', 'wrote 8 of 8 bytes'],
    ['dump file:M..+16', '', '0 bytes are shown'],
    ['dump file:M..+16 --json', '', undefined],
    ['dump file:M..+16 -o -', '', '0 bytes were written to standard output'],
    ['dump file:M..+16 -o O', '', '16 bytes (file:M to file:M+0xf) are in O'],
    ['devmem file:M', '', undefined],
    ['compare file:M..+8 file:M+16', '', undefined],
    ['--help', '', undefined],
    ['read --help', '', undefined],
    ['--version --json', '', undefined],
    [
      'read file:M+56 file:M+64 --json',
      'physmem: 0x40 to 0x43 is not inside M: expected 0x0 to 0x3f\n',
      undefined,
    ],
  ])('says that its result could not be printed: %s', async (line, refused, done) => {
    const memory = folder.file('full.bin', testBytes(64))
    const names = (text: string) =>
      text
        .replace(/\bM\b/g, memory)
        .replace(/\bO\b/g, folder.file('out.bin'))
        .replace(/ F$/, ` ${folder.file('load.bin', testBytes(64))}`)
    const { err, out } = await cli.shell(`physmem ${names(line)} >/dev/full; echo $?`)
    const progress = done === undefined ? '' : `  done: ${names(done)}\n`
    expect(err).toBe(noSpace + names(refused) + progress)
    expect(out).toBe(refused === '' ? '1\n' : '2\n')
  })

  it('says how much of a stream was taken', async () => {
    const source = folder.file('source.bin', testBytes(2 ** 20))
    const script = `(ulimit -f 100; trap '' XFSZ; physmem dump file:${source}..+1M -o - >${folder.file('limited.bin')}; echo $?)`
    expect(await cli.shell(script)).toMatchObject({
      out: '1\n',
      err:
        'physmem: standard output cannot be written: it would be larger than is allowed (EFBIG)\n' +
        '  done: 102400 bytes were written to standard output\n',
    })
    expect(statSync(folder.file('limited.bin')).size).toBe(102400)
  })

  it('goes on when nobody can be told', async () => {
    const file = folder.file('unaligned.bin', testBytes(64))
    const script = `physmem read file:${file}+1 --unaligned 2>/dev/full; echo $?`
    expect((await cli.shell(script)).out).toBe(`file:${file}+0x1  0x1d160f08\n0\n`)
  })

  it('needs little memory, whatever the length', async () => {
    const source = folder.file('large.bin', testBytes(2 ** 20))
    spawnSync('truncate', ['-s', '512M', source])
    const usage = (args: string[]) => {
      const code =
        "process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)));"
      const script = `${code}process.argv.splice(1,1);require(${JSON.stringify(cli.main)})`
      const { stderr } = spawnSync(process.execPath, ['-e', script, '', '', ...args], {
        encoding: 'utf8',
      })
      return Number(/\d+$/.exec(stderr)?.[0])
    }
    const little = usage(['--version'])
    const much = usage(['dump', `file:${source}..+512M`, '-o', '/dev/null'])
    expect(much - little).toBeLessThan(64 * 1024)
  })
})
