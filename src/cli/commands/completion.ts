import { scripts, shells } from '../complete/scripts.ts'
import { defineCommand, one } from '../frame/command.ts'
import { choice } from '../frame/parsers.ts'

const parseShell = choice('a shell', shells)

export default defineCommand({
  arguments: [{ name: 'shell', needed: true, description: 'bash, zsh or fish', completes: shells }],
  options: {},
  examples: [
    ['completion bash', 'the script: eval "$(physmem completion bash)" in ~/.bashrc loads it'],
    ['completion zsh > ~/.zfunc/_physmem', 'for a zsh with ~/.zfunc in its $fpath'],
    ['completion fish > ~/.config/fish/completions/physmem.fish', 'for every new fish'],
  ],
  notes: [
    'Completes commands, options and their values, every kind of place as far as this machine has ' +
      'some (BARs, UIO maps, resources, device tree nodes, processes, symbols, ports), registers, ' +
      'their fields and values by name, and files.',
  ],
  refuses: ['target', 'width', 'endian', 'json', 'verbose', 'actOnPorts', 'actOnI2c', 'quiet'],
  inBatches: 'it prints a script for a shell',
  async run(context, args) {
    context.io.stdout.write(scripts[parseShell(one(args, 0))])
    return 0
  },
})
