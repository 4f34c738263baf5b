// A Grafana in the candidate's Dashboards: a stand-in that speaks as much of its HTTP as its page here asks for
// (tests/docker/grafana). No real one is tried; docs/grafana.md says so.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { accessible, barriers } from './axe';
import { Interview } from './interview';
import { complaints, person, view } from './people';

const run = promisify(execFile);
const IMAGE = `grafana-like:page-${process.pid}`;
const CONTEXT = fileURLToPath(new URL('../../tests/docker/grafana', import.meta.url));

let interview: Interview;
let candidate: Page;
let interviewer: Page;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  const edge = await run('docker', [
    'images',
    'checkride/payments-edge',
    '--format',
    '{{.Repository}}:{{.Tag}}',
  ]);
  const base = `BASE=${edge.stdout.split('\n')[0]}`;
  await run('docker', ['build', '-q', '--build-arg', base, '-t', IMAGE, CONTEXT]);
  interview = await Interview.start('leaky-release', 20, ['--grafana', IMAGE]);
  candidate = await person(browser, 'candidate', interview.links.candidate_url);
  interviewer = await person(browser, 'interviewer', interview.links.interviewer_url);
  await candidate.getByRole('button', { name: 'I agree, begin' }).click();
  await expect(candidate.locator('article.page')).toBeVisible({ timeout: 60_000 });
});

test.afterAll(async () => {
  await interview?.end();
  await run('docker', ['rmi', '-f', IMAGE]);
});

test('the dashboards are shown in Grafana, and what its page asks for is a look', async () => {
  await view(candidate, 'Dashboards', 'pool');
  const button = candidate.getByRole('button', { name: 'Grafana', exact: true });
  await expect(button).toBeEnabled({ timeout: 60_000 });
  await button.click();
  const inside = candidate.frameLocator('iframe[title="Grafana: Connection pool"]');
  await expect(inside.getByText('a page of Grafana')).toBeVisible();
  await expect(inside.getByText('answered with 200')).toBeVisible();
  const look = interviewer.locator('.event').filter({ hasText: 'Dashboard Connection pool' });
  await expect(look.filter({ hasText: 'In use' }).first()).toBeVisible();
});

test('a script that Grafana did not mark does not run, and nothing leads away', async () => {
  const inside = candidate.frameLocator('iframe[title="Grafana: Connection pool"]');
  await expect(inside.getByText('a script that nobody marked has run')).toHaveCount(0);
  // The browser says so, which is a complaint of the right page: it is taken off the list of those that are not.
  const ofTheStranger = (each: string) => each.includes('nonce-dGVzdHRlc3Q=');
  expect(complaints.filter(ofTheStranger)).toHaveLength(1);
  complaints.splice(0, complaints.length, ...complaints.filter((each) => !ofTheStranger(each)));
  const frame = candidate.frames().find((each) => each.url().includes('/grafana/d/pool'));
  const left = await frame?.evaluate(() => {
    try {
      window.top!.location.href = 'about:blank';
      return 'left';
    } catch {
      return 'stayed';
    }
  });
  expect(left).toBe('stayed');
  await expect(candidate.getByRole('tab', { name: 'Connection pool' })).toBeVisible();
});

test('the own panels come back, and the page has no barriers', async () => {
  await accessible(candidate, 'Grafana in the dashboards');
  expect(barriers).toEqual([]);
  await candidate.getByRole('button', { name: 'Grafana', exact: true }).click();
  await expect(candidate.locator('.grid')).toBeVisible();
  await expect(candidate.locator('iframe')).toHaveCount(0);
});

test('a Grafana that does not come at once is asked for again, and one that never comes is told', async () => {
  const address = '**/grafana/d/**';
  const button = candidate.getByRole('button', { name: 'Grafana', exact: true });
  let asked = 0;
  await candidate.route(address, (route) => {
    asked += 1;
    return asked === 1 ? route.abort('connectionfailed') : route.fallback();
  });
  await button.click();
  const inside = candidate.frameLocator('iframe[title="Grafana: Connection pool"]');
  await expect(inside.getByText('a page of Grafana')).toBeVisible();
  expect(asked).toBe(2);
  await candidate.unroute(address);

  await button.click();
  await candidate.route(address, (route) => route.abort('connectionfailed'));
  await button.click();
  const told = candidate.getByRole('alert').filter({ hasText: 'Grafana’s page does not come' });
  await expect(told).toBeVisible();
  await candidate.unroute(address);
  await told.getByRole('button', { name: 'Load again' }).click();
  await expect(inside.getByText('a page of Grafana')).toBeVisible();
  await expect(told).toHaveCount(0);
});
