// The gate's closing line, from the test runner's own reports:
//   node scripts/summary.mjs FAILED_GATES REPORT.json...
import { existsSync, readFileSync } from 'node:fs'

const [gates = '0', ...files] = process.argv.slice(2)
const reports = files
  .filter((file) => existsSync(file))
  .map((file) => JSON.parse(readFileSync(file, 'utf8')))
const sum = (count) => reports.reduce((total, report) => total + count(report), 0)
const passed = sum((report) => report.numPassedTests ?? 0)
const skipped = sum((report) => (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0))
const failedTests = sum((report) => report.numFailedTests ?? 0)

for (const { testResults = [] } of reports) {
  for (const { assertionResults = [] } of testResults) {
    for (const { status, fullName } of assertionResults) {
      if (status === 'pending' || status === 'skipped') console.log(`skipped: ${fullName}`)
    }
  }
}
// A gate that failed without a failed test counts as one failure each, and so does no report.
const withFailedTests = reports.filter((report) => report.numFailedTests > 0).length
const gatesAlone = Math.max(0, Number(gates) - withFailedTests)
const failed = failedTests + gatesAlone + (files.length - reports.length)
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
