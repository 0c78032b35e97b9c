import * as nodeModule from 'node:module'
import { resolve } from './hook.ts'

/** Since Node 22.15 and 23.5; before, hooks run on a thread of their own. */
const { registerHooks } = nodeModule as {
  registerHooks?: (hooks: { resolve: typeof resolve }) => void
}

/** From here on imports are resolved as hook.ts says. */
export function resolveHere(): void {
  if (registerHooks !== undefined) registerHooks({ resolve })
  else nodeModule.register('./hook.js', import.meta.url)
}
