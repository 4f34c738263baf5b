// Says at the very end why each test failed, in a few lines: of a long log often only the end is kept. It judges nothing.
import type { FullConfig, Reporter, Suite } from '@playwright/test/reporter';

/** What is kept of one error. */
const LINES = 8;

export default class Reasons implements Reporter {
  private suite?: Suite;

  printsToStdio() {
    return false;
  }

  onBegin(_config: FullConfig, suite: Suite) {
    this.suite = suite;
  }

  onEnd() {
    const failed = this.suite?.allTests().filter((test) => test.outcome() === 'unexpected') ?? [];
    for (const test of failed) {
      console.log(`\n  ${test.title}`);
      for (const { message } of test.results.flatMap((result) => result.errors)) {
        const lines = (message ?? '').split('\n').filter((line) => line.trim());
        for (const line of lines.slice(0, LINES)) console.log(`    ${line}`);
      }
    }
  }
}
