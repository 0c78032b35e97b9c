import type { Command, Entry } from './frame/command.ts'

/**
 * The table of commands. Adding one means one file in `commands/` and one row here. Only the file
 * of the command that is run is loaded. A command that is about commands exports a function, which
 * takes this table: nothing below imports it.
 */
export const registry: readonly Entry[] = [
  row('read', 'read registers or ranges', () => import('./commands/read.ts')),
  row('write', 'write registers, or bits of them', () => import('./commands/write.ts')),
  row('wait', 'wait until a register has a value', () => import('./commands/wait.ts')),
  row('watch', 'show how registers change', () => import('./commands/watch.ts')),
  row('describe', 'describe registers and their fields', () => import('./commands/describe.ts')),
  row(
    'chips',
    'list the blocks and devices that are described',
    () => import('./commands/chips.ts'),
  ),
  row('record', 'sample registers into a waveform or table', () => import('./commands/record.ts')),
  row('snapshot', 'save the values of registers', () => import('./commands/snapshot.ts')),
  row('diff', 'compare snapshots of registers', () => import('./commands/diff.ts')),
  row('restore', 'write a snapshot back', () => import('./commands/restore.ts')),
  row('dump', 'show or save a range', () => import('./commands/dump.ts')),
  row('load', 'write a file to memory', () => import('./commands/load.ts')),
  row('fill', 'write one value to a range', () => import('./commands/fill.ts')),
  row('copy', 'copy a range to another place', () => import('./commands/copy.ts')),
  row('compare', 'compare a range with a place or a file', () => import('./commands/compare.ts')),
  row('search', 'find bytes, text or numbers in a range', () => import('./commands/search.ts')),
  row('cache', 'write back or drop cache lines', () => import('./commands/cache.ts')),
  row('buffer', 'allocate RAM at a known address', () => import('./commands/buffer.ts')),
  row('devmem', 'behave like the devmem of busybox', () => import('./commands/devmem.ts')),
  row('batch', 'run the commands in a file, one per line', async () => ({
    default: (await import('./commands/batch.ts')).default(registry),
  })),
  row('repl', 'type commands at a prompt', async () => ({
    default: (await import('./commands/repl.ts')).default(registry),
  })),
  row('run', 'run a script with a machine', () => import('./commands/run.ts')),
  row('map', 'show what is at which address', () => import('./commands/map.ts')),
  row('list', 'list the places that can be named here', () => import('./commands/list.ts')),
  row(
    'translate',
    'find the physical address of a virtual one',
    () => import('./commands/translate.ts'),
  ),
  row('owners', 'find who has mapped a physical page', () => import('./commands/owners.ts')),
  row('bind', 'give a PCI device to another driver', () => import('./commands/bind.ts')),
  row('kmod', 'build, load or unload the kernel module', () => import('./commands/kmod.ts')),
  row('import', 'write a description as YAML', () => import('./commands/import.ts')),
  row('codegen', 'write TypeScript for described registers', () => import('./commands/codegen.ts')),
  row('doctor', 'check what works here, and say why not', () => import('./commands/doctor.ts')),
  row('lint', 'check a description of registers', () => import('./commands/lint.ts')),
  row('agent', 'write the agent for a board', () => import('./commands/agent.ts')),
  row(
    'completion',
    'print the completion script of a shell',
    () => import('./commands/completion.ts'),
  ),
  {
    name: '__complete',
    summary: 'what the completion of a shell asks',
    load: async () => ({ default: (await import('./commands/complete.ts')).default(registry) }),
    hidden: true,
  },
  {
    name: '__man',
    summary: 'what the build makes the man page with',
    load: async () => ({ default: (await import('./commands/man.ts')).default(registry) }),
    hidden: true,
  },
]

// biome-ignore lint/suspicious/noExplicitAny: a command of any options is a command.
function row(name: string, summary: string, load: () => Promise<{ default: Command<any> }>): Entry {
  return { name, summary, load }
}
