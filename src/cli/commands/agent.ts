import { RequestError } from '../../base/errors.ts'
import { AGENT_CPUS, type AgentCpu, readAgent } from '../../engine/agent-file.ts'
import { systemAt } from '../../engine/system-at.ts'
import { writeProgram } from '../../operate/files.ts'
import { counted } from '../../text/count.ts'
import { clip } from '../../text/refuse.ts'
import { defineCommand } from '../frame/command.ts'
import { choice } from '../frame/parsers.ts'
import { outputPath } from '../frame/paths.ts'

/** What others call these CPUs: uname, Debian, Go and compilers. */
const OTHER_NAMES: Readonly<Record<string, AgentCpu>> = {
  ...{ x86_64: 'x64', 'x86-64': 'x64', amd64: 'x64' },
  ...{ aarch64: 'arm64', 'arm64-v8a': 'arm64', armv8: 'arm64' },
  ...{ armhf: 'arm', armel: 'arm', armv6l: 'arm', armv7l: 'arm', armv7: 'arm', arm32: 'arm' },
  ...{ riscv: 'riscv64', rv64: 'riscv64', rv64gc: 'riscv64' },
}

const parseCpu = choice<AgentCpu>('a CPU', AGENT_CPUS, OTHER_NAMES)

export default defineCommand({
  arguments: [],
  options: {
    cpu: {
      flags: '--cpu <cpu>',
      description: 'for which CPU: x64, arm64, arm (32 bits, from ARMv6 on) or riscv64',
      parse: parseCpu,
      fallback: undefined as AgentCpu | undefined,
      fallbackText: 'that of this machine',
      completes: AGENT_CPUS,
    },
    output: {
      flags: '-o, --output <file>',
      description: 'write it to a file, in place of standard output',
      parse: outputPath,
      fallback: undefined as string | undefined,
      completes: 'file',
    },
  },
  meanings: { quiet: 'with -o, print nothing' },
  examples: [
    ['agent --cpu arm64 -o physmem-agent', 'an executable to copy to a board'],
    [
      'agent --cpu arm | ssh root@board "cat > /tmp/devmem && chmod +x /tmp/devmem"',
      'there, as devmem',
    ],
  ],
  notes: [
    'The agent is one static program of less than 100 kB that needs nothing on a board except its kernel. ' +
      'Called as devmem it is that of busybox, but strict; physmem-agent read, write, wait, dump and ' +
      'fill take plain addresses as physmem does, and say the same.',
  ],
  refuses: ['target', 'width', 'endian', 'json', 'verbose', 'actOnPorts', 'actOnI2c'],
  inBatches: 'it makes a program, and accesses no memory',
  async run(context, _args, { cpu = parseCpu(systemAt().cpu), output }) {
    const file = output === '-' ? undefined : output
    if (file === undefined && context.io.stdout.isTerminal) {
      throw new RequestError(
        'EUSAGE',
        'a program would garble the terminal: write it to a file with -o',
      )
    }
    const bytes = readAgent(cpu)
    if (file === undefined) context.io.stdout.write(bytes)
    else writeProgram(file, bytes)
    if (file !== undefined && !context.settings.quiet) {
      context.print(`the agent for ${cpu}, ${counted(bytes.length, 'byte')}, is ${clip(file)}`)
    }
    return 0
  },
})
