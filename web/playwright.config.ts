// How the whole page is driven: Debian's own chromium, three files at a time, each with a system of its own and the
// longest first. How fast the page is is measured apart from it, when nothing else runs: `npm run speed`, `npm run bench`.
import { defineConfig } from '@playwright/test';

const LONG = ['abuse.spec.ts', 'interview.spec.ts', 'tools.spec.ts'];

export default defineConfig({
  testDir: 'tests',
  timeout: 300_000,
  expect: { timeout: 15_000 },
  workers: 3,
  retries: 0,
  reporter: [['list'], ['./tests/reasons.ts']],
  outputDir: 'test-results',
  projects: [
    { name: 'long', testMatch: LONG },
    { name: 'short', testIgnore: [...LONG, 'speed.spec.ts'] },
    { name: 'speed', testMatch: 'speed.spec.ts' },
  ],
  use: {
    viewport: { width: 1280, height: 720 },
    actionTimeout: 15_000,
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // A page that a test serves itself counts as from nowhere, and may not open sockets to this machine.
        ...(process.env['CONSOLE_DIST'] ? ['--disable-features=LocalNetworkAccessChecks'] : []),
      ],
    },
  },
});
