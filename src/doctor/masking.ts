import type { CommandLineToken } from '../linux/cmdline.ts'

/**
 * Words whose values tell nothing of a person, a site or a key. All others keep their names only,
 * and those whose very names are unknown nothing.
 */
const HARMLESS: readonly string[] = [
  ...['iomem', 'lockdown', 'lsm', 'nopat', 'nomodule', 'module.sig_enforce', 'mem', 'memmap'],
  ...['efi', 'hugepages', 'hugepagesz', 'default_hugepagesz', 'transparent_hugepage', 'cma'],
  ...['swiotlb', 'iommu', 'intel_iommu', 'amd_iommu', 'iommu.passthrough', 'iommu.strict'],
  ...['nokaslr', 'kaslr', 'crashkernel', 'memhp_default_state', 'numa', 'numa_balancing', 'pci'],
  ...['pcie_aspm', 'quiet', 'splash', 'ro', 'rw', 'rootwait', 'panic', 'debug', 'loglevel'],
  ...['console', 'earlycon', 'earlyprintk', 'mitigations', 'pti', 'nosmt', 'isolcpus', 'nohz_full'],
  ...['init_on_alloc', 'init_on_free', 'page_poison', 'slub_debug', 'vmalloc', 'movablecore'],
  ...[
    'kernelcore',
    'acpi',
    'noapic',
    'nolapic',
    'maxcpus',
    'nr_cpus',
    'reboot',
    'vga',
    'nomodeset',
  ],
  ...['secretmem.enable', 'page_reporting.page_reporting_order', 'random.trust_cpu', 'psi'],
  ...['strict-devmem', 'devmem', 'io-strict-devmem', 'reserve', 'highmem', 'mem_encrypt'],
]

const KNOWN = new Set(HARMLESS.map(canonical))

/** What a report shows of a word: all of a harmless one, otherwise its name, without its value. */
export function maskWord({ text, name, value }: CommandLineToken): string {
  if (KNOWN.has(canonical(name))) return text
  if (!/^[\w.-]{1,40}$/.test(name) || looksRandom(name)) return '…'
  return value === undefined ? name : `${name}=…`
}

function canonical(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

/** A word that is not a name but a key or a number: long, and with many digits. */
function looksRandom(name: string): boolean {
  return name.replace(/\D/g, '').length > 4
}
