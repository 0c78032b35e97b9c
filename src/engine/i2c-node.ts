import { closeSync } from 'node:fs'
import { errnoName } from '../base/errno.ts'
import type { Pending } from '../base/pending.ts'
import { deviceName } from '../linux/device-name.ts'
import type { LocalSystem } from '../linux/system.ts'
import type { FileOpener, NotOpened } from './access-file.ts'
import { type I2cCalls, loadAddon } from './addon.ts'
import { openFile } from './open-node.ts'
import type { Mode } from './source.ts'

/** The end of a transaction: `undefined` where it was made; refused before it, or failed with an errno. */
export type I2cEnd = undefined | { refused: string } | { failed: string }

/**
 * An open /dev/i2c-N, on a machine wherever it is. Each call makes at most one transaction, and none
 * twice. A device is selected right before it: a driver may have come to have it, and I2C_RDWR itself
 * does not ask.
 */
export interface I2cNode {
  /** Its path, as a person names it. */
  readonly path: string
  /** `MAJOR:MINOR`. */
  readonly number: string
  /** What the adapter can, by the bits I2C_FUNC_* of include/uapi/linux/i2c.h. */
  functions(): Pending<number | { refused: string }>
  /** No transaction: an errno where the device is refused, EBUSY where a driver of the kernel has it. */
  select(device: number): Pending<string | undefined>
  /** Writes `out`, 1 to 32 bytes, and reads `into`, 0 to 32 bytes, behind a repeated start. */
  transfer(device: number, out: Uint8Array, into: Uint8Array): Pending<I2cEnd>
  /**
   * Byte data for 1 of `bytes`, word data for 2, in the order of the wire; read into them, or written
   * from them. `command` is the number of the register, 8 bits.
   */
  smbus(device: number, isRead: boolean, command: number, bytes: Uint8Array): Pending<I2cEnd>
  close(): Pending<void>
}

/** What such nodes are opened with. */
export interface I2cOpener extends Pick<FileOpener, 'look'> {
  /** Opens one, and makes no transaction. */
  openI2c(path: string, mode: Mode): Promise<I2cNode | NotOpened>
}

/** That of this machine. */
export function localI2c(system: LocalSystem, calls?: I2cCalls): I2cOpener {
  return {
    look: async (question) => question(system.now()),
    openI2c: async (path, mode) => openLocal(system.at(path), mode, calls),
  }
}

function openLocal(path: string, mode: Mode, given?: I2cCalls): I2cNode | NotOpened {
  const opened = openFile(path, mode)
  if ('errno' in opened) return { path, ...opened }
  const { fd, status } = opened
  const calls = given ?? loadAddon()
  const nameOf = (answer: number) => (answer === 0 ? undefined : errnoName(-answer))
  const select = (device: number) => nameOf(calls.i2cSelect(fd, device))
  const made = (device: number, transaction: () => number): I2cEnd => {
    const refused = select(device)
    if (refused !== undefined) return { refused }
    const failed = nameOf(transaction())
    return failed === undefined ? undefined : { failed }
  }
  return {
    ...{ path, number: deviceName(status.rdev), select },
    functions: () => {
      const functions = calls.i2cFunctions(fd)
      return functions < 0 ? { refused: errnoName(-functions) } : functions
    },
    transfer: (device, out, into) => made(device, () => calls.i2cTransfer(fd, device, out, into)),
    smbus: (device, isRead, command, bytes) =>
      made(device, () => calls.i2cSmbus(fd, isRead, command, bytes)),
    close: () => closeSync(fd),
  }
}
