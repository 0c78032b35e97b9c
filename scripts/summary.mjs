// The gate's closing line, from the test runner's own report:
//   node scripts/summary.mjs REPORT.json OTHER_FAILURES
import { existsSync, readFileSync } from 'node:fs'

const [file = '', others = '0'] = process.argv.slice(2)
const otherFailures = Number(others)
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
const passed = report?.numPassedTests ?? 0
const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0)
const failedTests = report?.numFailedTests ?? 0

for (const { assertionResults = [] } of report?.testResults ?? []) {
  for (const { status, fullName } of assertionResults) {
    if (status === 'pending' || status === 'skipped') console.log(`skipped: ${fullName}`)
  }
}
// A gate that failed without a failed test counts as one failure each, and so does no report.
const gatesAlone = Math.max(0, otherFailures - (failedTests > 0 ? 1 : 0))
const failed = failedTests + gatesAlone + (report ? 0 : 1)
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
