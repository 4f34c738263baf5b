// Takes the README's picture of a report: that of a rehearsal, as it opens from disk. It checks nothing.
import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { test } from '@playwright/test';
import { ENV, PROGRAM, ROOT } from './interview';
import { FOLDER } from './pictures';

const REHEARSAL = ['rehearse', 'payments', '--cause', 'leaky-release', '--persona', 'methodical', '--json'];

test.skip(!process.env['SCREENSHOTS'], 'pictures are made by `make screenshots`');

test('a report', async ({ page }) => {
  const { stdout } = await promisify(execFile)(PROGRAM, REHEARSAL, { cwd: ROOT, env: ENV });
  const { report } = JSON.parse(stdout) as { report: string };
  await page.setViewportSize({ width: 1280, height: 1330 });
  await page.goto(pathToFileURL(report).href);
  await page.screenshot({ path: `${FOLDER}/report.png` });
});
