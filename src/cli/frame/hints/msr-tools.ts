/** The lines of those who come from msr-tools. */

type Line = readonly string[]

/** `rdmsr [-p CPU] [-f HIGH:LOW] REGISTER`, `wrmsr [-p CPU] REGISTER VALUE`. */
export function msrCommand(name: 'rdmsr' | 'wrmsr', words: Line): Line[] {
  const options = /^(?:-p(?<cpu>[0-9]+) )?(?:-(?<base>[xXc0du]) )?(?:-f(?<bits>[0-9]+:[0-9]+) )?/
  const line = words.join(' ').replace(/(?<=-[pf]) /g, '')
  const [found = '', ...groups] = options.exec(`${line} `) ?? []
  const [cpu, base, bits] = groups
  const [register = '', value, ...more] = line.slice(found.length).split(' ')
  if (register === '' || more.length > 0) return []
  const place = `msr:${cpu === undefined ? '' : `cpu${cpu}:`}${register}`
  if (name === 'wrmsr') return value === undefined ? [] : [['write', `${place}=${value}`]]
  if (value !== undefined) return []
  const decimal = /[du]/.test(base ?? '') ? ['--base', 'dec'] : []
  return [['read', bits === undefined ? place : `${place}:${bits}`, ...decimal]]
}
