/** Where a fact stands: a file as an absolute path of the examined machine, and the line in it. */
export interface Evidence {
  file: string
  line: string
}
