/**
 * Small files in the format, for tests: each has one thing that real files contain. 643 files of 24
 * vendors were looked at.
 */
import type { Block, Description, Field, Register } from '../../model.ts'
import { readSvd } from '../read.ts'

/** What this text describes, in a file that is called `t.svd`. */
export function describedBy(text: string): Description {
  return readSvd({
    name: 't.svd',
    text,
    open: (name) => {
      throw new Error(`no file ${name}`)
    },
  })
}

/** A device of these peripherals. `head` stands before them. */
export function deviceText(peripherals: string, head = '<name>chip</name>'): string {
  return `<device>${head}<peripherals>${peripherals}</peripherals></device>`
}

/** A peripheral at 0x1000 with these registers. */
export function peripheralText(registers: string, name = 'P', attributes = ''): string {
  const base = '<baseAddress>0x1000</baseAddress>'
  return `<peripheral${attributes}><name>${name}</name>${base}<registers>${registers}</registers></peripheral>`
}

/** A register at 0. */
export function registerText(more = '', name = 'R', attributes = ''): string {
  return `<register${attributes}><name>${name}</name><addressOffset>0</addressOffset>${more}</register>`
}

/** A register of one field: bits 7 to 4, where `more` says no other. */
export function fieldText(
  more = '<bitRange>[7:4]</bitRange>',
  name = 'F',
  attributes = '',
): string {
  return registerText(`<fields><field${attributes}><name>${name}</name>${more}</field></fields>`)
}

/** What makes a part repeat: so often, so many bytes apart. */
export function dim(count: number | string, increment: number | string, more = ''): string {
  return `<dim>${count}</dim><dimIncrement>${increment}</dimIncrement>${more}`
}

/** The only peripheral, with these registers, and the issues of all of it. */
export function blockOf(registers: string, head?: string): { block: Block; issues: string[] } {
  const description = describedBy(deviceText(peripheralText(registers), head))
  const [block] = description.device.blocks
  if (block === undefined) throw new Error('no block')
  return { block, issues: issuesOf(description) }
}

/** `severity code path: message` of all issues, once all has been read. */
export function issuesOf(description: Description): string[] {
  for (const { children } of description.device.blocks) children.length
  return description.issues.map(
    ({ severity, code, path, message }) => `${severity} ${code} ${path}: ${message}`,
  )
}

/** The only register. */
export function onlyRegister(
  more: string,
  head?: string,
): { register: Register; issues: string[] } {
  const { block, issues } = blockOf(more, head)
  const [register] = block.children
  if (register?.kind !== 'register') throw new Error('no register')
  return { register, issues }
}

/** The only field, where it is not left out. */
export function firstField(
  more: string,
  name?: string,
): { field: Field | undefined; issues: string[] } {
  const { register, issues } = onlyRegister(fieldText(more, name))
  return { field: register.fields[0], issues }
}
