/** `physmem batch --json` of a file without a command; the documents of others are those of their lines. */
export interface BatchDocument {
  commands: 0
}
