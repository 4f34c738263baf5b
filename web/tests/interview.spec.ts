// A whole interview, both roles at once, against the real program and a real lab: nothing is simulated.
import { expect, test } from '@playwright/test';
import type { Page, Request, WebSocketRoute } from '@playwright/test';
import { accessible, barriers } from './axe';
import { again, Interview } from './interview';
import { complaints, drawn, isListed, person, view as goTo } from './people';

let interview: Interview;
let candidate: Page;
let interviewer: Page;
/** The candidate's sockets pass through here, so that a test can cut them. */
const line: { cut: boolean; ends: WebSocketRoute[] } = { cut: false, ends: [] };

/** Goes to a view of the candidate's page. */
const view = (name: string, rest = '') => goTo(candidate, name, rest);
/** An event with these words is in the interviewer's list. */
const seen = (words: string | RegExp) => isListed(interviewer, words);

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  interview = await Interview.start('leaky-release');
  candidate = await person(browser, 'candidate', interview.links.candidate_url, (context) =>
    context.routeWebSocket(/\/ws\//, (socket) => {
      if (line.cut) void socket.close();
      else line.ends.push(socket, socket.connectToServer());
    }),
  );
  interviewer = await person(browser, 'interviewer', interview.links.interviewer_url);
});

test.afterAll(async () => {
  await interview?.end();
});

test('a link works once, and a guessed one never', async ({ browser }) => {
  const stranger = await (await browser.newContext()).newPage();
  for (const url of [
    interview.links.candidate_url,
    interview.links.candidate_url.replace(/.{8}$/, '00000000'),
  ]) {
    const answer = await again(() => stranger.goto(url));
    expect(answer?.status()).toBeGreaterThanOrEqual(400);
    await expect(stranger.getByRole('heading')).toBeVisible();
  }
  const refused = await again(() => stranger.goto(new URL('../api/me', interview.links.candidate_url).href));
  expect(refused?.status()).toBe(401);
  await stranger.close();
});

test('nothing begins before the candidate has agreed', async () => {
  await expect(interviewer.getByTestId('state')).toHaveText('waits for consent');
  await expect(candidate.getByText('What is recorded')).toBeVisible();
  await expect(candidate.locator('summary')).toHaveCount(5);
  await accessible(candidate, 'consent');
  await candidate.getByRole('button', { name: 'I agree, begin' }).click();
  await expect(candidate.locator('article.page')).toBeVisible({ timeout: 60_000 });
  await expect(interviewer.getByTestId('state')).toHaveText('live');
  await accessible(candidate, 'page');
  await accessible(interviewer, 'interviewer');
});

test('the cause is the interviewer’s alone', async () => {
  const mine = async (path: string) => candidate.evaluate(async (path) => (await fetch(path)).status, path);
  for (const path of ['api/cause', 'api/evidence', 'api/timeline', 'api/notes'])
    expect(await mine(path)).toBe(403);
  await interviewer.getByRole('tab', { name: 'Cause', exact: true }).click();
  await expect(interviewer.getByText('never comes back')).toBeVisible();
  await accessible(interviewer, 'cause');
});

test('a dashboard is drawn from its file, and what was in view is recorded', async () => {
  await view('Dashboards', 'pool');
  const panel = candidate.getByRole('region', { name: 'In use' });
  await expect(panel.locator('canvas')).toBeVisible();
  await expect(panel.locator('tbody tr')).toHaveCount(2);
  await seen(/pool/i);
  await accessible(candidate, 'dashboards');
  const chart = panel.getByRole('application');
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart has no place');
  await candidate.mouse.move(box.x + box.width * 0.6, box.y + 40);
  await candidate.mouse.down();
  await candidate.mouse.move(box.x + box.width * 0.95, box.y + 60, { steps: 5 });
  await candidate.mouse.up();
  await expect(candidate.getByRole('button', { name: 'Back to the stretch before' })).toBeVisible();
  await candidate.getByRole('button', { name: 'Back to the stretch before' }).click();
  await expect(candidate.getByRole('button', { name: '5m', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
});

test('several values of a variable are chosen, and a mark tells of a change', async () => {
  await view('Dashboards', 'service');
  const panel = candidate.getByRole('region', { name: 'Requests', exact: true });
  await expect(panel.locator('tbody tr')).toHaveCount(3);
  const variable = candidate.locator('summary').filter({ hasText: 'All' });
  await variable.click();
  await candidate.getByLabel('payments-1', { exact: true }).check();
  await expect(panel.locator('tbody tr')).toHaveCount(2);
  await candidate.getByLabel('payments-2', { exact: true }).check();
  await expect(panel.locator('tbody tr')).toHaveCount(3);
  await expect(candidate.locator('summary')).toHaveText('payments-1 + 1');
  await accessible(candidate, 'variable');
  await candidate.keyboard.press('Escape');
  await expect(candidate.getByLabel('payments-1', { exact: true })).toBeHidden();

  const chart = panel.getByRole('application');
  await chart.focus();
  const mark = panel.locator('.tip .mark').filter({ hasText: 'deploy payments' });
  // Back from now until the crosshair is at the mark, which it finds some seconds around it: the chart goes on by a
  // second each second, and on a busy machine a look takes as long.
  await expect(async () => {
    for (let step = 0; step < 3; step += 1) await candidate.keyboard.press('ArrowLeft');
    await drawn(candidate);
    expect(await mark.count()).toBe(1);
  }).toPass({ intervals: [0], timeout: 60_000 });
  await expect(mark).toContainText('2.3.2 -> 2.4.0');
  await accessible(candidate, 'mark');
  await seen(/history/);
});

test('a panel of logs is a look at that log', async () => {
  const lines = candidate.getByRole('region', { name: 'Warnings and errors' });
  await lines.scrollIntoViewIfNeeded();
  await expect(lines.locator('.line').first()).toContainText(/WARN|ERROR|warn|error/);
  await expect(lines.locator('.line').filter({ hasText: /\binfo\b/i })).toHaveCount(0);
  await seen(/Logs of payments/i);
  await accessible(candidate, 'logs on a dashboard');
});

test('a terminal survives a reload and is mirrored', async () => {
  await view('Terminal');
  const shell = candidate.locator('.xterm-rows').first();
  await expect(shell).toContainText('$');
  await candidate.keyboard.type('echo "answer $((6 * 7))"\n');
  await expect(shell).toContainText('answer 42');
  await again(() => candidate.reload());
  await expect(candidate.locator('.xterm-rows').first()).toContainText('answer 42');
  await candidate.locator('.xterm-screen').first().click();
  await candidate.keyboard.type('echo "again $((6 * 8))"\n');
  await expect(candidate.locator('.xterm-rows').first()).toContainText('again 48');
  await expect(
    interviewer.getByRole('region', { name: 'Mirror of the terminal' }).locator('.xterm-rows'),
  ).toContainText('again 48');
  await seen('echo "again');
  await accessible(candidate, 'terminal');
  await candidate.getByRole('button', { name: 'Open one more terminal' }).click();
  await expect(candidate.getByRole('tab', { name: /terminal/ })).toHaveCount(2);
});

test('a log is searched once for what was asked, and then only followed', async () => {
  const [whole, newer]: [string[], string[]] = [[], []];
  const listen = (request: Request) => {
    const { pathname, search, searchParams } = new URL(request.url());
    if (pathname.endsWith('/api/logs')) (searchParams.has('after') ? newer : whole).push(search);
  };
  candidate.on('request', listen);
  await view('Logs');
  await expect.poll(() => newer.length, { message: 'new lines are asked for' }).toBeGreaterThan(2);
  expect(whole).toHaveLength(1);
  const before = newer.length;
  await candidate.getByLabel('Search').fill('exhausted');
  await expect
    .poll(() => newer.length, { message: 'what is searched for is followed' })
    .toBeGreaterThan(before + 2);
  expect(whole).toHaveLength(2);
  await candidate.getByLabel('Search').fill('');
  candidate.off('request', listen);
});

test('who looks at older lines is not moved away from them', async () => {
  await view('Logs');
  const follow = candidate.getByRole('button', { name: 'Follow' });
  await expect(follow).toHaveAttribute('aria-pressed', 'true');
  await candidate.getByRole('button', { name: 'Older lines' }).click();
  await expect(follow).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(() => candidate.locator('.line').count()).toBeGreaterThan(200);
  await follow.click();
});

test('logs, changes, alerts and wiki are read, and reading is recorded', async () => {
  await view('Logs');
  await expect(candidate.locator('.line').first()).toBeVisible();
  await candidate.getByLabel('Search').fill('no line has these words');
  await expect(candidate.getByText('No line fits')).toBeVisible();
  await candidate.getByLabel('Search').fill('');
  await expect(candidate.locator('.line').first()).toBeVisible();
  await seen(/logs of/i);
  await accessible(candidate, 'logs');

  await view('Changes');
  await candidate.locator('li button').filter({ hasText: '2.4.0' }).first().click();
  await expect(candidate.locator('pre .added').first()).toBeVisible();
  await seen(/diff/);
  await accessible(candidate, 'changes');

  await view('Alerts');
  await expect(candidate.locator('article.firing')).toBeVisible();
  await accessible(candidate, 'alerts');

  await view('Wiki');
  await candidate.getByLabel('Search the wiki').fill('INC-131');
  const hits = candidate.locator('aside li button');
  await expect(hits).toHaveCount(1);
  await hits.click();
  await expect(candidate.locator('.prose')).toContainText('INC-131');
  await accessible(candidate, 'wiki');
});

test('PromQL is drawn, and a wrong one is explained', async () => {
  await view('Explore');
  await candidate.locator('.cm-content').click();
  await candidate.keyboard.type('db_pool_in_use');
  await candidate.keyboard.press('Escape');
  await candidate.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(candidate.locator('.result tbody tr')).toHaveCount(2);
  await seen(/db_pool_in_use/);
  await accessible(candidate, 'explore');
  await candidate.locator('.cm-content').click();
  await candidate.keyboard.press('Control+A');
  await candidate.keyboard.type('sum(((');
  await candidate.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(candidate.getByRole('alert')).toContainText(/parse|unclosed|unexpected/i);
});

test('what is believed is noted with its evidence, and script in it stays text', async () => {
  await view('Notebook');
  await candidate
    .getByLabel('New hypothesis')
    .first()
    .fill('2.4.0 leaks <img src=x onerror=alert(1)> a connection');
  await candidate.getByLabel('What would disprove it').fill('<script>alert(2)</script>');
  await candidate.getByRole('slider').first().fill('70');
  await candidate.getByRole('button', { name: 'Note it' }).click();
  const card = candidate.locator('.body article').first();
  await expect(card).toContainText('onerror=alert(1)');
  await view('Dashboards', 'pool');
  await candidate.getByRole('region', { name: 'Waiting' }).locator('tbody tr').first().waitFor();
  await candidate.getByRole('region', { name: 'Waiting' }).hover();
  await candidate.getByRole('button', { name: 'Keep Waiting as evidence' }).click();
  await candidate.getByRole('dialog').getByRole('button').first().click();
  await view('Notebook');
  await expect(card.locator('summary')).toContainText('Connection pool / Waiting');
  await card.getByRole('button', { name: 'Confirmed' }).click();
  await expect(card.getByRole('button', { name: 'Confirmed' })).toHaveAttribute('aria-pressed', 'true');
  await accessible(candidate, 'notebook');
  await interviewer.getByRole('tab', { name: 'Beliefs' }).click();
  await expect(interviewer.locator('.side article').first()).toContainText('confirmed');
});

test('what is half-written is there again after a look elsewhere', async () => {
  const update = candidate.getByLabel('Your status update');
  const disprove = candidate.getByLabel('What would disprove it');
  await view('Channel');
  await candidate.getByRole('radio', { name: 'Status update' }).click();
  await update.fill('We are still looking');
  await view('Notebook');
  await disprove.fill('the bank is slow');
  await view('Channel');
  await expect(update).toHaveValue('We are still looking');
  await update.fill('');
  await candidate.getByRole('radio', { name: 'Ask colleagues' }).click();
  await view('Notebook');
  await expect(disprove).toHaveValue('the bank is slow');
  await disprove.fill('');

  const note = interviewer.getByLabel('A private note');
  const said = interviewer.getByLabel('What they say');
  await interviewer.getByRole('tab', { name: 'Channel' }).click();
  await said.fill('Is it');
  await interviewer.getByRole('tab', { name: 'Notes' }).click();
  await note.fill('Looks at the pool');
  await interviewer.keyboard.press('Alt+1');
  await expect(note).toHaveCount(0);
  await interviewer.getByRole('tab', { name: 'Notes' }).click();
  await expect(note).toHaveValue('Looks at the pool');
  await note.fill('');
  await interviewer.getByRole('tab', { name: 'Channel' }).click();
  await expect(said).toHaveValue('Is it');
  await said.fill('');
});

test('people are asked, told, and interrupt', async () => {
  await view('Channel');
  await candidate.getByLabel('Your question').fill('Was anything deployed today?');
  await candidate.keyboard.press('Enter');
  await expect(candidate.locator('article.answer')).toBeVisible();
  await candidate.getByRole('radio', { name: 'Status update' }).click();
  await candidate.getByLabel('Your status update').fill('Payments fail since 2.4.0; I roll back now.');
  await candidate.getByRole('button', { name: 'Send' }).click();
  await expect(candidate.locator('article.update')).toContainText('I roll back now');
  await accessible(candidate, 'channel');
  await interviewer.getByRole('tab', { name: 'Channel' }).click();
  await interviewer.getByLabel('As whom').fill('Mira (support)');
  await interviewer.getByLabel('What they say').fill('What do I tell <b>the merchant</b>?');
  await interviewer.getByRole('button', { name: 'Say it' }).click();
  await expect(candidate.locator('article').filter({ hasText: 'Mira' })).toContainText('<b>the merchant</b>');
  await seen('I roll back now');
});

test('a lost connection comes back with what was missed', async () => {
  line.cut = true;
  for (const end of line.ends.splice(0)) await end.close();
  await expect(candidate.getByText('reconnecting…')).toBeVisible();
  await interviewer.getByLabel('What they say').fill('Are you still there?');
  await interviewer.getByRole('button', { name: 'Say it' }).click();
  await seen('Are you still there?');
  await expect(candidate.locator('article').filter({ hasText: 'still there' })).toHaveCount(0);
  line.cut = false;
  await expect(candidate.locator('article').filter({ hasText: 'still there' })).toHaveCount(1);
  await expect(candidate.locator('article').filter({ hasText: 'Mira' })).toHaveCount(2);
  await expect(candidate.getByText('reconnecting…')).toHaveCount(0);
});

test('what is typed while there is no connection reaches the shell when there is one', async () => {
  await view('Terminal');
  await candidate.getByRole('tab', { name: 'terminal 1' }).click();
  const shell = candidate.locator('.xterm-rows').first();
  await candidate.locator('.xterm-screen').first().click();
  line.cut = true;
  for (const end of line.ends.splice(0)) await end.close();
  await expect(candidate.getByText('reconnecting…').first()).toBeVisible();
  await candidate.keyboard.type('echo "typed $((6 * 9))"\n');
  await expect(shell).not.toContainText('typed 54');
  line.cut = false;
  await expect(shell).toContainText('typed 54');
});

test('the first action is told from the rest, notes and levels are the interviewer’s', async () => {
  await view('Terminal');
  await candidate.getByRole('tab', { name: 'terminal 1' }).click();
  await candidate.keyboard.type('deployctl rollback payments\n');
  await interviewer.getByRole('tab', { name: 'Evidence' }).click();
  await expect(interviewer.locator('.first')).toContainText('cures it', { timeout: 40_000 });
  await accessible(interviewer, 'evidence');
  await interviewer.getByRole('tab', { name: 'Notes' }).click();
  await interviewer.getByLabel('A private note').fill('Looked before acting.');
  await interviewer.keyboard.press('Enter');
  await expect(interviewer.locator('.side li').first()).toContainText('Looked before acting.');
  await accessible(interviewer, 'notes');
  await interviewer.getByRole('tab', { name: 'Rubric' }).click();
  const known = interviewer.getByRole('list', { name: 'What the record has on Systems thinking' });
  const action = known.getByRole('listitem').filter({ hasText: 'First action: rollback payments' });
  await action.getByRole('button').click();
  await expect(interviewer.locator('.event.chosen')).toContainText('rollback payments');
  await interviewer.getByRole('radio').nth(2).check();
  await expect(interviewer.locator('label.on')).toHaveCount(1);
  await accessible(interviewer, 'rubric');
  await interviewer.getByRole('button', { name: '+5 min' }).click();
  await expect(interviewer.getByText('Five minutes more.')).toBeVisible();
});

test('after the incident the debrief is written without loss and handed in once', async () => {
  await expect(interviewer.getByTestId('state')).toHaveText('mitigated', { timeout: 120_000 });
  await candidate.getByRole('button', { name: "I'm done" }).click();
  await candidate.getByRole('dialog').getByRole('button', { name: "I'm done" }).click();
  await expect(candidate.getByRole('heading', { name: 'What do you make of it?' })).toBeVisible();
  await expect(interviewer.getByTestId('state')).toHaveText('done');
  const cause = candidate.getByLabel('The cause');
  await cause.fill('2.4.0 keeps a connection <img src=x onerror=alert(3)> for each declined payment.');
  await expect(candidate.getByText('All of it is kept.')).toBeVisible();
  await again(() => candidate.reload());
  await expect(cause).toHaveValue(/onerror=alert\(3\)/);
  await expect(candidate.locator('aside')).toContainText('I roll back now');
  await candidate.getByLabel('What happened').fill('Paged at 0:00; rolled back when I had seen the diff.');
  await candidate.getByLabel('Follow-ups').fill('Alert on the share of the pool in use. Dana, this week.');
  await accessible(candidate, 'debrief');
  // Handed in at once after the last key: nothing of it is lost.
  await candidate.getByLabel('The gap in detection').fill('The pool was full minutes before the page.');
  await candidate.getByRole('button', { name: 'Hand it in' }).click();
  await candidate.getByRole('dialog').getByRole('button', { name: 'Hand it in' }).click();
  await expect(candidate.getByText('Your debrief is handed in')).toBeVisible();
  await accessible(candidate, 'handed in');
  for (const path of ['api/report', 'api/report/recordings/terminal-1', 'api/report/panels'])
    expect(await candidate.evaluate(async (path) => (await fetch(path)).status, path)).toBe(403);
});

test('the report leads with the first action and replays the session', async () => {
  const report = interviewer.getByRole('region', { name: 'Report' });
  await expect(report.locator('.lead')).toContainText('rollback payments', { timeout: 60_000 });
  await expect(report.locator('.lead')).toContainText('mitigates this cause');
  await expect(report.getByTestId('debrief-state')).toHaveText('Handed in.');
  await expect(report).toContainText('onerror=alert(3)');
  await expect(report).toContainText('full minutes before the page');

  const events = report.getByRole('list', { name: 'Events of the session' });
  const screen = report.locator('.xterm-rows');
  const moment = report.getByRole('slider', { name: 'The moment that is replayed' });
  const at = async () => Number(await moment.inputValue());
  await events.getByRole('button', { name: 'echo "again' }).click();
  await expect(screen).toContainText('again 48');
  await expect(screen).not.toContainText('all replicas ready');
  const later = await at();
  await events.getByRole('button', { name: 'echo "answer' }).click();
  await expect(screen).toContainText('answer 42');
  await expect(screen).not.toContainText('again 48');
  expect(await at()).toBeLessThan(later);

  await events
    .getByRole('button', { name: /Dashboard Connection pool/ })
    .first()
    .click();
  const panels = report.getByRole('region', { name: 'Panels in view' });
  await expect(panels.getByRole('region', { name: 'In use' }).locator('canvas')).toBeVisible();

  const before = await at();
  await interviewer.keyboard.press('ArrowRight');
  expect(await at()).toBeCloseTo(before + 5, 0);
  await interviewer.keyboard.press('.');
  expect(await at()).toBeGreaterThan(before);
  await report.getByRole('button', { name: '16×' }).click();
  await report.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(at).toBeGreaterThan(before + 20);
  await report.getByRole('button', { name: 'Pause' }).click();
  const paused = await at();
  await interviewer.keyboard.press('ArrowLeft');
  expect(await at()).toBeLessThan(paused);
  await accessible(interviewer, 'report');
});

test('the levels are set with the record before one, and the seal ends it', async () => {
  const report = interviewer.getByRole('region', { name: 'Report' });
  const known = report.getByRole('list', { name: 'What the record has on Post-incident orientation' });
  await expect(known).toContainText('1 line of follow-ups');
  const moment = report.getByRole('slider', { name: 'The moment that is replayed' });
  const first = report.getByRole('listitem').filter({ hasText: 'First action: rollback payments' });
  await first.getByRole('button').click();
  const at_s = Number(await moment.inputValue());
  await report
    .getByRole('listitem')
    .filter({ hasText: 'status update' })
    .first()
    .getByRole('button')
    .first()
    .click();
  expect(Number(await moment.inputValue())).toBeLessThan(at_s);
  await report.getByRole('radio').first().check();
  const because = report.getByLabel(/^Why, for/).first();
  await because.fill('Named the discriminating evidence before acting.');
  await because.blur();
  await interviewer.getByRole('button', { name: 'Report', exact: true }).click();
  await seen('Rated');
  await interviewer.getByRole('button', { name: 'Report', exact: true }).click();
  await interviewer.getByRole('button', { name: 'Seal the record' }).click();
  await interviewer.getByRole('dialog').getByRole('button', { name: 'Seal it' }).click();
  await expect(interviewer.getByTestId('state')).toHaveText('sealed');
  await expect(candidate.getByText('The record is sealed.')).toBeVisible();
  await accessible(candidate, 'over');
  expect(await interview.over()).toBe(0);
  expect(complaints).toEqual([]);
  expect(barriers.join('\n')).toBe('');
});
