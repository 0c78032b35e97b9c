/**
 * What commander says only in its messages: a CommanderError has a code, and no word of what it is
 * about. Nothing else in physmem reads a message.
 */
import type { CommanderError } from 'commander'

/** What the message has in quotes: the option, or the name of the argument. */
export function quotedIn({ message }: CommanderError): string {
  return /'(.*)'/s.exec(message)?.[1] ?? ''
}

/** The message without what commander begins it with. */
export function bareMessage({ message }: CommanderError): string {
  return message.replace(/^error: /, '')
}
