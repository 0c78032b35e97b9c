import type { FakeQemu } from './fake-qemu.ts'
import { FakeServer } from './fake-server.ts'

export const GREETING = `${JSON.stringify({ QMP: { version: { qemu: { major: 7, minor: 2, micro: 22 }, package: '' }, capabilities: ['oob'] } })}\r\n`
const EVENT = '{"event":"RESUME","timestamp":{"seconds":1,"microseconds":2}}\r\n'

interface Given {
  architecture?: string
  monitor?: (line: string) => unknown
}

/** QEMU's monitor over what a fake QEMU has. */
export function monitorOf(
  qemu: FakeQemu,
  { architecture = 'aarch64', monitor }: Given = {},
): Promise<FakeServer> {
  const answer = (line: string): string => {
    const { execute, id, arguments: given } = JSON.parse(line)
    const result = () => {
      if (execute === 'qmp_capabilities') return {}
      if (execute === 'query-target') return { arch: architecture }
      const command = given['command-line']
      return monitor === undefined ? qemu.monitor(command) : monitor(command)
    }
    return `${EVENT}${JSON.stringify({ return: result(), id })}\r\n`
  }
  return FakeServer.lines(GREETING, answer)
}
