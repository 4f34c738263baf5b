// What counts as a look at a panel.
import { expect, test } from 'vitest';
import { Looks } from './looks';

test('a panel counts while it is in view, and what was taken is not counted twice', () => {
  const looks = new Looks();
  looks.view(2, true, 0);
  expect(looks.take(1500)).toEqual([{ panel: 2, visible_ms: 1500, hovered: false, zoomed: false }]);
  looks.view(2, false, 2500);
  expect(looks.take(9000)).toMatchObject([{ panel: 2, visible_ms: 1000 }]);
  expect(looks.take(9999)).toEqual([]);
});

test('a hidden page does not look', () => {
  const looks = new Looks();
  looks.view(2, true, 0);
  looks.awake(false, 1000);
  looks.awake(true, 61_000);
  expect(looks.longest(61_500)).toBe(1500);
  looks.awake(false, 62_000);
  looks.view(2, false, 90_000);
  expect(looks.take(90_000)).toMatchObject([{ visible_ms: 2000 }]);
});

test('pointer and zoom are told once', () => {
  const looks = new Looks();
  looks.view(3, true, 0);
  looks.hover(3);
  looks.zoom(3);
  expect(looks.take(10)).toEqual([{ panel: 3, visible_ms: 10, hovered: true, zoomed: true }]);
  expect(looks.take(20)).toEqual([{ panel: 3, visible_ms: 10, hovered: false, zoomed: false }]);
});

test('a panel is fresh until it was taken in this visit', () => {
  const looks = new Looks();
  looks.view(2, true, 0);
  looks.take(1000);
  looks.view(3, true, 2000);
  expect([looks.fresh(2600), looks.longest(2600)]).toEqual([600, 1600]);
  looks.take(3000);
  expect(looks.fresh(9000)).toBe(0);
  looks.renew();
  expect(looks.fresh(9000)).toBe(6000);
});

test('a panel of which too little was taken for a look stays fresh', () => {
  const looks = new Looks();
  looks.view(2, true, 0);
  looks.take(299);
  expect(looks.fresh(1299)).toBe(1000);
});
