import { type Cure, joined, sentence, shell } from '../../base/cure.ts'
import type { System } from '../../linux/system.ts'
import type { ModuleRefusal } from '../../refusal/modules.ts'
import { explainModules, SIGN } from '../../refusal/modules.ts'
import type { Refusal } from '../../refusal/refusal.ts'

/** What was to be loaded, and where. */
export interface KmodFile {
  file: string
  /** Whether the kernel is to unpack it. */
  packed: boolean
  /** The kernel that it was built for; `undefined` when the file does not tell. */
  builtFor: string | undefined
  /** The kernel that runs. */
  running: string
}

const BUILD = sentence`build it for this kernel: ${{ act: 'build the module' }}`

/** Why there is nothing to load. */
export function notBuiltRefusal(release: string, places: readonly string[]): Refusal {
  return {
    code: 'EREFUSED_NO_KMOD',
    reason: `it is not built for kernel ${release}`,
    cure: sentence`${BUILD}; or give a file that was built elsewhere: ${{ act: 'load the module', file: 'FILE' }}`,
    evidence: places.map((file) => ({ file, line: 'does not exist' })),
  }
}

/** Why the kernel did not take a module: kernel/module/main.c, load_module(). */
export function explainKmodLoad(errno: string, module: KmodFile, system: System): Refusal {
  const known = explainModules(system)
  if (known?.errno === errno) return signing(known, module)
  if (module.packed && UNPACKING.includes(errno)) return unpacking(errno)
  switch (errno) {
    case 'ENOEXEC':
      return wrongKernel(module)
    case 'EKEYREJECTED':
      return signing(
        {
          errno,
          refusal: {
            code: 'EREFUSED',
            reason:
              "the module's signature is not from a key that the kernel trusts (EKEYREJECTED)",
          },
        },
        module,
      )
    case 'ENOENT':
      return {
        code: 'EREFUSED',
        reason: 'the kernel lacks a function that the module needs (ENOENT)',
        cure: sentence`${BUILD}; the last lines of ${shell('dmesg')} name the function`,
      }
    default:
      return {
        code: 'EREFUSED',
        reason: `the kernel refused it (${errno})`,
        cure: sentence`the last lines of ${shell('dmesg')} say why`,
      }
  }
}

/**
 * Kernels before 5.17 do not know the flag (EINVAL), others are built without CONFIG_MODULE_DECOMPRESS
 * (ENOTSUP) or for another packing: kernel/module/decompress.c. What was unpacked may not fit.
 */
const UNPACKING = ['ENOTSUP', 'EINVAL', 'ENOEXEC']

function unpacking(errno: string): Refusal {
  const reason =
    errno === 'ENOEXEC'
      ? 'what is compressed in it is not a module for this kernel'
      : 'this kernel does not unpack such a module itself'
  return { code: 'EREFUSED', reason: `${reason} (${errno})`, cure: [shell('modprobe physmem')] }
}

function wrongKernel({ file, builtFor, running }: KmodFile): Refusal {
  if (builtFor === undefined) {
    return { code: 'EREFUSED', reason: `${file} is not a kernel module (ENOEXEC)`, cure: BUILD }
  }
  const reason =
    builtFor === running
      ? `it was built for another kernel that is also named ${running} (ENOEXEC)`
      : `it was built for kernel ${builtFor}, but ${running} runs (ENOEXEC)`
  return { code: 'EREFUSED', reason, cure: BUILD }
}

/** Where a signature is what lacks, how one is made. */
function signing({ refusal, errno }: ModuleRefusal, { file, running }: KmodFile): Refusal {
  const asksForKey = errno === 'EKEYREJECTED' || refusal.code === 'EREFUSED_LOCKDOWN'
  if (!asksForKey) return refusal
  const others = (refusal.cures ?? []).filter((one) => one !== SIGN)
  const cure = joined(['sign it with a key of your own, as below', ...others], '; or ')
  return { ...refusal, cure, steps: steps(file, running) }
}

/** Documentation/admin-guide/module-signing.rst; shim's MOK manager asks at the next boot. */
function steps(file: string, running: string): Cure[] {
  return [
    [
      shell(
        'openssl req -new -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=physmem/ -keyout MOK.key -outform DER -out MOK.der',
      ),
    ],
    sentence`${shell('mokutil --import MOK.der')}, reboot, and choose "Enroll MOK"`,
    [shell(`/lib/modules/${running}/build/scripts/sign-file sha256 MOK.key MOK.der ${file}`)],
    [{ act: 'load the module' }],
  ]
}

/** Why it cannot be unloaded: kernel/module/main.c, delete_module(). */
export function explainKmodUnload(
  errno: string,
  users: readonly string[],
  system: System,
): Refusal {
  switch (errno) {
    case 'ENOENT':
      return { code: 'EREFUSED_NO_KMOD', reason: 'it is not loaded (ENOENT)' }
    case 'EAGAIN':
    case 'EBUSY':
      return {
        code: 'EINUSE',
        reason: `it is in use${users.length > 0 ? ` by ${users.join(', ')}` : ''} (${errno})`,
        cure: 'end the programs that have it open or mapped, or that own a buffer',
      }
    default:
      return (
        explainModules(system)?.refusal ?? {
          code: 'EREFUSED',
          reason: `the kernel refused (${errno})`,
        }
      )
  }
}
