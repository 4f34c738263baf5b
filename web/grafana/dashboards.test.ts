// The dashboards under grafana/ are what Grafana 11 and the newest release say that dashboards are, and a file that is
// not is told so.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { problems, published, RELEASES, type Release } from './check';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../grafana/dashboards');
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const FILES = Object.fromEntries(NAMES.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
const WITHIN = 60_000;

// Something that no release allows, and a word of what is said of it.
const WRONG: Record<string, [from: string, to: string, said: RegExp]> = {
  'an unknown key of the dashboard': ['"graphTooltip": 1', '"graphTooltips": 1', /graphTooltips/],
  'a number for a text': ['"title": "Connection pool"', '"title": 7', /number/],
  'an unknown kind of panel': ['"type": "gauge"', '"type": "speedometer"', /speedometer/],
  "another panel's option": ['"showThresholdMarkers": true', '"graphMode": "area"', /graphMode/],
  'a word that the option does not know': ['"displayMode": "table"', '"displayMode": "tabel"', /tabel/],
  'an unknown setting of a line': ['"lineWidth": 2', '"lineWeight": 2', /lineWeight/],
  'an unknown way to sort a variable': ['"sort": 1', '"sort": 19', /19/],
  'a query without its letter': ['"refId": "A",', '', /refId/],
  'an override of nothing': ['"custom.lineStyle"', '"custom.lineStile"', /lineStile/],
  'half a file': ['"panels": [', '"panels": [[', /./],
};

test.each(Object.keys(RELEASES) as Release[])(
  'every dashboard is one of Grafana %s',
  (release) => {
    expect(published(release)).toBe(release);
    expect(NAMES.length).toBeGreaterThan(4);
    const found = problems(FILES, release);
    expect(found).toEqual(Object.fromEntries(NAMES.map((name) => [name, []])));
  },
  WITHIN,
);

test.each(Object.keys(RELEASES) as Release[])(
  'what is none is refused by the types of %s, with what is wrong',
  (release) => {
    const pool = FILES['pool.json'] ?? '';
    const wrong = Object.entries(WRONG).map(([what, [from, to]]) => {
      expect(pool, what).toContain(from);
      return [what.replaceAll(' ', '-'), pool.replace(from, to)] as const;
    });
    const found = problems(Object.fromEntries(wrong), release);
    for (const [what, [, , said]] of Object.entries(WRONG)) {
      expect(found[what.replaceAll(' ', '-')]?.join('\n'), what).toMatch(said);
    }
  },
  WITHIN,
);
