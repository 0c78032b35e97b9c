/** The version of this package; a test keeps it equal to package.json, which costs a file to read. */
export const version = '0.1.0'
