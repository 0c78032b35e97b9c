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

const tests = reports.flatMap(({ testResults = [] }) =>
  testResults.flatMap(({ assertionResults = [], name, message, status }) => [
    // A file that could not even be loaded has no tests.
    ...(status === 'failed' && assertionResults.length === 0
      ? [{ status, fullName: name, failureMessages: [message] }]
      : []),
    ...assertionResults,
  ]),
)
const indented = (text) => text.trim().replaceAll(/^/gm, '    ')

for (const { status, fullName } of tests) {
  if (status === 'pending' || status === 'skipped') console.log(`skipped: ${fullName}`)
}
// Last, where whoever sees only the end of the output sees them.
for (const { status, fullName, failureMessages = [] } of tests) {
  if (status !== 'failed') continue
  console.log(`failed: ${fullName}`)
  for (const message of failureMessages) console.log(indented(String(message).slice(0, 2000)))
}
// A gate that failed without a failed test counts as one failure each, and so does no report.
const withFailedTests = reports.filter((report) => report.numFailedTests > 0).length
const gatesAlone = Math.max(0, Number(gates) - withFailedTests)
const failed = failedTests + gatesAlone + (files.length - reports.length)
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
