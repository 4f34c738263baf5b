// Pictures of each view, light and dark, from a real interview, for the documents and for our own eyes.
import { mkdir } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { enter, fromDist, Interview } from './interview';
import { FOLDER } from './pictures';

const WIDE = { width: 1920, height: 1080 };
const SMALL = { width: 1280, height: 720 };

test.skip(!process.env['SCREENSHOTS'], 'pictures are made by `make screenshots`');

async function picture(page: Page, name: string) {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
}

async function both(page: Page, name: string) {
  for (const theme of ['dark', 'light']) {
    const now = await page.locator('html').getAttribute('data-theme');
    if (now !== theme) await page.getByRole('button', { name: /Use the .* theme/ }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    // A redrawn chart is there in the frame after.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    await picture(page, `${name}-${theme}`);
  }
}

test('every view, light and dark', async ({ browser }) => {
  await mkdir(FOLDER, { recursive: true });
  const interview = await Interview.start('leaky-release');
  try {
    const [one, two] = [
      await browser.newContext({ viewport: SMALL, reducedMotion: 'reduce' }),
      await browser.newContext({ viewport: WIDE, reducedMotion: 'reduce' }),
    ];
    await fromDist(one);
    await fromDist(two);
    const [candidate, interviewer] = [await one.newPage(), await two.newPage()];
    for (const [page, who] of [
      [candidate, 'candidate'],
      [interviewer, 'interviewer'],
    ] as const) {
      page.on('console', (message) => message.type() === 'error' && console.log(who, message.text()));
      page.on(
        'response',
        (response) => response.status() >= 400 && console.log(who, response.status(), response.url()),
      );
      page.on('pageerror', (error) => console.log(who, error.message, error.stack));
    }
    await enter(candidate, interview.links.candidate_url);
    await enter(interviewer, interview.links.interviewer_url);
    await expect(candidate.getByText('What is judged')).toBeVisible();
    await candidate.locator('summary').first().click();
    await both(candidate, 'consent');
    await candidate.getByRole('button', { name: 'I agree, begin' }).click();
    await expect(
      candidate.getByRole('heading', { name: 'You are on call', exact: true }).first(),
    ).toBeVisible();
    await both(candidate, 'waiting');
    await expect(candidate.locator('article.page')).toBeVisible({ timeout: 90_000 });
    await both(candidate, 'page');

    await candidate.keyboard.press('Alt+2');
    const shell = candidate.locator('.xterm-rows').first();
    await expect(shell).toContainText('$');
    await candidate.keyboard.type('deployctl history\n');
    await expect(shell).toContainText('2.4.0');
    await candidate.keyboard.type('psql -c "select state, count(*) from pg_stat_activity group by 1"\n');
    await expect(shell).toContainText('rows)');
    await both(candidate, 'terminal');

    await candidate.goto(new URL('../#/dashboards/pool', interview.links.candidate_url).href);
    await expect(candidate.getByRole('region', { name: 'In use' }).locator('canvas')).toBeVisible();
    await expect(
      candidate.getByRole('region', { name: 'Waiting' }).locator('tbody tr').first(),
    ).toBeVisible();
    await both(candidate, 'dashboards');
    await candidate.setViewportSize(WIDE);
    await candidate.keyboard.press('Alt+\\');
    await both(candidate, 'dashboards-wide');
    await candidate.keyboard.press('Alt+\\');
    await candidate.setViewportSize(SMALL);
    await candidate.goto(new URL('../#/dashboards/service', interview.links.candidate_url).href);
    await candidate.getByRole('region', { name: 'Warnings and errors' }).scrollIntoViewIfNeeded();
    await expect(
      candidate.getByRole('region', { name: 'Warnings and errors' }).locator('.line').first(),
    ).toBeVisible();
    await both(candidate, 'dashboards-log');
    await candidate.getByRole('region', { name: 'Requests', exact: true }).scrollIntoViewIfNeeded();
    await candidate.locator('summary').filter({ hasText: 'All' }).click();
    await candidate.getByLabel('payments-1', { exact: true }).check();
    // Another click, on the theme say, would close the choice.
    await picture(candidate, 'dashboards-variable');
    await candidate.goto(new URL('../#/dashboards/edge', interview.links.candidate_url).href);
    await candidate.getByText('State of each server').scrollIntoViewIfNeeded();
    await expect(
      candidate.getByRole('region', { name: 'State of each server' }).locator('td').first(),
    ).toBeVisible();
    await picture(candidate, 'dashboards-edge');
    await candidate.goto(new URL('../#/dashboards/pool', interview.links.candidate_url).href);
    await candidate.getByText('Share in use').scrollIntoViewIfNeeded();
    await expect(
      candidate.getByRole('region', { name: 'Share in use' }).locator('svg text').first(),
    ).toBeVisible();
    await candidate.getByRole('region', { name: 'Pool size' }).hover();
    await candidate.screenshot({ path: `${FOLDER}/dashboards-gauges.png` });
    const used = candidate.getByRole('region', { name: 'In use' });
    // A panel that gets its answer only now moves the others.
    await expect(async () => {
      const chart = used.getByRole('application');
      await chart.scrollIntoViewIfNeeded();
      const box = await chart.boundingBox();
      await candidate.mouse.move((box?.x ?? 0) + (box?.width ?? 0) - 22, (box?.y ?? 0) + 40, { steps: 2 });
      await expect(used.locator('.tip')).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 15_000 });
    await candidate.screenshot({ path: `${FOLDER}/dashboards-crosshair.png` });

    await candidate.goto(new URL('../#/explore', interview.links.candidate_url).href);
    await candidate.locator('.cm-content').click();
    await candidate.keyboard.type('sum by (status) (rate(http_req');
    await expect(candidate.locator('.cm-tooltip-autocomplete')).toBeVisible();
    await candidate.screenshot({ path: `${FOLDER}/explore-completion.png` });
    await candidate.keyboard.press('Escape');
    await candidate.keyboard.press('Control+A');
    await candidate.keyboard.type('db_pool_in_use');
    await candidate.keyboard.press('Escape');
    await candidate.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(candidate.locator('.result tbody tr').first()).toBeVisible();
    await both(candidate, 'explore');

    for (const [view, there] of [
      ['logs', '.line'],
      ['changes', 'li button'],
      ['alerts', 'article'],
      ['wiki/past-incidents', '.prose h1'],
    ] as const) {
      await candidate.goto(new URL(`../#/${view}`, interview.links.candidate_url).href);
      await expect(candidate.locator(there).first()).toBeVisible();
      if (view === 'changes') {
        await candidate.locator('li button').filter({ hasText: '2.4.0' }).first().click();
        await expect(candidate.locator('.added').first()).toBeVisible();
      }
      await both(candidate, view.split('/')[0] ?? view);
    }

    await candidate.goto(new URL('../#/channel', interview.links.candidate_url).href);
    await candidate.getByLabel('Your question').fill('Was anything deployed today?');
    await candidate.keyboard.press('Enter');
    await expect(candidate.locator('article.answer')).toBeVisible();
    await candidate.getByRole('radio', { name: 'Status update' }).click();
    await candidate
      .getByLabel('Your status update')
      .fill(
        'About one payment in ten fails since 2.4.0 went out. I am looking at the change; next update in 5 minutes.',
      );
    await candidate.keyboard.press('Enter');
    await expect(candidate.locator('article.update')).toBeVisible();
    await interviewer.getByRole('tab', { name: 'Channel' }).click();
    await interviewer.getByLabel('As whom').fill('Mira (support)');
    await interviewer
      .getByLabel('What they say')
      .fill('A big merchant is on the phone. What do I tell them?');
    await interviewer.getByRole('button', { name: 'Say it' }).click();
    await expect(candidate.locator('article').filter({ hasText: 'on the phone' })).toBeVisible();
    await both(candidate, 'channel');

    await candidate.goto(new URL('../#/notebook', interview.links.candidate_url).href);
    await candidate
      .getByLabel('New hypothesis')
      .first()
      .fill('2.4.0 leaks a connection for each declined payment');
    await candidate.getByLabel('What would disprove it').fill('connections come back while declines go on');
    await candidate.getByRole('slider').first().fill('70');
    await candidate.getByRole('button', { name: 'Note it' }).click();
    await expect(candidate.getByRole('article').first()).toBeVisible();
    await candidate.goto(new URL('../#/logs', interview.links.candidate_url).href);
    await candidate.locator('.line').first().hover();
    await candidate.locator('.line .pin').first().click();
    await expect(candidate.getByRole('dialog')).toBeVisible();
    await picture(candidate, 'keep');
    await candidate.getByRole('dialog').getByRole('button').first().click();
    await candidate.goto(new URL('../#/notebook', interview.links.candidate_url).href);
    await expect(candidate.locator('details').first()).toBeVisible();
    await both(candidate, 'notebook');

    await candidate.keyboard.press('Control+K');
    await expect(candidate.getByRole('dialog')).toBeVisible();
    await picture(candidate, 'palette');
    await candidate.keyboard.press('Escape');

    await candidate.keyboard.press('Alt+2');
    await candidate.keyboard.type('deployctl rollback payments\n');
    await interviewer.getByRole('tab', { name: 'Evidence' }).click();
    await expect(interviewer.getByText('cures it')).toBeVisible({ timeout: 30_000 });
    await both(interviewer, 'interviewer');
    await interviewer.setViewportSize(SMALL);
    await both(interviewer, 'interviewer-small');
    await interviewer.getByRole('tab', { name: 'Tools' }).click();
    await interviewer.getByRole('button', { name: 'Use more-traffic' }).click();
    await expect(interviewer.getByRole('button', { name: 'Take more-traffic back' })).toBeVisible();
    await expect(interviewer.locator('.toast')).toHaveCount(0, { timeout: 15_000 });
    for (const tab of ['Tools', 'Cause', 'Notes', 'Rubric', 'Beliefs', 'Channel']) {
      await interviewer.getByRole('tab', { name: tab, exact: true }).click();
      await picture(interviewer, `interviewer-${tab.toLowerCase()}`);
    }
    await candidate.getByRole('button', { name: "I'm done" }).click();
    await picture(candidate, 'done');
    await candidate.getByRole('dialog').getByRole('button', { name: "I'm done" }).click();
    await candidate
      .getByLabel('What happened')
      .fill(
        'Paged for failed payments. The pool of both replicas was full while traffic was as always; it began with ' +
          '2.4.0. The diff returns early for declined payments and keeps its connection. I rolled back and told support.',
      );
    await candidate
      .getByLabel('The cause')
      .fill('2.4.0 keeps a connection for each declined payment. So the pool runs dry and others time out.');
    await candidate
      .getByLabel('What contributed')
      .fill('No test holds a declined payment and the pool together.');
    await candidate.getByLabel('Follow-ups').fill('Alert on the share of the pool in use. Dana, this week.');
    await expect(candidate.getByText('All of it is kept.')).toBeVisible();
    await both(candidate, 'debrief');
    await interviewer.setViewportSize(WIDE);
    const report = interviewer.getByRole('region', { name: 'Report' });
    await expect(report.locator('.lead')).toContainText('rollback payments', { timeout: 60_000 });
    await both(interviewer, 'report');
    await report
      .getByRole('list', { name: 'Events of the session' })
      .getByRole('button', { name: /Dashboard Connection pool.*Pool size/ })
      .last()
      .click();
    await expect(
      report.getByRole('region', { name: 'Panels in view' }).locator('canvas').first(),
    ).toBeVisible();
    await both(interviewer, 'replay');
    await interviewer.setViewportSize(SMALL);
    await both(interviewer, 'replay-small');
    await report.getByRole('heading', { name: 'Debrief' }).scrollIntoViewIfNeeded();
    await both(interviewer, 'report-debrief');
    await report.getByRole('heading', { name: 'Levels' }).evaluate((it) => it.scrollIntoView());
    await both(interviewer, 'report-levels');
    await candidate.getByRole('button', { name: 'Hand it in' }).click();
    await candidate.getByRole('dialog').getByRole('button', { name: 'Hand it in' }).click();
    await expect(candidate.getByText('Your debrief is handed in')).toBeVisible();
    await both(candidate, 'over');
  } finally {
    await interview.end();
  }
});
