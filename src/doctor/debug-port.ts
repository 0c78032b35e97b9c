import type { DebugServer } from '../remote/debug/index.ts'
import { NO_STORE, WRITE_BY_GDB } from '../wording/debug-port.ts'
import { type Finding, type Told, told, unknown, works } from './finding.ts'

/** What a debug port does, and what it cannot promise. Nothing of its machine is accessed for it. */
export function examineDebugPort(server: DebugServer): Told[] {
  return [addresses(server), reads(server), writes(server), ...shortcomings(server)].map(told)
}

function addresses({ addresses: which }: DebugServer): Finding {
  const subject = { id: 'debug.addresses', title: 'addresses' }
  if (which === 'physical') return works(subject, 'they are physical')
  return unknown(
    subject,
    'they are what the CPU at the port takes them for: virtual where it translates',
  )
}

function reads({ addresses: which }: DebugServer): Finding {
  const subject = { id: 'debug.width', title: 'width of an access' }
  if (which === 'physical') {
    return works(subject, 'kept, but QEMU makes several where the device takes no such width')
  }
  return unknown(
    subject,
    'each is asked for alone, but an adapter may make others of it, or repeat it',
  )
}

function writes({ protocol }: DebugServer): Finding {
  const subject = { id: 'debug.write', title: 'writes' }
  if (protocol === 'gdb') return works(subject, 'one packet each')
  const code = 'EREADONLY'
  return {
    ...subject,
    verdict: 'refused',
    code,
    reason: NO_STORE,
    evidence: [],
    cures: [WRITE_BY_GDB],
  }
}

function shortcomings({ addresses: which, leaves, protocol }: DebugServer): Finding[] {
  const faults = { id: 'debug.faults', title: 'where nothing answers' }
  const updates = { id: 'debug.update', title: 'updates' }
  const writes = protocol === 'gdb'
  const stopped = { id: 'debug.state', title: 'the machine' }
  return [
    which === 'physical'
      ? works(
          faults,
          writes ? 'an access fails; a store that the device refuses may be lost' : 'a read fails',
        )
      : unknown(faults, 'it is for the server to say so'),
    leaves === undefined
      ? works(stopped, 'runs on meanwhile')
      : works(stopped, `stands still meanwhile, and is left ${leaves.how}: ${leaves.because}`),
    ...(writes ? [works(updates, 'a load and a store, with trips between')] : []),
    works({ id: 'debug.wait', title: 'waits' }, 'a trip for each look'),
  ]
}
