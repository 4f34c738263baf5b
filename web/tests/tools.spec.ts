// The interviewer's tools on a real lab, both roles at once: hints, injects, the clock, and what the report says of them.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { accessible, barriers } from './axe';
import { ENV, Interview, PROGRAM } from './interview';
import { complaints, isListed, person, send, view } from './people';

let interview: Interview;
let candidate: Page;
let interviewer: Page;

/** An event with these words is in the interviewer's list. */
const seen = (words: string | RegExp) => isListed(interviewer, words);

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  interview = await Interview.start('leaky-release');
  candidate = await person(browser, 'candidate', interview.links.candidate_url);
  interviewer = await person(browser, 'interviewer', interview.links.interviewer_url);
});

test.afterAll(async () => {
  await interview?.end();
});

test('nothing can be used before the page is out', async () => {
  await interviewer.getByRole('tab', { name: 'Tools' }).click();
  await expect(interviewer.getByRole('button', { name: 'Give hint 1' })).toBeDisabled();
  await expect(interviewer.getByRole('button', { name: 'Use more-traffic' })).toBeDisabled();
  await expect(interviewer.getByRole('button', { name: 'Pause' })).toBeDisabled();
  const early = await send(interviewer, 'POST', 'api/injects/how-bad-is-it');
  expect(early.status).toBe(409);
  await candidate.getByRole('button', { name: 'I agree, begin' }).click();
  await expect(candidate.locator('article.page')).toBeVisible({ timeout: 60_000 });
});

test('a hint reaches the candidate as a colleague’s words, once and in order', async () => {
  await interviewer.getByRole('button', { name: 'Give hint 1' }).click();
  await expect(interviewer.locator('li.given')).toHaveCount(1);
  await seen('Hint 1 of 5, as Dana (payments)');
  await view(candidate, 'Channel');
  const message = candidate.locator('article').filter({ hasText: 'A pool runs dry' });
  await expect(message).toContainText('Dana (payments)');
  await expect(candidate.getByText('hint', { exact: true })).toHaveCount(0);
  const told = await send(candidate, 'GET', 'api/channel');
  expect(told.text).not.toMatch(/hint|inject/);
  for (const [number, words] of [
    [1, 'hint 1 was given; hint 2 is next'],
    [3, 'hint 2 is next, not 3'],
  ] as const) {
    const refused = await send(interviewer, 'POST', 'api/hints', { number, who: 'Dana' });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain(words);
  }
  const own = await send(candidate, 'GET', 'api/hints');
  expect(own.status).toBe(403);
  await accessible(interviewer, 'tools');
});

test('a stakeholder interrupts, once', async () => {
  await interviewer.getByRole('button', { name: 'Use how-bad-is-it' }).click();
  await expect(candidate.locator('article').filter({ hasText: 'Ruth' })).toContainText('how bad is it');
  await expect(interviewer.getByRole('button', { name: 'Use how-bad-is-it' })).toBeDisabled();
  // What is told of it covers no button, on a small screen either.
  await interviewer.setViewportSize({ width: 1280, height: 720 });
  await expect(interviewer.locator('.toast')).toBeVisible();
  for (const button of await interviewer.getByRole('button', { name: /^(Use|Pause|New link|End)/ }).all())
    if (await button.isEnabled()) await button.click({ trial: true, timeout: 3000 });
  await interviewer.setViewportSize({ width: 1440, height: 900 });
  const again = await send(interviewer, 'POST', 'api/injects/how-bad-is-it');
  expect(again.status).toBe(409);
  expect(again.text).toContain('has been used');
  const unknown = await send(interviewer, 'POST', 'api/injects/earthquake');
  expect(unknown.status).toBe(404);
  expect(unknown.text).toContain('just-restart');
});

test('the clock stands still while it is paused, and both see it', async () => {
  const left = async (page: Page) => (await page.getByRole('timer').textContent())?.match(/\d+:\d\d/)?.[0];
  await interviewer.getByRole('button', { name: 'Pause' }).click();
  await expect(candidate.getByText('The clock is stopped at')).toBeVisible();
  await expect(interviewer.getByTestId('state')).toHaveText('clock stopped');
  await accessible(candidate, 'paused');
  await accessible(interviewer, 'paused');
  const stopped = await left(candidate);
  // Something else happens meanwhile, which takes longer than the clock's step.
  await view(candidate, 'Terminal');
  const shell = candidate.locator('.xterm-rows').first();
  await expect(shell).toContainText('$');
  await candidate.locator('.xterm-screen').first().click();
  await candidate.keyboard.type('sleep 4; echo "slept $((2 + 3))"\n');
  await seen('(running)');
  await expect(shell).toContainText('slept 5');
  expect(await left(candidate)).toBe(stopped);
  expect(await left(interviewer)).toBe(stopped);
  const twice = await send(interviewer, 'POST', 'api/clock/pause');
  expect(twice.status).toBe(409);
  await interviewer.getByRole('button', { name: 'Resume' }).click();
  await expect(candidate.getByText('The clock is stopped at')).toHaveCount(0);
  await expect(interviewer.getByTestId('state')).toHaveText('live');
  await expect.poll(() => left(candidate)).not.toBe(stopped);
});

test('a line that has ended is no longer running', async () => {
  await expect(interviewer.locator('.event').filter({ hasText: '(running)' })).toHaveCount(0);
  await seen('$ sleep 4');
});

test('a fault of an inject makes a second alert fire, and leaves the incident as it is', async () => {
  await interviewer.getByRole('button', { name: 'Use second-alert' }).click();
  await seen('Inject second-alert: fault traffic, shop-1031');
  await view(candidate, 'Alerts');
  const firing = candidate.locator('article.firing');
  await expect(firing.filter({ hasText: 'RefusedRequestsHigh' })).toBeVisible({ timeout: 60_000 });
  await expect(firing.filter({ hasText: 'PaymentsErrorRateHigh' })).toBeVisible();
});

test('a panel that is asked for without a word of its view is a look of its own kind', async () => {
  const now = Math.floor(Date.now() / 1000);
  const question = { dashboard: 'bank', panel: await firstPanel('bank'), from: now - 300, to: now };
  const answer = await send(candidate, 'POST', 'api/panels/query', question);
  expect(answer.status).toBe(200);
  await expect(interviewer.locator('.event').filter({ hasText: 'no view was reported' })).toHaveCount(1, {
    timeout: 30_000,
  });
});

/** The id of a dashboard's first panel that is asked anything. */
async function firstPanel(uid: string): Promise<number> {
  const file = JSON.parse((await send(candidate, 'GET', `api/dashboards/${uid}`)).text) as {
    panels: { id: number; targets?: unknown[] }[];
  };
  const panel = file.panels.find((each) => each.targets?.length);
  if (!panel) throw new Error(`${uid} has no panel`);
  return panel.id;
}

test('with more traffic and all, the right act still cures it', async () => {
  await interviewer.getByRole('button', { name: 'Use more-traffic' }).click();
  await seen('Inject more-traffic: fault traffic, m-1017');
  await view(candidate, 'Terminal');
  await candidate.locator('.xterm-screen').first().click();
  await candidate.keyboard.type('deployctl rollback payments\n');
  await expect(interviewer.getByTestId('state')).toHaveText('mitigated', { timeout: 120_000 });
  await interviewer.getByRole('button', { name: 'Give hint 2' }).click();
  await seen('Hint 2 of 5');
});

test('a fault that is taken back is out of the system, and what is not on cannot be taken back', async () => {
  const never = await send(interviewer, 'DELETE', 'api/injects/how-bad-is-it');
  expect([never.status, never.text]).toEqual([409, expect.stringContaining('nothing into the system')]);
  const back = interviewer.getByRole('button', { name: 'Take more-traffic back' });
  await back.click();
  await seen('of the inject more-traffic');
  await expect(back).toHaveCount(0);
  await expect(interviewer.getByText(/^Used at .*, taken back at/)).toBeVisible();
  await expect(interviewer.getByRole('button', { name: 'Take second-alert back' })).toBeVisible();
});

test('a session that ends while the clock stands still ends in order, and the report has it all', async () => {
  await interviewer.getByRole('button', { name: 'Pause' }).click();
  await expect(candidate.getByText('The clock is stopped at')).toBeVisible();
  await candidate.getByRole('button', { name: "I'm done" }).click();
  await candidate.getByRole('dialog').getByRole('button', { name: "I'm done" }).click();
  await expect(candidate.getByRole('heading', { name: 'What do you make of it?' })).toBeVisible();
  await interviewer.getByRole('button', { name: 'Seal the record' }).click();
  await interviewer.getByRole('dialog').getByRole('button', { name: 'Seal it' }).click();
  expect(await interview.over()).toBe(0);
  const words = ['report', interview.links.session, '--format', 'json'];
  const { stdout } = await promisify(execFile)(PROGRAM, words, { env: ENV, maxBuffer: 64 << 20 });
  const report = JSON.parse(stdout) as {
    hints: { number: number; before_action: boolean }[];
    injects: { id: string; is_fault: boolean; lost_at_s: number | null; taken_back_at_s?: number }[];
    pauses: { from_s: number; until_s: number }[];
    paused_before_action_s: number;
    mitigated: boolean;
    first_action: { verb: string; is: string };
    timeline: { kind: string; data: { inject?: string } }[];
  };
  expect(report.hints.map((hint) => [hint.number, hint.before_action])).toEqual([
    [1, true],
    [2, false],
  ]);
  expect(report.injects.map((inject) => inject.id)).toEqual([
    'how-bad-is-it',
    'second-alert',
    'more-traffic',
  ]);
  expect(report.injects.map((inject) => inject.taken_back_at_s != null)).toEqual([false, false, true]);
  expect(report.pauses).toHaveLength(2);
  expect(report.paused_before_action_s).toBeGreaterThan(4);
  expect([report.first_action.verb, report.first_action.is, report.mitigated]).toEqual([
    'rollback',
    'remedy',
    true,
  ]);
  const recovered = report.timeline.filter((event) => event.kind === 'fault-recovered');
  expect(recovered.map((event) => event.data.inject ?? 'cause')).toEqual([
    'more-traffic',
    'second-alert',
    'cause',
  ]);
  expect(complaints).toEqual([]);
  expect(barriers.join('\n')).toBe('');
});

test('an interview that is called off before it began ends in order, also when the request is lost once', async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const other = await Interview.start('leaky-release');
  try {
    const host = await person(browser, 'host', other.links.interviewer_url);
    let asked = 0;
    await host.route('**/api/end', (route) => {
      asked += 1;
      return asked === 1 ? route.abort('connectionfailed') : route.fallback();
    });
    await host.getByRole('button', { name: 'End', exact: true }).click();
    await host.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await expect(host.getByTestId('state')).toHaveText('ended by interviewer');
    expect(asked).toBe(2);
    expect(await other.over()).toBe(0);
  } finally {
    await other.end();
  }
});
