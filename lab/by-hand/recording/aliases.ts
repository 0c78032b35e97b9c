import { join } from 'node:path'
import { archFacts } from '../../supply/arch.ts'
import { command } from '../../supply/command.ts'

/**
 * QEMU's arguments for an arm64 machine with a device tree that has aliases, as those of real
 * boards have; QEMU 7 makes one without. `machine` are the arguments that its own tree depends on.
 */
export async function withAliases(
  folder: string,
  machine: readonly string[],
): Promise<readonly string[]> {
  const file = join(folder, 'virt.dtb')
  const dump = ['-machine', `virt,dumpdtb=${file}`, '-cpu', 'cortex-a72', '-display', 'none']
  await command(archFacts.aarch64.qemu, [...dump, ...machine])
  await command('fdtput', ['-c', file, '/aliases'])
  for (const [alias, node] of [
    ['serial0', '/pl011@9000000'],
    ['gpio0', '/pl061@9030000'],
    ['rtc0', '/pl031@9010000'],
  ]) {
    await command('fdtput', ['-t', 's', file, '/aliases', alias ?? '', node ?? ''])
  }
  return ['-dtb', file]
}
