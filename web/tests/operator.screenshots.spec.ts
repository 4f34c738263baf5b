// Pictures of the operator's page, light and dark, with real sessions: one that waits, one that is live, one that ended.
import { mkdir } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { enter, fromDist } from './interview';
import { FOLDER } from './pictures';
import { Server } from './server';

test.skip(!process.env['SCREENSHOTS'], 'pictures are made by `make screenshots`');

test('the operator’s page', async ({ browser }) => {
  await mkdir(FOLDER, { recursive: true });
  const server = await Server.start(4);
  try {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 720 },
      reducedMotion: 'reduce',
    });
    await fromDist(context);
    const page = await context.newPage();
    await enter(page, server.links.operator_url);
    for (const name of ['Grace Hopper', 'Ada Lovelace', 'Barbara Liskov']) {
      await page.getByLabel('Candidate', { exact: true }).fill(name);
      await page.getByRole('button', { name: 'Start' }).click();
      await expect(page.getByRole('article', { name })).toBeVisible();
    }
    const links = page.getByLabel('The candidate’s link', { exact: true });
    await expect(links).toHaveCount(3, { timeout: 120_000 });
    const candidate = await (await browser.newContext()).newPage();
    await enter(candidate, await links.nth(1).inputValue());
    await candidate.getByRole('button', { name: 'I agree, begin' }).click();
    await page.getByRole('article', { name: 'Grace Hopper' }).getByRole('button', { name: 'End' }).click();
    await page.getByRole('button', { name: 'End it' }).click();
    await expect(page.getByRole('link', { name: /^Report of Grace/ })).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('article', { name: 'Ada Lovelace' }).getByTestId('state')).toHaveText(
      'live',
      {
        timeout: 60_000,
      },
    );
    // Messages at the edge go by themselves.
    await expect(page.locator('.toast')).toHaveCount(0, { timeout: 15_000 });
    for (const theme of ['dark', 'light']) {
      const now = await page.locator('html').getAttribute('data-theme');
      if (now !== theme) await page.getByRole('button', { name: /Use the .* theme/ }).click();
      await page.mouse.move(0, 0);
      await page.screenshot({ path: `${FOLDER}/operator-${theme}.png` });
    }
    await page.getByRole('article', { name: 'Ada Lovelace' }).getByRole('button', { name: 'End' }).click();
    await page.getByRole('button', { name: 'End it' }).click();
    const link = page.getByRole('link', { name: /^Replay of Ada/ }).first();
    await expect(link).toBeVisible({ timeout: 60_000 });
    const [replay] = await Promise.all([context.waitForEvent('page'), link.click()]);
    await expect(replay.getByRole('heading', { name: 'Replay' })).toBeVisible();
    await replay.screenshot({ path: `${FOLDER}/operator-replay.png` });
  } finally {
    await server.end();
  }
});
