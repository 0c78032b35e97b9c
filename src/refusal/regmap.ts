import { sentence, shell } from '../base/cure.ts'
import { readCommandLine } from '../linux/cmdline.ts'
import { readKernelConfig } from '../linux/kernel-config.ts'
import { isThere, listFolder } from '../linux/read.ts'
import { listRegmaps, REGMAPS, type Regmap } from '../linux/regmap.ts'
import type { System } from '../linux/system.ts'
import { counted } from '../text/count.ts'
import { formatHex } from '../text/number.ts'
import { nearest } from '../text/suggest.ts'
import { configEvidence } from './evidence.ts'
import { lockdownRefusal } from './lockdown.ts'
import { explainOpen } from './node.ts'
import { permissionRefusal } from './permissions.ts'
import type { Refusal } from './refusal.ts'

const DEBUGFS = '/sys/kernel/debug'
/** Names of regmaps in a message. */
const MOST_NAMES = 8

/** Why a file of a regmap could not be opened; without a name, the folder of all. */
export function explainRegmapOpen(
  errno: string,
  name: string | undefined,
  system: System,
): Refusal {
  switch (errno) {
    case 'ENOENT':
      return explainMissing(name, system)
    case 'EACCES':
      return permissionRefusal(system)
    case 'EPERM':
      // fs/debugfs/file.c, debugfs_locked_down(): not of files that are for reading only.
      return lockdownRefusal(system) ?? explainOpen(errno)
    default:
      return explainOpen(errno)
  }
}

function explainMissing(name: string | undefined, system: System): Refusal {
  const known = listRegmaps(system.files)
  const code = 'ENOPLACE'
  if (known.length === 0) return explainNoRegmaps(system)
  if (name === undefined || known.includes(name)) {
    return { code, reason: 'its driver reports no registers (ENOENT)' }
  }
  const near = nearest(name, known)
  if (near !== undefined) return { code, reason: `there is no such regmap, but ${near} (ENOENT)` }
  const more = known.length > MOST_NAMES ? `, … (${known.length})` : ''
  const names = known.slice(0, MOST_NAMES).join(', ')
  return { code, reason: `there is no such regmap, but ${names}${more} (ENOENT)` }
}

/** fs/debugfs/inode.c: `debugfs=`, and what it is where nothing is said. */
function explainNoRegmaps(system: System): Refusal {
  const code = 'EREFUSED'
  const config = readKernelConfig(system.files)
  if (listFolder(system.files, DEBUGFS).length > 0) {
    return isThere(system.files, REGMAPS)
      ? { code: 'ENOPLACE', reason: 'no driver of this machine has a regmap (ENOENT)' }
      : {
          code,
          reason: 'the kernel was built without CONFIG_REGMAP (ENOENT)',
          evidence: configEvidence('CONFIG_REGMAP', system),
        }
  }
  if (config?.get('CONFIG_DEBUG_FS') === 'n') {
    const reason = 'the kernel was built without CONFIG_DEBUG_FS (ENOENT)'
    const evidence = configEvidence('CONFIG_DEBUG_FS', system)
    return { code, reason, cure: 'use a kernel with CONFIG_DEBUG_FS=y', evidence }
  }
  const word = readCommandLine(system.files).all('debugfs').at(-1)
  if (word?.value === 'off' || word?.value === 'no-mount') {
    return {
      code,
      reason: `debugfs is switched off, as the kernel's command line asks (ENOENT)`,
      cure: `boot without ${word.text}`,
      evidence: [{ file: '/proc/cmdline', line: word.text }],
    }
  }
  const options = ['CONFIG_DEBUG_FS_ALLOW_NONE', 'CONFIG_DEBUG_FS_DISALLOW_MOUNT']
  const built = options.find((option) => config?.get(option) === 'y')
  if (built !== undefined && word?.value !== 'on') {
    return {
      code,
      reason: 'debugfs is switched off, as the kernel was built (ENOENT)',
      cure: 'boot with debugfs=on',
      evidence: configEvidence(built, system),
    }
  }
  return {
    code,
    reason: `debugfs is not mounted at ${DEBUGFS} (ENOENT)`,
    cure: sentence`mount it: ${shell(`mount -t debugfs none ${DEBUGFS}`)}`,
  }
}

/** Why a register is not shown. */
export function explainRegmapRegister(number: number, { registers }: Regmap): Refusal {
  const known = registers.find((one) => one.number === number)
  const code = 'EREFUSED'
  if (known?.precious) {
    return {
      code,
      reason:
        'its driver calls it precious, since a read has an effect: the kernel reads it for nobody',
    }
  }
  if (known !== undefined) return { code, reason: 'its driver does not allow reading it' }
  const [first, last] = [registers[0]?.number ?? 0, registers.at(-1)?.number ?? 0]
  const all = `${counted(registers.length, 'register')} from ${formatHex(first)} to ${formatHex(last)}`
  return { code: 'ENOPLACE', reason: `its driver has no such register, but ${all}` }
}

/** Why nothing is written: drivers/base/regmap/regmap-debugfs.c, REGMAP_ALLOW_WRITE_DEBUGFS. */
export const NO_REGMAP_WRITES: Refusal = {
  code: 'EREFUSED',
  reason:
    'the kernel only allows reading registers of a regmap, unless its source was edited (REGMAP_ALLOW_WRITE_DEBUGFS)',
  cure: 'write to the device itself, by its bus or its physical address',
}
