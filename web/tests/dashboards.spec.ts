// All dashboards on a real lab: each panel is answered, each annotation too, and a kind that is not known says so.
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { Practice } from './interview';
import { complaints, person, send } from './people';

interface File {
  panels: { id: number; type: string; title: string; targets?: { expr: string }[] }[];
}

interface Answer {
  queries: { problem: string | null }[];
  series: { query: number; values: (number | null)[] }[];
}

interface Marks {
  marks: { at: number; annotation: string; title: string; text: string; change: number | null }[];
  problem: string | null;
}

let practice: Practice;
let page: Page;
/** When the incident could begin, in Unix time. */
let begun: number;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  practice = await Practice.start('leaky-release');
  page = await person(browser, 'somebody', practice.links.url);
  begun = Date.now() / 1000;
  await page.getByRole('button', { name: 'Begin' }).click();
  await expect(page.locator('article.page')).toBeVisible({ timeout: 60_000 });
});

test.afterAll(async () => {
  await practice?.end();
});

async function read<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await send(page, method, path, body);
  expect(answer.status, `${path}: ${answer.text}`).toBe(200);
  return JSON.parse(answer.text) as T;
}

test('each query of each dashboard shows something of the system', async () => {
  const span = () => {
    const to = Math.ceil(Date.now() / 1000);
    return { from: to - 300, to };
  };
  // The page goes out when the alert fires; the doors open behind it, and the series of alerts has it with its next
  // evaluation.
  await expect(async () => {
    const { marks } = await read<Marks>('POST', 'api/dashboards/pool/marks', span());
    expect(marks.map((mark) => mark.title)).toContain('PaymentsErrorRateHigh');
  }).toPass({ timeout: 15_000 });
  const problems: string[] = [];
  for (const { uid } of await read<{ uid: string }[]>('GET', 'api/dashboards')) {
    const file = await read<File>('GET', `api/dashboards/${uid}`);
    for (const panel of file.panels.filter((each) => each.targets?.length)) {
      const question = { dashboard: uid, panel: panel.id, ...span() };
      if (panel.type === 'logs') {
        const { services, lines } = await read<{ services: string[]; lines: unknown[] }>(
          'POST',
          'api/panels/lines',
          question,
        );
        expect([services, lines.length > 0], panel.title).toEqual([['payments'], true]);
        continue;
      }
      const { queries, series } = await read<Answer>('POST', 'api/panels/query', question);
      expect(queries).toHaveLength(panel.targets?.length ?? 0);
      for (const [index, { problem }] of queries.entries()) {
        const shows = series.some((each) => each.query === index && each.values.some((it) => it !== null));
        const where = `${uid}, ${panel.title}: ${panel.targets?.[index]?.expr}`;
        if (problem) problems.push(`${where}: ${problem}`);
        else if (!shows) problems.push(`${where} shows nothing`);
      }
    }
    const { marks, problem } = await read<Marks>('POST', `api/dashboards/${uid}/marks`, span());
    if (problem) problems.push(`${uid}: ${problem}`);
    const deploy = marks.filter((mark) => mark.annotation === 'Changes');
    expect(deploy.map((mark) => [mark.title, mark.text])).toEqual([
      ['deploy payments', '2.3.2 -> 2.4.0, by release-train'],
    ]);
    expect(marks.map((mark) => mark.title)).toContain('PaymentsErrorRateHigh');
    // Both replicas came up with the new release.
    const started = marks.filter((mark) => mark.annotation === 'Replica started' && mark.at > begun);
    expect(started.map((mark) => mark.text).toSorted()).toEqual(['payments-1', 'payments-2']);
  }
  expect(problems).toEqual([]);
});

test('a panel of a kind that is not known says so, and the others are drawn', async () => {
  await page.route('**/api/dashboards/pool', async (route) => {
    const served = await route.fetch();
    const file = (await served.json()) as File;
    const panels = file.panels.map((each) =>
      each.title === 'Waiting' ? { ...each, type: 'nodeGraph' } : each,
    );
    await route.fulfill({ response: served, json: { ...file, panels } });
  });
  await page.getByRole('navigation').getByRole('link', { name: 'Dashboards' }).click();
  await page.getByRole('tab', { name: 'Connection pool' }).click();
  await expect(page.getByRole('region', { name: 'Waiting', exact: true })).toContainText('kind “nodeGraph”');
  await expect(page.getByRole('region', { name: 'In use', exact: true }).locator('canvas')).toBeVisible();
  expect(complaints).toEqual([]);
});

test('two lines of the same name are both read where one points', async () => {
  await page.route('**/api/panels/query', async (route) => {
    const served = await route.fetch();
    const data = (await served.json()) as { series: object[] };
    const series = data.series.map((each) => ({ ...each, legend: 'same' }));
    await route.fulfill({ response: served, json: { ...data, series } });
  });
  await page.reload();
  const panel = page.getByRole('region', { name: 'In use', exact: true });
  await expect(panel.locator('canvas')).toBeVisible();
  await panel.getByRole('application').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(panel.locator('.tip .name').filter({ hasText: 'same' })).toHaveCount(2);
  expect(complaints).toEqual([]);
});
