/** `physmem kmod`: the module is built here for the guest's kernel, and loaded and unloaded there. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, physmemJson } from '../../machine/physmem.ts'
import { hostArch, seriesList } from '../../supply/arch.ts'
import { command } from '../../supply/command.ts'
import { ensureHeaders } from '../../supply/headers.ts'
import { ensureKernel } from '../../supply/kernels.ts'
import { repositoryRoot } from '../../supply/repository.ts'

const arch = 'x86_64'

for (const series of seriesList) {
  const reason =
    labUnavailable(arch, series) ??
    (hostArch === arch ? undefined : `this machine compiles for no ${arch}`)
  describe.skipIf(reason)(labTitle(`physmem kmod, ${series}`, reason), () => {
    let folder: string
    let machine: Machine
    let file: string

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'physmem-kmod-'))
      const kernel = await ensureKernel(arch, series)
      const build = ['kmod', 'build', '-q', '--kernel', kernel.release, '--output', folder]
      const main = join(repositoryRoot(), 'dist/cli/main.js')
      const headers = await ensureHeaders(kernel)
      const output = await command('node', [main, ...build, '--headers', headers])
      expect(output.toString()).toBe(`${folder}/physmem.ko\n`)
      file = `/lib/modules/${kernel.release}/extra/physmem.ko`
      const content = await readFile(join(folder, 'physmem.ko'))
      const other = content
        .toString('latin1')
        // Of a module with the checksums of symbols, the kernel compares only what is after the
        // release.
        .replace(`vermagic=${kernel.release} SMP`, (own) => own.replace(/. SMP$/, 'X UP '))
      machine = await startMachine({
        arch,
        series,
        files: [
          { path: file, content },
          { path: '/root/other.ko', content: Buffer.from(other, 'latin1') },
        ],
        lifetimeMs: 600_000,
        bootTimeoutMs: 150_000,
      })
    }, 400_000)

    afterAll(async () => {
      await machine?.stop()
      if (folder) await rm(folder, { recursive: true })
    })

    const status = async () => (await physmemJson(machine, 'kmod status')).document

    it('is built, loaded, used and unloaded', async () => {
      expect(await status()).toMatchObject({
        loaded: false,
        built: file,
        signed: false,
        next: 'physmem kmod load',
      })
      expect(await physmem(machine, 'kmod load')).toEqual({
        stdout: '',
        stderr: `physmem: ${file} is loaded: RAM goes through /dev/physmem\n`,
        exitCode: 0,
      })
      expect(await status()).toMatchObject({ loaded: true, users: 0 })
      expect(await status()).not.toHaveProperty('deviceError')
      expect((await physmem(machine, 'kmod load')).stderr).toBe(
        'physmem: the kernel module is loaded already\n',
      )
      const { stderr, exitCode } = await physmem(machine, 'read 0x1000000 -v')
      expect(exitCode).toBe(0)
      expect(stderr).toContain('0x01000000 by /dev/physmem')
      expect((await physmem(machine, 'kmod unload')).stderr).toBe(
        'physmem: the kernel module is unloaded\n',
      )
      expect((await inGuest(machine, 'cat /proc/modules')).stdout).not.toContain('physmem')
      expect(await physmem(machine, 'kmod unload')).toEqual(
        failed(1, 'physmem: the kernel module cannot be unloaded: it is not loaded (ENOENT)'),
      )
    })

    it('is not unloaded while a buffer lives', async () => {
      await physmem(machine, 'kmod load')
      const alloc = 'sleep 600 | physmem buffer alloc 64k -q > /tmp/buffer 2>&1 & echo $!'
      const pid = Number((await inGuest(machine, alloc)).stdout)
      await inGuest(machine, 'until [ -s /tmp/buffer ]; do sleep 0.1; done')
      const { stderr, exitCode } = await physmem(machine, 'kmod unload')
      expect({ stderr, exitCode }).toEqual({
        stderr: expect.stringMatching(
          /^physmem: the kernel module cannot be unloaded: it is in use by process \d+ \(\S+\) \(EAGAIN\)\n {2}cure: end the programs that have it open or mapped, or that own a buffer\n$/,
        ),
        exitCode: 1,
      })
      const owner = Number(/process (\d+)/.exec(stderr)?.[1])
      await inGuest(machine, `kill -9 ${owner}; while kill -0 ${pid} 2>&1; do sleep 0.1; done`)
      expect((await physmem(machine, 'kmod unload')).exitCode).toBe(0)
    })

    it('says what is wrong with another file', async () => {
      expect((await physmem(machine, 'kmod load /root/other.ko')).stderr).toMatch(
        /^physmem: \/root\/other\.ko cannot be loaded: it was built for kernel \S+X, but \S+ runs \(ENOEXEC\)\n/,
      )
      await inGuest(machine, 'echo text > /root/text.ko')
      expect(await physmem(machine, 'kmod load /root/text.ko')).toEqual(
        failed(
          1,
          'physmem: /root/text.ko cannot be loaded: /root/text.ko is not a kernel module (ENOEXEC)',
          '  cure: build it for this kernel: physmem kmod build',
        ),
      )
    })

    it('shows how to sign it where the kernel demands that', async () => {
      await inGuest(machine, 'echo 1 > /sys/module/module/parameters/sig_enforce')
      const { stderr, exitCode } = await physmem(machine, 'kmod load')
      expect(exitCode).toBe(1)
      expect(stderr).toContain(
        `${file} cannot be loaded: the kernel loads only modules that are signed with its keys (EKEYREJECTED)\n`,
      )
      expect(stderr).toContain('    2. mokutil --import MOK.der, reboot, and choose "Enroll MOK"\n')
    })
  })
}
