// Starts and ends a real interview or practice for a test: the real program, a real lab. It clicks nothing.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import type { BrowserContext, Page } from '@playwright/test';
import { patiently } from '../src/api/patient';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PROGRAM =
  process.env['CHECKRIDE_BIN'] ?? `${ROOT}target/x86_64-unknown-linux-gnu/release/checkride`;

/** Where what the tests of one worker start keeps its sessions: never among a person's own. */
const HOME = `${ROOT}web/test-results/home-${process.env['TEST_WORKER_INDEX'] ?? '0'}`;
export const ENV = { ...process.env, CHECKRIDE_HOME: HOME };

export interface Links {
  session: string;
  candidate_url: string;
  interviewer_url: string;
}

/** A program that runs, and the object that it printed when it was ready. */
export class Program<Printed> {
  protected constructor(
    private program: ChildProcess,
    readonly links: Printed,
  ) {}

  /** Starts it and waits for its object; what the program said on standard error is in the error. */
  protected static async run<Printed>(words: string[]): Promise<[ChildProcess, Printed]> {
    const program = spawn(PROGRAM, words, { cwd: ROOT, env: ENV, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    program.stderr.on('data', (data: Buffer) => (err += data.toString()));
    const links = await new Promise<Printed>((resolve, reject) => {
      program.stdout.on('data', (data: Buffer) => {
        out += data.toString();
        try {
          resolve(JSON.parse(out) as Printed);
        } catch {
          // Half of the object; the rest follows.
        }
      });
      program.once('error', reject);
      program.once('exit', (code) => reject(new Error(`checkride ended with ${code}:\n${err}`)));
    });
    return [program, links];
  }

  /** Ends it in order if it has not ended by itself; gives the program's exit code. */
  async end(): Promise<number | null> {
    if (this.program.exitCode === null) {
      const gone = once(this.program, 'exit');
      this.program.kill('SIGINT');
      await gone;
    }
    return this.program.exitCode;
  }

  /** Waits until it has ended by itself. */
  async over(): Promise<number | null> {
    if (this.program.exitCode === null) await once(this.program, 'exit');
    return this.program.exitCode;
  }
}

/** An interview with both of its links. */
export class Interview extends Program<Links> {
  static async start(cause: string, minutes = 20, more: string[] = []): Promise<Interview> {
    const words = ['--candidate', 'Ada', '--cause', cause, '--minutes', String(minutes), '--json'];
    return new Interview(...(await Program.run<Links>(['interview', 'payments', ...words, ...more])));
  }
}

/** Somebody by themselves, with one link. */
export class Practice extends Program<{ session: string; url: string }> {
  static async start(cause: string): Promise<Practice> {
    const words = ['practice', 'payments', '--cause', cause, '--json'];
    return new Practice(...(await Program.run<{ session: string; url: string }>(words)));
  }
}

/** With `CONSOLE_DIST=1`, shows the page as it stands in `dist` instead of the one in the program, under the same policy. */
export async function fromDist(context: BrowserContext) {
  if (!process.env['CONSOLE_DIST']) return;
  await context.route(/^https?:\/\/[^/]+\/(s\/[^/]+|operator)\/(assets\/.*|icon\.svg)?$/, async (route) => {
    const [, root = '', path = ''] =
      /^(\/(?:s\/)?[^/]+)(\/.*)$/.exec(new URL(route.request().url()).pathname) ?? [];
    const served = await route.fetch({
      url: new URL(`${root}/`, route.request().url()).href,
      maxRedirects: 0,
    });
    const file = `${ROOT}web/dist${path === '/' ? '/index.html' : path}`;
    // The page in the program, which a link leads to first, asks for files of its own.
    if (!existsSync(file)) return route.continue();
    const body = await readFile(file);
    const kind = {
      html: 'text/html',
      '': 'text/html',
      js: 'text/javascript',
      css: 'text/css',
      svg: 'image/svg+xml',
    };
    const ending = path === '/' ? 'html' : (path.split('.').at(-1) ?? '');
    const policy = served.headers()['content-security-policy'] ?? '';
    await route.fulfill({
      body,
      headers: { 'content-type': kind[ending as keyof typeof kind], 'content-security-policy': policy },
    });
  });
}

/** Loads what the browser called off because the machine's networks changed, as each start of a system changes them.
 * For a person Chromium does this by itself. */
export function again<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  return patiently(load, (cause) => String(cause).includes('ERR_NETWORK_CHANGED'));
}

/** Opens a link. A route does not see where a redirect leads, so the page of `dist` is loaded once more. */
export async function enter(page: Page, url: string) {
  await again(() => page.goto(url));
  if (process.env['CONSOLE_DIST']) await again(() => page.reload());
}
