// Two interviews behind one port, started and ended by the operator in a browser, on real labs.
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { accessible, barriers } from './axe';
import { enter, fromDist } from './interview';
import { Server } from './server';

let server: Server;
let operator: Page;

test.beforeAll(async ({ browser }) => {
  server = await Server.start(2);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    reducedMotion: 'reduce',
  });
  await fromDist(context);
  operator = await context.newPage();
  await enter(operator, server.links.operator_url);
});

test.afterAll(async () => {
  await server?.end();
});

function card(candidate: string) {
  return operator.getByRole('article', { name: candidate, exact: true });
}

async function start(candidate: string) {
  await operator.getByLabel('Candidate', { exact: true }).fill(candidate);
  await operator.getByRole('button', { name: 'Start' }).click();
  await expect(card(candidate)).toBeVisible();
}

test('two interviews run apart, and an end of one touches no other', async ({ browser }) => {
  await expect(operator.getByRole('heading', { name: 'Ended' })).toBeVisible();
  await accessible(operator, 'operator, at first');
  await start('<b>Ada</b>');
  // Other tests may have left sessions of the same home.
  const bo = `Bo ${Date.now()}`;
  await start(bo);
  await expect(operator.getByTestId('room')).toHaveText('2 of 2 running');
  await expect(operator.getByRole('button', { name: 'Start' })).toBeDisabled();
  const link = card('<b>Ada</b>').getByLabel('The candidate’s link', { exact: true });
  await expect(link).toBeVisible({ timeout: 120_000 });
  await expect(card(bo).getByLabel('The interviewer’s link', { exact: true })).toBeVisible({
    timeout: 120_000,
  });
  await accessible(operator, 'operator');

  const context = await browser.newContext();
  await fromDist(context);
  const candidate = await context.newPage();
  await enter(candidate, await link.inputValue());
  await candidate.getByRole('button', { name: 'I agree, begin' }).click();
  await expect(candidate.locator('article.page')).toBeVisible({ timeout: 90_000 });
  await expect(card('<b>Ada</b>').getByTestId('state')).toHaveText('live');

  await card(bo).getByRole('button', { name: 'End' }).click();
  await operator.getByRole('button', { name: 'End it' }).click();
  const report = operator.getByRole('link', { name: new RegExp(`^Report of ${bo}`) });
  await expect(report).toBeVisible({ timeout: 60_000 });
  await expect(card('<b>Ada</b>').getByTestId('state')).toHaveText('live');
  const [page] = await Promise.all([operator.context().waitForEvent('page'), report.click()]);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await page.close();

  await expect(card('<b>Ada</b>').getByText('Somebody has come in by it.')).toBeVisible();

  // A link that is taken back signs out whoever came by it, at once.
  await operator.getByRole('button', { name: 'Take back the candidate’s link' }).click();
  await expect(candidate.getByRole('heading', { name: /signed out/ })).toBeVisible({ timeout: 20_000 });
  await expect(card('<b>Ada</b>').getByText('There is no link that works.')).toBeVisible();
  await operator.getByRole('button', { name: 'New link for the candidate' }).click();
  await expect(link).toBeVisible();
  await enter(candidate, await link.inputValue());
  await expect(candidate.getByRole('navigation')).toBeVisible();

  // What was sealed is replayed as its interviewer had it, and nothing is added to it.
  await card('<b>Ada</b>').getByRole('button', { name: 'End' }).click();
  await operator.getByRole('button', { name: 'End it' }).click();
  const newest = operator.getByRole('link', { name: /^Replay of <b>Ada<\/b>/ }).first();
  await expect(newest).toBeVisible({ timeout: 60_000 });
  const [replay] = await Promise.all([operator.context().waitForEvent('page'), newest.click()]);
  await expect(replay.locator('body')).toContainText('Replay');
  await expect(replay.getByRole('heading', { name: 'Replay' })).toBeVisible();
  await expect(replay.getByTestId('state')).toHaveText('sealed');
  await expect(replay.getByTestId('journal')).toContainText('Intact and sealed');
  await expect(replay.getByRole('button', { name: 'Seal the record' })).toBeDisabled();
  await expect(replay.getByRole('radio').first()).toBeDisabled();
  await accessible(replay, 'replay of a sealed session');
  await replay.close();
  expect(barriers).toEqual([]);
});
