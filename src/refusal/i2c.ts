import { sentence, shell } from '../base/cure.ts'
import { hasI2c, hasI2cNode, type I2cClient, listI2cBuses, listI2cClients } from '../linux/i2c.ts'
import { readKernelConfig } from '../linux/kernel-config.ts'
import { readText } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import { formatHex } from '../text/number.ts'
import { printable } from '../text/refuse.ts'
import { unbindCommand } from './claimant.ts'
import { configEvidence } from './evidence.ts'
import { explainOpen } from './node.ts'
import { permissionRefusal } from './permissions.ts'
import type { Refusal } from './refusal.ts'

const CHARDEV = 'CONFIG_I2C_CHARDEV'

/** Why /dev/i2c-N could not be opened: drivers/i2c/i2c-dev.c, i2cdev_open(). */
export function explainI2cOpen(errno: string, bus: number, system: System): Refusal {
  switch (errno) {
    case 'ENOENT':
      return noNode(bus, system)
    case 'EACCES':
      return forbidden(bus, system)
    case 'ENXIO':
    case 'ENODEV':
      return noBus(bus, system) ?? { code: 'EREFUSED', reason: `its adapter went away (${errno})` }
    default:
      return explainOpen(errno)
  }
}

function noNode(bus: number, system: System): Refusal {
  const { files } = system
  if (!hasI2c(files)) {
    return {
      code: 'EREFUSED',
      reason:
        'there is no such node: the kernel has no I2C, or its modules are not loaded (ENOENT)',
      cure: sentence`load the driver of the adapter, and i2c-dev: ${shell('modprobe i2c-dev')}`,
      evidence: configEvidence('CONFIG_I2C', system),
    }
  }
  const absent = noBus(bus, system)
  if (absent) return absent
  if (hasI2cNode(bus, files)) {
    const reason = 'there is no such node, though the kernel has the bus: a container hides it'
    return { code: 'EREFUSED', reason, cure: 'run it outside of the container' }
  }
  const evidence = configEvidence(CHARDEV, system)
  if (readKernelConfig(files)?.get(CHARDEV) === 'n') {
    const reason = `there is no such node: the kernel was built without ${CHARDEV} (ENOENT)`
    return { code: 'EREFUSED', reason, cure: `use a kernel with ${CHARDEV}=m`, evidence }
  }
  const reason = 'there is no such node: the module i2c-dev, which makes it, is not loaded (ENOENT)'
  return { code: 'EREFUSED', reason, cure: [shell('modprobe i2c-dev')], evidence }
}

/** That there is no such bus, and which there are; `undefined` for one that there is. */
function noBus(bus: number, { files }: System): Refusal | undefined {
  const buses = listI2cBuses(files)
  if (buses.some(({ number }) => number === bus)) return undefined
  if (buses.length === 0) {
    return {
      code: 'ENOPLACE',
      reason: `there is no I2C bus ${bus}: the kernel knows none`,
      cure: 'load the driver of the adapter, or switch it on in the firmware or the device tree',
    }
  }
  const known = buses.map(({ number, name }) => `${number} (${printable(name)})`).join(', ')
  return { code: 'ENOPLACE', reason: `there is no I2C bus ${bus}: there are ${known}` }
}

/** Distributions let a group of users have the nodes: Debian's is i2c. */
function forbidden(bus: number, system: System): Refusal {
  const refusal = permissionRefusal(system)
  const status = system.files.status(`/dev/i2c-${bus}`)
  const isOfGroup = status !== undefined && status.gid !== 0 && (status.mode & 0o060) === 0o060
  const group = isOfGroup ? groupName(status.gid, system) : undefined
  if (group === undefined) return refusal
  const add = shell(`usermod -aG ${group} USER`)
  const cure = sentence`run it as root, or add the user to the group ${group} (${add}) and log in again`
  return { ...refusal, cure }
}

function groupName(gid: number, { files }: System): string | undefined {
  const groups = readText(files, '/etc/group') ?? ''
  return new RegExp(`^([\\w.-]+):[^:]*:${gid}:`, 'm').exec(groups)?.[1]
}

/** That a driver of the kernel has a device: i2c-dev.c, i2cdev_check_addr(), which answers EBUSY. */
export function ownedDevice(bus: number, device: number, system: System): Refusal {
  const code = 'EREFUSED_BUSY'
  const client = listI2cClients(bus, system.files).find(({ address }) => address === device)
  if (client?.driver === undefined) {
    // The address may be taken on a bus behind a multiplexer, or in front of it.
    const reason =
      'a driver of the kernel has this address, on this bus or one that is joined to it (EBUSY)'
    return { code, reason, cure: 'unbind that driver from the device' }
  }
  const { id, driver } = client
  return {
    code,
    reason: `the driver ${printable(driver)} has this device (EBUSY)`,
    cure: sentence`ask its driver (/sys/bus/i2c/devices/${id}), or unbind it: ${unbindCommand({ bus: 'i2c', device: id, driver })}`,
    evidence: [driverEvidence(client, driver)],
  }
}

function driverEvidence({ id }: I2cClient, driver: string) {
  return { file: `/sys/bus/i2c/devices/${id}/driver`, line: driver }
}

/** Documentation/i2c/fault-codes.rst. */
const FAULTS: Readonly<Record<string, string>> = {
  EAGAIN: 'another master of the bus went first: arbitration was lost (EAGAIN)',
  EBUSY: 'the bus was busy for longer than is allowed: something on it hangs (EBUSY)',
  EIO: 'the adapter failed without giving a reason (EIO)',
  ENODEV: 'the adapter went away (ENODEV)',
  EPROTO: 'the device breaks the protocol of the bus (EPROTO)',
  ESHUTDOWN: 'the adapter is suspended (ESHUTDOWN)',
  ETIMEDOUT: 'it took too long and was given up: something holds the bus (ETIMEDOUT)',
  // Node's name of the same number.
  ENOTSUP: 'the adapter does not make such a transaction (EOPNOTSUPP)',
  EOPNOTSUPP: 'the adapter does not make such a transaction (EOPNOTSUPP)',
}

/** Why a transaction failed, and whether since nothing acknowledged it. */
export function explainI2cFault(
  errno: string,
  device: number,
): { reason: string; unanswered: boolean } {
  const unanswered = errno === 'ENXIO' || errno === 'EREMOTEIO'
  if (!unanswered)
    return { reason: FAULTS[errno] ?? `the adapter failed with ${errno}`, unanswered }
  const at = formatHex(device, 8)
  const reason = `nothing acknowledged it at ${at}: no device is there, or it is busy or refuses the register (${errno})`
  return { reason, unanswered }
}
