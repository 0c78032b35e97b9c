/** The lines of those who look at PCI functions with pcimem, setpci or lspci. */

type Line = readonly string[]

/** pcimem: a byte, a half word, a word, a double word. */
const LETTER_BITS: Record<string, string> = { b: '8', h: '16', w: '32', d: '64' }

/** pciutils: a byte, a word of 16 bits, a long. */
const SUFFIX_BITS: Readonly<Record<string, string>> = { b: '8', w: '16', l: '32' }

/** The registers of each function that people name. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ VENDOR_ID: '0.w', DEVICE_ID: '2.w', COMMAND: '4.w', STATUS: '6.w', REVISION: '8.b' },
  ...{ BASE_ADDRESS_0: '10.l', BASE_ADDRESS_1: '14.l', INTERRUPT_LINE: '3c.b' },
}

/** `pcimem FILE OFFSET [b|h|w|d [VALUE]]`. */
export function pcimem([path = '', offset = '0', type = 'w', value]: Line): Line {
  const [, card, bar] = /\/sys\/bus\/pci\/devices\/([^/]+)\/resource([0-5])$/.exec(path) ?? []
  const place = `${card === undefined ? `file:${path}` : `pci:${card}/bar${bar}`}+${offset}`
  const [, letter = '', count] = /^([bhwd])(?:\*([0-9]+))?$/.exec(type) ?? []
  const width = ['--width', LETTER_BITS[letter] ?? '']
  if (value !== undefined) return ['write', `${place}=${value}`, ...width]
  return ['read', place, ...(count === undefined ? [] : ['--count', count]), ...width]
}

/** `setpci -s FUNCTION REGISTER[.WIDTH][=VALUE]`, and `-d VENDOR:DEVICE`; its numbers are hexadecimal. */
export function setpci([flag = '', which = '', register = '', ...more]: Line): Line[] {
  const [, name = '', value] = /^([^=]+)(?:=(?:0x)?([0-9a-f]+))?$/i.exec(register) ?? []
  const [, offset, letter = ''] =
    /^([0-9a-f]+)\.([bwl])$/i.exec(NAMED[name.toUpperCase()] ?? name) ?? []
  const width = SUFFIX_BITS[letter.toLowerCase()]
  if (!/^-[sd]$/.test(flag) || more.length > 0 || offset === undefined || width === undefined)
    return []
  const place = `pci:${which}/config+0x${offset}`
  if (value === undefined) return [['read', place, '--width', width]]
  return [['write', `${place}=0x${value}`, '--width', width]]
}

/** `lspci`, and `lspci -s FUNCTION -xxx`, which shows the configuration space. */
export function lspci(words: Line): Line[] {
  if (words.length === 0) return [['list', 'pci']]
  const [flag, which, bytes, ...more] = words
  const isDump = flag === '-s' && /^-x{1,4}$/.test(bytes ?? '') && more.length === 0
  return isDump ? [['dump', `pci:${which}/config`, '--width', '8']] : []
}
