import type { Entry } from '../frame/command.ts'
import { defineCommand } from '../frame/command.ts'
import { manPage } from '../frame/man.ts'

/** What the build makes the man page of the package with. */
export default (commands: readonly Entry[]) =>
  defineCommand({
    arguments: [],
    options: {},
    examples: [['__man > physmem.1', 'the page']],
    inBatches: 'it is for the build',
    async run(context) {
      const visible = commands.filter(({ hidden }) => !hidden)
      const load = async ({ name, summary, load }: Entry) => {
        return { name, summary, command: (await load()).default }
      }
      context.io.stdout.write(manPage(await Promise.all(visible.map(load))))
      return 0
    },
  })
