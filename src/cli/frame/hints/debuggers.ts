/** The lines of those who come from a debugger, or from tools that have one command for each width. */

type Line = readonly string[]

/** OpenOCD: what U-Boot calls the same. */
const OPENOCD: Readonly<Record<string, string>> = {
  ...{ mdb: 'md.b', mdh: 'md.w', mdw: 'md.l', mdd: 'md.q' },
  ...{ mwb: 'mw.b', mwh: 'mw.w', mww: 'mw.l', mwd: 'mw.q' },
}

/** J-Link, likewise. */
const J_LINK: Readonly<Record<string, string>> = {
  ...{ mem8: 'md.b', mem16: 'md.w', mem32: 'md.l', mem64: 'md.q' },
  ...{ w1: 'mw.b', w2: 'mw.w', w4: 'mw.l', w8: 'mw.q' },
}

/** Commands that several tools have, of which some read every number as hexadecimal. */
const OF_SEVERAL = ['md', 'mw', 'cp', 'cmp', 'r', 'rd', 'w', 'wr', 'io']

/**
 * A line of a debugger or boot loader in the words of U-Boot, its numbers as they are written here;
 * `undefined` where it depends on the tool what a number is.
 */
export function inOurNumbers(
  command: string,
  words: Line,
): [command: string, words: Line] | undefined {
  const openOcd = OPENOCD[command]
  if (openOcd !== undefined) return [openOcd, withDecimalCount(openOcd, words)]
  const jLink = J_LINK[command]
  if (jLink !== undefined || /^(?:md|mw|cp|cmp)\.[bwlq]$/.test(command)) {
    return [jLink ?? command, words.map(fromHex)]
  }
  // barebox and memtool name the width apart, and read numbers as C does.
  const isApart = /^m[dw]$/.test(command) && words.some((word) => /^-[bwlq]$/.test(word))
  const isUnsure = words.some((word) => /^[0-9a-f]{2,}$/i.test(word))
  return OF_SEVERAL.includes(command) && isUnsure && !isApart ? undefined : [command, words]
}

/** J-Link has commas between words. */
function fromHex(word: string): string {
  const [, prefix = '', digits] = /^(0x)?([0-9a-f]+),?$/i.exec(word) ?? []
  if (digits === undefined) return word
  return prefix === '' && /^[0-9]$/.test(digits) ? digits : `0x${digits}`
}

/** OpenOCD's count is decimal, and the last word: `mdw ADDRESS COUNT`, `mww ADDRESS VALUE COUNT`. */
function withDecimalCount(command: string, words: Line): Line {
  const at = command.startsWith('md') ? 1 : 2
  return words.map((word, index) =>
    index === at && /^[1-9][0-9]*$/.test(word) ? `0x${Number(word).toString(16)}` : word,
  )
}

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
  const parts = /^\/?([0-9]*)([xduot]?)([bhwg]?)$/.exec(attached ?? (isApart ? words[0] : '') ?? '')
  if (address === undefined || more.length > 0 || parts === null) return []
  const [, count = '', format, unit = ''] = parts
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

/** `i2cget [-y] BUS CHIP REGISTER`, `i2cset [-y] BUS CHIP REGISTER VALUE`. */
export function i2cTools(name: string, words: Line): Line[] {
  const [bus, chip, register, value, ...more] = words.filter((word) => !/^-[yfa]$/.test(word))
  if (register === undefined || more.length > 0) return []
  const place = `i2c:${bus}:${chip}:${register}`
  if (name === 'i2cget') return value === undefined ? [['read', place, '--width', '8']] : []
  return value === undefined ? [] : [['write', `${place}=${value}`, '--width', '8']]
}
