// Marks: which one is pointed at, and that an alert has one mark and not two.
import { expect, test } from 'vitest';
import { pointedAt, together } from './mark';

const deploy = { at: 100, color: '', title: 'deploy payments' };
const alert = { at: 130, color: '', title: 'PaymentsErrorRateHigh' };

test('a mark is pointed at a few pixels around it', () => {
  const place = (at: number) => at * 2;
  const at = (left: number) => pointedAt([deploy, alert], left, place).map((mark) => mark.title);
  expect(at(204)).toEqual(['deploy payments']);
  expect(at(220)).toEqual([]);
  expect(pointedAt([deploy, { ...alert, at: 101 }], 201, place)).toHaveLength(2);
});

test('the page is marked where no alert of its name is', () => {
  const page = { at: 128, color: '', title: 'PaymentsErrorRateHigh' };
  expect(together(page, [deploy])).toEqual([page, deploy]);
  expect(together(page, [deploy, alert])).toEqual([deploy, alert]);
  expect(together(null, [])).toEqual([]);
});
