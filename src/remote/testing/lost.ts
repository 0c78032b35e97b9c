import { expect } from 'vitest'

/** The error of a connection to a made board that has ended. */
export const lost = (why: string): unknown =>
  expect.objectContaining({
    code: 'ECONNECTION',
    message: `board: the connection is lost: ${why}`,
  })
