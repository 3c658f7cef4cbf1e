// Owns what .ci/run counts: reads vitest's JSON report, prints "passed failed", and names on stderr what must not be there.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
let passed = 0;
let failed = 0;

for (const file of report.testResults) {
  const tests = file.assertionResults;
  for (const test of tests) {
    if (test.status === 'passed') {
      passed++;
      continue;
    }
    // Skipped and left-to-do tests count as failed: here everything that they could need is at hand.
    failed++;
    console.error(`${test.status}: ${file.name} > ${test.fullName}`);
  }
  if (file.status === 'failed' && !tests.some((test) => test.status === 'failed')) {
    failed++;
    console.error(`failed as a whole: ${file.name} (${file.message})`);
  }
}
console.log(`${passed} ${failed}`);
