/** Whether Node runs for a debugger, a profiler or a test, by flags of its own. */
export function hasNodeFlags(): boolean {
  const { NODE_OPTIONS, NODE_V8_COVERAGE } = process.env
  return process.execArgv.length > 0 || Boolean(NODE_OPTIONS) || Boolean(NODE_V8_COVERAGE)
}
