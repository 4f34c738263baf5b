// Somebody practises by themselves in the browser alone: their own debrief first, then the answer with its replay.
import { expect, test } from '@playwright/test';
import { accessible, barriers } from './axe';
import { enter, fromDist, Practice } from './interview';

test('the answer comes after one’s own debrief', async ({ browser }) => {
  test.setTimeout(240_000);
  const practice = await Practice.start('flash-sale');
  try {
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    await fromDist(context);
    const page = await context.newPage();
    await enter(page, practice.links.url);
    const status = async (path: string) => page.evaluate(async (path) => (await fetch(path)).status, path);
    await expect(page.getByRole('heading', { name: 'You are on call' })).toBeVisible();
    await page.getByRole('button', { name: 'Begin' }).click();
    await expect(page.locator('article.page')).toBeVisible({ timeout: 60_000 });
    await page.getByRole('navigation').getByRole('link', { name: 'Terminal' }).click();
    await expect(page.locator('.xterm-rows').first()).toContainText('$');
    await page.keyboard.type('echo "sum $((40 + 2))"\n');
    await expect(page.locator('.xterm-rows').first()).toContainText('sum 42');
    expect(await status('api/cause')).toBe(403);
    await page.getByRole('button', { name: "I'm done" }).click();
    await page.getByRole('dialog').getByRole('button', { name: "I'm done" }).click();
    for (const path of ['api/report', 'api/timeline', 'api/report/panels'])
      expect(await status(path)).toBe(409);
    await page.getByLabel('The cause').fill('A sale, I think.');
    await page.getByRole('button', { name: 'Hand it in' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Hand it in' }).click();
    await expect(page.getByRole('heading', { name: /It was this/ })).toBeVisible({ timeout: 60_000 });
    const report = page.getByRole('region', { name: 'Report' });
    await expect(report).toContainText('A sale, I think.');
    await expect(report).toContainText('No action');
    await report.getByRole('list', { name: 'Events of the session' }).getByText('echo "sum').click();
    await expect(report.locator('.xterm-rows')).toContainText('sum 42');
    await accessible(page, 'answer');
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Finish' }).click();
    await expect(page.getByText('sealed', { exact: true })).toBeVisible();
    expect(await practice.over()).toBe(0);
    expect(barriers.join('\n')).toBe('');
  } finally {
    await practice.end();
  }
});
