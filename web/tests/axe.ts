// What a page must hold to for everybody, in light and in dark: axe finds nothing serious. Run through the debugger, which the policy does not bind.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';

interface Found {
  id: string;
  impact: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** All that was found to be serious, so that one finding does not hide the next. The last test wants it empty. */
export const barriers: string[] = [];

/** Looks over the page as it is now, in both themes; nobody may have chosen one on it before. */
export async function accessible(page: Page, what: string) {
  await page.evaluate(await source);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    await look(page, `${what}, ${colorScheme}`);
  }
}

async function look(page: Page, what: string) {
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run: (options: object) => Promise<{ violations: Found[] }> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    return (await axe.run({ runOnly: { type: 'tag', values: tags } })).violations;
  });
  const serious = found
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map(
      (each) =>
        `${what}: ${each.id}: ${each.help}\n  ${each.nodes
          .map((node) => `${node.html}\n    ${node.failureSummary}`)
          .slice(0, 3)
          .join('\n  ')}`,
    );
  barriers.push(...serious);
}
