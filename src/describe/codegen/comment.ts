/** Doc comments: what the manual says, in lines that fit. */
import type { Access, ReadEffect, WriteEffect } from '../model.ts'

const WIDTH = 100
/** A description may be a page of a manual; more of it helps nobody in a hint of an editor. */
const LONGEST = 2000

/** `text` in one line. */
export function plain(text: string | undefined): string {
  const line = (text ?? '')
    .slice(0, LONGEST)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
  return line.replaceAll('*/', '*\\/')
}

/** A doc comment of these paragraphs, whatever is in them; empty ones are left out. */
export function docComment(indent: string, paragraphs: readonly string[]): string[] {
  const given = paragraphs.map((one) => plain(one).replaceAll('*/', '*\\/')).filter(Boolean)
  const [only = ''] = given
  if (given.length === 1 && indent.length + only.length + 7 <= WIDTH)
    return [`${indent}/** ${only} */`]
  const lines = given.flatMap((one) => wrapped(one, WIDTH - indent.length - 3))
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`]
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** As a sentence: with a full stop. */
export function sentence(text: string): string {
  return text === '' || /[.:!?]$/.test(text) ? text : `${text}.`
}

export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`
}

export const ACCESS: Readonly<Record<Access, string>> = {
  'read-only': 'read-only',
  'read-write': 'read-write',
  'write-only': 'write-only',
  'write-once': 'write-only, once after a reset',
  'read-write-once': 'read-write, written once after a reset',
}

export const READ_EFFECT: Readonly<Record<ReadEffect, string>> = {
  none: 'a read has no effect',
  clear: 'a read clears it',
  set: 'a read sets it',
  modify: 'a read changes it',
  external: 'a read has an effect outside of it',
  fault: 'a read ends in a bus error',
}

export const WRITE_EFFECT: Readonly<Record<WriteEffect, string>> = {
  'one-to-clear': 'a 1 clears its bit',
  'one-to-set': 'a 1 sets its bit',
  'one-to-toggle': 'a 1 toggles its bit',
  'zero-to-clear': 'a 0 clears its bit',
  'zero-to-set': 'a 0 sets its bit',
  'zero-to-toggle': 'a 0 toggles its bit',
  clear: 'any write clears it',
  set: 'any write sets it',
  modify: 'a write changes it in another way',
}
