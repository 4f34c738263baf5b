// Bad input on a real lab: each has its message on the page, nothing is lost, nothing is executed.
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { again, fromDist, Interview } from './interview';
import { complaints, docker, isListed, person, send, view } from './people';

let interview: Interview;
let candidate: Page;
let interviewer: Page;

const SCRIPT = '<img src=x onerror="window.owned=1;alert(1)"><script>window.owned=1</script>{{7*7}}';

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  interview = await Interview.start('leaky-release');
  candidate = await person(browser, 'candidate', interview.links.candidate_url);
  interviewer = await person(browser, 'interviewer', interview.links.interviewer_url);
  await candidate.getByRole('button', { name: 'I agree, begin' }).click();
  await expect(candidate.locator('article.page')).toBeVisible({ timeout: 60_000 });
});

test.afterAll(async () => {
  await interview?.end();
});

test('a second browser on a used link is told so, and the first goes on', async ({ browser }) => {
  const second = await (await browser.newContext()).newPage();
  const answer = await again(() => second.goto(interview.links.candidate_url));
  expect(answer?.status()).toBe(410);
  await expect(second.getByText(/has been used/)).toBeVisible();
  await again(() => second.goto(new URL('../', interview.links.candidate_url).href));
  await expect(second.getByText(/not signed in|open your link/i).first()).toBeVisible();
  await second.close();
  expect((await send(candidate, 'GET', 'api/me')).status).toBe(200);
});

test('a page that is reloaded mid-command has its output', async () => {
  await view(candidate, 'Terminal');
  const shell = candidate.locator('.xterm-rows').first();
  await expect(shell).toContainText('$');
  await candidate.locator('.xterm-screen').first().click();
  await candidate.keyboard.type('sleep 3; echo "came back $((6 * 7))"\n');
  await expect(interviewer.locator('.event').filter({ hasText: '(running)' })).toHaveCount(1);
  await again(() => candidate.reload());
  await expect(shell).toContainText('came back 42');
  await candidate.locator('.xterm-screen').first().click();
  await candidate.keyboard.type('echo "still $((6 * 8))"\n');
  await expect(shell).toContainText('still 48');
});

test('a question that gets no answer is asked again', async () => {
  let asked = 0;
  await candidate.route('**/api/wiki', (route) =>
    (asked += 1) === 1 ? route.abort('connectionreset') : route.continue(),
  );
  await view(candidate, 'Wiki');
  await expect(candidate.locator('aside li button').first()).toBeVisible();
  expect(asked).toBeGreaterThan(1);
  await candidate.unroute('**/api/wiki');
});

test('what is said is said once, though its answer was lost', async () => {
  await view(candidate, 'Channel');
  let asked = 0;
  await candidate.route('**/api/say', async (route) => {
    asked += 1;
    if (asked > 1) return route.fallback();
    // It arrives and is carried out; the page does not learn it.
    expect((await route.fetch()).status()).toBeLessThan(300);
    await route.abort('connectionreset');
  });
  await candidate.getByRole('radio', { name: 'Status update' }).click();
  await candidate.getByLabel('Your status update').fill('Once and no more');
  await candidate.getByRole('button', { name: 'Send' }).click();
  await expect(candidate.getByLabel('Your status update')).toHaveValue('');
  expect(asked).toBeGreaterThan(1);
  await candidate.unroute('**/api/say');
  await isListed(interviewer, 'Once and no more');
  await expect(candidate.locator('article.update')).toHaveCount(1);
});

test('a part of the page that does not come is asked for again', async () => {
  let asked = 0;
  await candidate.route('**/assets/ExploreView-*.js', (route) => {
    asked += 1;
    return asked === 1 ? route.abort('connectionfailed') : route.fallback();
  });
  await candidate.evaluate(() => document.body.setAttribute('data-kept', ''));
  await view(candidate, 'Explore');
  await expect(candidate.locator('.cm-content')).toBeVisible();
  expect(asked).toBeGreaterThan(1);
  // By itself, not because all of the page was loaded anew.
  await expect(candidate.locator('body[data-kept]')).toHaveCount(1);
  await candidate.unroute('**/assets/ExploreView-*.js');
});

test('a page whose first files do not come is loaded again, and then says what to do', async ({
  browser,
}) => {
  const context = await browser.newContext();
  await fromDist(context);
  const page = await context.newPage();
  let asked = 0;
  let lost = 1;
  await page.route(/assets\/(index|style)-.*/, (route) => {
    asked += 1;
    return asked <= lost ? route.abort('connectionreset') : route.fallback();
  });
  const address = new URL('../', interview.links.candidate_url).href;
  await again(() => page.goto(address));
  await expect(page.getByText(/not signed in|open your link/i).first()).toBeVisible();
  lost = Number.POSITIVE_INFINITY;
  const before = asked;
  await again(() => page.goto(address));
  // Loaded once, and three times more.
  await expect.poll(() => asked - before).toBeGreaterThanOrEqual(4);
  await expect(page.getByText('load it again')).toBeVisible();
  await context.close();
});

test('PromQL that is wrong or enormous has its message', async () => {
  await view(candidate, 'Explore');
  const ask = async (promql: string) => {
    await candidate.locator('.cm-content').click();
    await candidate.keyboard.press('Control+A');
    await candidate.keyboard.insertText(promql);
    await candidate.keyboard.press('Escape');
    await candidate.getByRole('button', { name: 'Run', exact: true }).click();
  };
  await ask('rate(http_requests_total)');
  await expect(candidate.getByRole('alert')).toContainText(/expected type range vector|parse error/);
  await ask(`sum(${'up + '.repeat(4000)}up)`);
  await expect(candidate.getByRole('alert')).toContainText('ask for less');
  await ask('up');
  await expect(candidate.getByRole('alert')).toHaveCount(0);
  await expect(candidate.locator('.result tbody tr').first()).toBeVisible();
});

test('script in the candidate’s fields stays text', async () => {
  await view(candidate, 'Notebook');
  await candidate.getByLabel('New hypothesis').first().fill(SCRIPT);
  await candidate.getByLabel('What would disprove it').fill(SCRIPT);
  await candidate.getByRole('button', { name: 'Note it' }).click();
  await expect(candidate.locator('.body article').first()).toContainText('onerror=');
  await view(candidate, 'Channel');
  await candidate.getByLabel('Your question').fill(SCRIPT);
  await candidate.keyboard.press('Enter');
  await expect(candidate.locator('article.question')).toContainText('onerror=');
  await candidate.getByRole('radio', { name: 'Status update' }).click();
  await candidate.getByLabel('Your status update').fill(SCRIPT);
  await candidate.getByRole('button', { name: 'Send' }).click();
  await expect(candidate.locator('article.update').last()).toContainText('onerror=');
  await view(candidate, 'Logs');
  await candidate.getByLabel('Search').fill(SCRIPT);
  await expect(candidate.getByRole('alert')).toContainText('no regular expression');
  await candidate.getByLabel('Search').fill('<img src=x onerror=alert(1)>');
  await expect(candidate.getByText('No line fits')).toBeVisible();
  await candidate.getByLabel('Search').fill('');
  await view(candidate, 'Wiki');
  await candidate.getByLabel('Search the wiki').fill(SCRIPT);
  await view(candidate, 'Terminal');
  await candidate.locator('.xterm-screen').first().click();
  await candidate.keyboard.type(`echo '${SCRIPT}'; printf '\\033]0;owned\\007'\n`);
  await expect(interviewer.locator('.event').filter({ hasText: 'printf' }).first()).toBeVisible();
});

test('script in the interviewer’s fields stays text, for both', async () => {
  await interviewer.getByRole('tab', { name: 'Notes' }).click();
  await interviewer.getByLabel('A private note').fill(SCRIPT);
  await interviewer.keyboard.press('Enter');
  await expect(interviewer.locator('.side li').first()).toContainText('onerror=');
  await interviewer.getByRole('tab', { name: 'Rubric' }).click();
  await interviewer.getByRole('radio').first().check();
  await interviewer
    .getByLabel(/^Why, for/)
    .first()
    .fill(SCRIPT);
  await interviewer
    .getByLabel(/^Why, for/)
    .first()
    .blur();
  await interviewer.getByRole('tab', { name: 'Channel' }).click();
  await interviewer.getByLabel('As whom').fill('<b onclick=alert(1)>Mira</b>');
  await interviewer.getByLabel('What they say').fill(SCRIPT);
  await interviewer.getByRole('button', { name: 'Say it' }).click();
  await interviewer.getByRole('tab', { name: 'Tools' }).click();
  await interviewer.getByLabel('Who gives the hint').fill('<img src=x onerror=alert(3)>');
  await interviewer.getByRole('button', { name: 'Give hint 1' }).click();
  await expect(interviewer.locator('li.given')).toHaveCount(1);
  await view(candidate, 'Channel');
  await expect(candidate.locator('article').filter({ hasText: 'onerror=alert(3)' })).toHaveCount(1);
  await expect(candidate.locator('article').filter({ hasText: '<b onclick' })).toHaveCount(1);
  await interviewer.getByRole('tab', { name: 'Beliefs' }).click();
  await expect(interviewer.locator('.side article').first()).toContainText('onerror=');
  await interviewer.getByLabel('Filter the events').fill(SCRIPT);
  await interviewer.getByLabel('Filter the events').fill('');
  for (const page of [candidate, interviewer]) {
    expect(await page.evaluate(() => 'owned' in window)).toBe(false);
    expect(await page.locator('img[onerror], b[onclick]').count()).toBe(0);
  }
  expect(complaints).toEqual([]);
});

test('texts that are too long are refused with a reason', async () => {
  for (const [page, method, path, body] of [
    [candidate, 'POST', 'api/say', { text: 'x'.repeat(4001) }],
    [candidate, 'POST', 'api/ask', { question: 'x'.repeat(1001) }],
    [interviewer, 'POST', 'api/messages', { who: 'x'.repeat(61), text: 'x' }],
    [interviewer, 'POST', 'api/hints', { number: 2, who: 'x'.repeat(61) }],
  ] as const) {
    const refused = await send(page, method, path, body);
    expect(refused.status, path).toBe(422);
    expect(refused.text).toContain('are allowed');
  }
});

test('a Prometheus that is silent for a while is told, and what was there comes back', async () => {
  await view(candidate, 'Dashboards', 'pool');
  const panel = candidate.getByRole('region', { name: 'In use', exact: true });
  await expect(panel.locator('tbody tr')).toHaveCount(2);
  await docker('pause', interview.links.session, 'prometheus');
  try {
    await expect(panel.getByRole('alert')).toContainText(/prometheus|answer/i, { timeout: 60_000 });
    // The rest of the page goes on.
    await view(candidate, 'Channel');
    await expect(candidate.locator('article.update').last()).toBeVisible();
  } finally {
    await docker('unpause', interview.links.session, 'prometheus');
  }
  await view(candidate, 'Dashboards', 'pool');
  await expect(panel.getByRole('alert')).toHaveCount(0, { timeout: 60_000 });
  await expect(panel.locator('tbody tr')).toHaveCount(2);
});

test('a Prometheus that is gone ends the session, and both are told why', async () => {
  await docker('kill', interview.links.session, 'prometheus');
  for (const page of [candidate, interviewer]) {
    await expect(page.getByText('`prometheus` ended with 137').first()).toBeVisible({ timeout: 60_000 });
  }
  // The session could not do its part: 4.
  expect(await interview.over()).toBe(4);
  expect(complaints).toEqual([]);
});
