import type { RegisterDescription } from '../schema.ts'
import { ReadToClearRegister, WriteOneToClearRegister, WriteOneToSetRegister } from './flags.ts'
import {
  ConstantRegister,
  FaultRegister,
  ReadOnlyRegister,
  ReadWriteRegister,
  WriteOnlyRegister,
} from './plain.ts'
import { ConsoleRegister, FifoRegister } from './queues.ts'
import type { Block, SimRegister } from './register.ts'
import { CounterRegister, SelfClearingRegister } from './timed.ts'

/** The register that behaves as the description says. */
export function makeRegister(
  name: string,
  description: RegisterDescription,
  block: Block,
): SimRegister {
  switch (description.kind) {
    case 'constant':
      return new ConstantRegister(name, description, block)
    case 'read-write':
      return new ReadWriteRegister(name, description, block)
    case 'read-only':
      return new ReadOnlyRegister(name, description, block)
    case 'write-only':
      return new WriteOnlyRegister(name, description, block)
    case 'read-to-clear':
      return new ReadToClearRegister(name, description, block)
    case 'write-1-to-clear':
      return new WriteOneToClearRegister(name, description, block)
    case 'write-1-to-set':
      return new WriteOneToSetRegister(name, description, block)
    case 'fifo':
      return new FifoRegister(name, description, block)
    case 'self-clearing':
      return new SelfClearingRegister(name, description, block)
    case 'counter':
      return new CounterRegister(name, description, block)
    case 'console':
      return new ConsoleRegister(name, description, block)
    case 'fault':
      return new FaultRegister(name, description, block)
  }
}
