/**
 * Numbers of IP-XACT: `16`, `0x10`, `4K` (IEEE 1685-2009), and the literals of SystemVerilog that
 * later ones have: `'h10`, `32'hFF_00`, `'b101`, `8'd12`, `'o17`. `undefined` for what is an
 * expression, or none at all; what needs parameters is not computed.
 */
export function parseLiteral(text: string): bigint | undefined {
  const said = text.trim().replaceAll('_', '')
  if (said.length > 100) return undefined
  const [, base, digits = ''] =
    /^(?:[0-9]+)?\s*'[sS]?([hHdDbBoO])\s*([0-9a-fA-F]+)$/.exec(said) ?? []
  if (base !== undefined) return based(base.toLowerCase(), digits)
  const [, plain = '', suffix = ''] =
    /^\+?(0[xX][0-9a-fA-F]+|[0-9]+)([kKmMgGtT]?)$/.exec(said) ?? []
  if (plain === '') return sum(said)
  return BigInt(plain) << BigInt(SHIFTS[suffix.toLowerCase()] ?? 0)
}

const SHIFTS: Readonly<Record<string, number>> = { k: 10, m: 20, g: 30, t: 40 }
const PREFIXES: Readonly<Record<string, string>> = { h: '0x', b: '0b', o: '0o', d: '' }

function based(base: string, digits: string): bigint | undefined {
  try {
    return BigInt(`${PREFIXES[base] ?? ''}${digits}`)
  } catch {
    return undefined // A digit that this base does not have.
  }
}

/** `'h1000 + 'h10`, as generators write it; nothing else of expressions. */
function sum(text: string): bigint | undefined {
  const parts = text.split('+')
  if (parts.length < 2 || parts.length > 8) return undefined
  let total = 0n
  for (const part of parts) {
    const value = part.trim() === '' || part.includes('+') ? undefined : parseLiteral(part)
    if (value === undefined) return undefined
    total += value
  }
  return total
}
