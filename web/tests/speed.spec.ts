// How fast the page is in a real browser, on a real lab: its first paint, what it loads before the terminal, and a
// dashboard of twelve panels and a log over six hours. It prints what it measured. `make bench` holds it to the goals.
import { expect, test } from '@playwright/test';
import { gzipSync } from 'node:zlib';
import { enter, fromDist, Interview } from './interview';

/** How many times as long as its questions alone a dashboard may take where the goal is missed: on a machine that is
 * slower than the goal's, or that others use too. Usual is 4 to 5. `make bench` asks for the goal itself. */
const TIMES_FLOOR = process.env['BENCH'] ? 0 : 6;

let interview: Interview;

/** Milliseconds from the click on a dashboard until its twelve panels and its log show their data and are painted. */
async function twelve(hash: string): Promise<number> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const begun = performance.now();
  location.hash = hash;
  const are = (what: string) => document.querySelectorAll(`.panels section.card${what}`).length;
  while (are('') !== 13 || are(':has([role=status])') > 0 || are(':has(canvas, .value, table)') === 0) {
    if (performance.now() - begun > 20_000) throw new Error('the panels are not drawn');
    await frame();
  }
  await frame();
  return performance.now() - begun;
}

declare global {
  interface Window {
    asked: Request[];
    /** `fetch`, without being kept. */
    ask: typeof fetch;
  }
}

/** Keeps what the page asks of the panels: of a request that was cloned Chromium tells nobody outside the body. */
function keep(): void {
  window.asked = [];
  const ask = (window.ask = window.fetch.bind(window));
  window.fetch = (input, init) => {
    const request = new Request(input, init);
    if (request.url.includes('/api/panels/')) {
      const again = request.clone();
      // With it the server answers as it did the first time, and asks nobody.
      again.headers.delete('Idempotency-Key');
      window.asked.push(again);
    }
    return ask(request);
  };
}

/** Milliseconds that the same questions take in the same browser, asked all at once and read, with nothing drawn. */
async function floor(): Promise<number> {
  if (window.asked.length < 12) throw new Error(`the panels asked ${window.asked.length} times`);
  const begun = performance.now();
  const answers = window.asked.map(async (request) => {
    const answer = await window.ask(request);
    if (!answer.ok) throw new Error(`${request.url}: ${answer.status}`);
    await answer.json();
  });
  await Promise.all(answers);
  return performance.now() - begun;
}

test.beforeAll(async () => {
  test.setTimeout(180_000);
  interview = await Interview.start('leaky-release');
});

test.afterAll(async () => {
  await interview?.end();
});

test('the first paint, what is loaded for it, and twelve panels', async ({ browser }) => {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  await fromDist(context);
  await context.addInitScript(keep);
  const page = await context.newPage();
  let packed = 0;
  const scripts: Promise<void>[] = [];
  page.on('response', (response) => {
    if (!response.url().endsWith('.js')) return;
    scripts.push(response.body().then((body) => void (packed += gzipSync(body).length)));
  });
  await enter(page, interview.links.candidate_url);
  await expect(page.getByText('What is recorded')).toBeVisible();
  await Promise.all(scripts);
  const before_kb = packed / 1000;
  const painted = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity,
  );

  await page.getByRole('button', { name: 'I agree, begin' }).click();
  await expect(page.locator('article.page')).toBeVisible({ timeout: 60_000 });
  // Tall enough for all of them to be in view at once.
  await page.setViewportSize({ width: 1440, height: 2900 });
  await page.goto(new URL('../#/dashboards/pool', interview.links.candidate_url).href);
  await page.getByRole('button', { name: '6h', exact: true }).click();
  const drawn: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await page.goto(new URL('../#/notebook', interview.links.candidate_url).href);
    await expect(page.locator('.panels')).toHaveCount(0);
    await page.evaluate(() => void (window.asked = []));
    drawn.push(await page.evaluate(twelve, '#/dashboards/service'));
    bare.push(await page.evaluate(floor));
  }
  console.log(
    JSON.stringify({
      first_paint_ms: painted,
      js_before_terminal_gzip_kb: before_kb,
      drawn_ms: drawn,
      floor_ms: bare,
    }),
  );
  expect(painted).toBeLessThanOrEqual(1000);
  expect(before_kb).toBeLessThanOrEqual(250);
  // The first time the charts' own code is loaded as well.
  const allowed = Math.min(1500, Math.max(500, TIMES_FLOOR * Math.min(...bare)));
  expect(Math.min(...drawn)).toBeLessThanOrEqual(allowed);
});
