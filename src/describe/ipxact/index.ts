/** Components in IP-XACT: IEEE 1685-2009, 2014 and 2022. */
export { readIpxact } from './read.ts'
