/** Descriptions that LiteX writes: `csr.json` and `csr.csv`. */
export { readLitex } from './read.ts'
