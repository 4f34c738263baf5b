// Two people in two browsers, for the tests that need more than one file's worth of an interview. It checks nothing but
// that nobody's page breaks: what a page complains of is kept for the last test to look at.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { enter, fromDist } from './interview';

const run = promisify(execFile);

/** Errors, dialogs and breaches of the policy, of all pages of this file. */
export const complaints: string[] = [];

/** Opens a link in a browser of its own; `prepared` is done to that browser before. */
export async function person(
  browser: Browser,
  who: string,
  url: string,
  prepared?: (context: BrowserContext) => Promise<void>,
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  await fromDist(context);
  await prepared?.(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`${who}: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`${who}: a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(`${who}: ${message.text()}`);
  });
  await enter(page, url);
  return page;
}

/** Goes to a view of the candidate's page. */
export async function view(candidate: Page, name: string, rest = '') {
  await candidate.getByRole('navigation').getByRole('link', { name }).click();
  if (rest) await candidate.goto(new URL(`#/${name.toLowerCase()}/${rest}`, candidate.url()).href);
}

/** An event with these words is in the interviewer's list. */
export function isListed(interviewer: Page, words: string | RegExp) {
  return expect(interviewer.locator('.event').filter({ hasText: words }).first()).toBeVisible();
}

/** Sends a request as the page would, past its buttons; gives the status and what it says. The path is from the session's own. */
export async function send(page: Page, method: string, path: string, body?: object) {
  return page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(path as string, {
        method: method as string,
        ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
      });
      return { status: answer.status, text: await answer.text() };
    },
    [method, path, body] as const,
  );
}

/** What was done by now is on the screen. */
export async function drawn(page: Page) {
  await page.evaluate(
    () => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))),
  );
}

/** The Docker CLI, on one container of a session. */
export async function docker(verb: string, session: string, service: string) {
  const words = ['ps', '-a', '-q', '--filter', `label=checkride.session=${session}`];
  const { stdout } = await run('docker', [...words, '--filter', `name=${service}`]);
  const id = stdout.trim();
  if (!/^[0-9a-f]+$/.test(id)) throw new Error(`not one container ${service} of ${session}: ${stdout}`);
  await run('docker', [verb, id]);
}
