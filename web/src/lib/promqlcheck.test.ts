import { EditorState } from '@codemirror/state';
import { promQLLanguage, LanguageType } from '@prometheus-io/codemirror-promql/dist/esm/promql.js';
import { expect, test } from 'vitest';
import { mistakes } from './promqlcheck';

const of = (doc: string) =>
  mistakes(EditorState.create({ doc, extensions: [promQLLanguage(LanguageType.PromQL)] }));

test('a mistake is told while it is typed', () => {
  expect(of('rate(http_requests_total[1m])')).toEqual([]);
  expect(of('rate(http_requests_total)')[0]?.message).toContain('expected type matrix');
});

test('a text that would be too deep is left to Prometheus', () => {
  expect(of(`${'('.repeat(9999)}up${')'.repeat(9999)}`)).toEqual([]);
  expect(of(`sum(${'up + '.repeat(40_000)}up)`)).toEqual([]);
});
