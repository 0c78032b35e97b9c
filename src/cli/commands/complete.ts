import { defineCommand, several } from '../command.ts'
import { offer } from '../complete/candidates.ts'
import { registry } from '../registry.ts'

/** What the scripts of `completion` call; see `complete/scripts.ts`. */
export default defineCommand({
  arguments: [{ name: '[word...]', description: 'the words behind physmem, the last unfinished' }],
  options: {},
  examples: [['__complete -- read pci:', 'the PCI devices of this machine']],
  async run(context, args) {
    const { candidates, files } = await offer(several(args, 0), registry, context.root)
    context.print(
      ...candidates.map(({ text, description }) =>
        description === undefined ? text : `${text}\t${description}`,
      ),
      ...(files ? [':file'] : []),
    )
    return 0
  },
})
