/** The command as a process of its own. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { everyday } from './everyday.ts'
import { BuiltCli, Child } from './testing/built.ts'
import { TestFolder, testBytes } from './testing/files.ts'

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

  it('runs the everyday commands without the large file', async () => {
    const whole = join(dirname(cli.main), 'whole.js')
    const file = folder.file('everyday.bin', testBytes(64))
    renameSync(whole, `${whole}.away`)
    try {
      for (const line of [
        `read file:${file}+4..+8 --json`,
        `write file:${file}+4=1 file:${file}+8:7:4=2 --verify`,
        `wait file:${file}+4=1 --timeout 5ms`,
        `devmem file:${file}+4`,
      ]) {
        expect(everyday).toContain(line.split(' ')[0])
        const { code, err } = await cli.run(line.split(' '))
        expect({ line, code, err }).toEqual({ line, code: 0, err: '' })
      }
      expect((await cli.run(['read', '--oops'])).err).toContain('is not an option of read')
      expect((await cli.run(['dump', '0..4'])).err).toContain('whole.js')
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

  it('ends a wait at Ctrl-C with 1, a watch with 0', async () => {
    const wait = cli.start('-t sim: wait 0x40000001=1 --unaligned --timeout 1m'.split(' '))
    const watch = cli.start('-t sim: watch 0x10000000 --quiet'.split(' '))
    await Promise.all([
      wait.interrupt(() => wait.err !== ''),
      watch.interrupt(() => watch.out !== ''),
    ])
    expect(await wait.ended).toEqual({
      code: 1,
      out: '',
      err:
        'physmem: 0x40000001 is not aligned to 32 bits: accessed as 4 single bytes\n' +
        'physmem: stopped (Ctrl-C)\n',
    })
    expect(await watch.ended).toEqual({ code: 0, out: '0x50484d31\n', err: '' })
  })

  it('keeps what it has at Ctrl-C', async () => {
    const target = folder.file('stopped.bin')
    const args = ['-t', 'sim:', 'dump', '0x40000000..+1M', '-w', '8', '-o', target, '--json']
    const child = cli.start(args)
    await child.interrupt(() => existsSync(target))
    const { code, out } = await child.ended
    if (code === 0) return // It was faster.
    expect(code).toBe(1)
    const { error, bytes } = JSON.parse(out)
    expect(error.code).toBe('EABORT')
    expect(statSync(target).size).toBe(bytes)
  })

  const mounts = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0

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
        `  done: 1572864 bytes (file:${source} to file:${source}+0x17ffff) are in /mnt/out.bin, which is kept\n`,
    )
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
