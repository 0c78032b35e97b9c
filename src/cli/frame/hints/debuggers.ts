/** The lines of those who come from a debugger, or from tools that have one command for each width. */

type Line = readonly string[]

/** gdb: a byte, a half word, a word, a giant word. */
const GDB_BITS: Record<string, string> = { b: '8', h: '16', w: '32', g: '64' }

/** Linux: `readl`, `inw`. */
const LINUX_BITS: Record<string, string> = { b: '8', w: '16', l: '32', q: '64' }

/** `x/4xw ADDRESS` of gdb, `xp` of QEMU's monitor; the format may be a word of its own. */
export function examined(name: string, words: Line): Line[] {
  const [command, attached] = /^(xp?)(\/.*)?$/.exec(name)?.slice(1) ?? []
  if (command === undefined) return []
  const isApart = attached === undefined && words[0]?.startsWith('/') === true
  const [address, ...more] = isApart ? words.slice(1) : words
  const [, count, letters = ''] =
    /^\/?([0-9]*)([xduotbhwg]{0,2})$/.exec(attached ?? (isApart ? words[0] : '') ?? '') ?? []
  // In either order.
  const unit = letters.replace(/[xduot]/, '')
  const format = letters.replace(/[bhwg]/, '')
  if (address === undefined || more.length > 0 || count === undefined) return []
  if (unit.length > 1 || format.length > 1) return []
  const bits = GDB_BITS[unit]
  const base = { d: 'dec', u: 'dec', t: 'bin' }[format ?? '']
  return [
    [
      ...['read', address],
      ...(count === '' || count === '1' ? [] : ['--count', count]),
      ...(bits === undefined ? [] : ['--width', bits]),
      ...(base === undefined ? [] : ['--base', base]),
    ],
  ]
}

/** `read32 A`, `readl A`, `peek8 A`, `write32 A V`, `poke8 A V`, `inb PORT`, `outb PORT VALUE`. */
export function widthInName(name: string, words: Line): Line[] {
  const [, verb = '', suffix = ''] =
    /^(io?read|iowrite|read|write|peek|poke|in|out)(8|16|32|64|[bwlq])$/.exec(name) ?? []
  const bits = LINUX_BITS[suffix] ?? suffix
  const [first, second, ...more] = words
  if (verb === '' || first === undefined || more.length > 0) return []
  const place = /^(?:in|out)$/.test(verb) ? `port:${first}` : first
  if (/read|peek|in$/.test(verb)) {
    return second === undefined ? [['read', place, '--width', bits]] : []
  }
  // `writel(value, address)` is the order of C.
  if (second === undefined || /^(?:io)?write[bwlq]$/.test(name)) return []
  return [['write', `${place}=${second}`, '--width', bits]]
}

/** `mrw A` of OpenOCD, and `read_memory A BITS COUNT`, `write_memory A BITS VALUE`. */
export function openOcd(name: string, [address, bits, last, ...more]: Line): Line[] {
  if (address === undefined || more.length > 0) return []
  const [, letter = ''] = /^mr([bhw])$/.exec(name) ?? []
  if (letter !== '')
    return bits === undefined ? [['read', address, '--width', GDB_BITS[letter] ?? '']] : []
  if (bits === undefined || last === undefined) return []
  if (name === 'write_memory') return [['write', `${address}=${last}`, '--width', bits]]
  return name === 'read_memory' ? [['read', address, '--width', bits, '--count', last]] : []
}

/** `io -4 [-r|-w] ADDRESS [VALUE]`: the option counts bytes, and is 1 where it is not there. */
export function io(words: Line): Line[] {
  const bytes = words.find((word) => /^-[1248]$/.test(word))?.slice(1) ?? '1'
  const [address, value, ...more] = words.filter((word) => !/^-[1248rw]$/.test(word))
  if (address === undefined || more.length > 0) return []
  const width = ['--width', `${Number(bytes) * 8}`]
  return [
    [...(value === undefined ? ['read', address] : ['write', `${address}=${value}`]), ...width],
  ]
}

/** `peekpoke [-b BITS] r|w ADDRESS [VALUE]`. */
export function peekpoke(words: Line): Line[] {
  const at = words.indexOf('-b')
  const width = at < 0 ? [] : ['--width', words[at + 1] ?? '']
  const [verb, address, value, ...more] = words.filter(
    (_, index) => at < 0 || (index !== at && index !== at + 1),
  )
  if (address === undefined || more.length > 0) return []
  if (verb === 'r' && value === undefined) return [['read', address, ...width]]
  return verb === 'w' && value !== undefined ? [['write', `${address}=${value}`, ...width]] : []
}

/** `i2cget [-y] BUS CHIP REGISTER [b|w]`, `i2cset [-y] BUS CHIP REGISTER VALUE [b|w]`. */
export function i2cTools(name: string, words: Line): Line[] {
  const [bus, chip, register, ...rest] = words.filter((word) => !/^-[yfa]$/.test(word))
  // A word of SMBus has its low byte first, as ours have without `--endian`.
  const [value, mode = 'b', ...more] = name === 'i2cget' ? ['', ...rest] : rest
  const bits = { b: '8', w: '16' }[mode]
  if (register === undefined || value === undefined || bits === undefined || more.length > 0)
    return []
  const place = `i2c:${bus}:${chip}+${register}`
  if (name === 'i2cget') return [['read', place, '--width', bits]]
  return [['write', `${place}=${value}`, '--width', bits]]
}
