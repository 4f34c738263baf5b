// What waits for a terminal, on one that draws when the test says so.
import { beforeEach, expect, test } from 'vitest';
import { AHEAD, Backlog, MOST } from './backlog';

const KIB = 1 << 10;
/** What the terminal was given and has not drawn. */
let given: { data: Uint8Array | string; drawn: () => void }[];
/** What it has drawn, in order. */
let screen: (number | string)[];
let told: number[];
let backlog: Backlog;

beforeEach(() => {
  given = [];
  screen = [];
  told = [];
  backlog = new Backlog({ write: (data, drawn) => given.push({ data, drawn }) }, () =>
    told.push(backlog.bytes),
  );
});

/** 64 KiB, as the server sends them at most. */
const frame = (number: number) => new Uint8Array(64 * KIB).fill(number);
const held = () => given.reduce((sum, { data }) => sum + (typeof data === 'string' ? 0 : data.length), 0);

function draw(most = Infinity) {
  for (let left = most; left > 0 && given.length > 0; left -= 1) {
    const next = given.shift();
    if (!next) return;
    screen.push(typeof next.data === 'string' ? next.data : (next.data[0] ?? -1));
    next.drawn();
  }
}

test('output is drawn in order, with notes where they belong', () => {
  backlog.add(frame(1));
  backlog.add('a note');
  backlog.add(frame(2));
  expect(backlog.bytes).toBe(128 * KIB);
  draw();
  expect(screen).toEqual([1, 'a note', 2]);
  expect(told).toEqual([64 * KIB, 64 * KIB, 0]);
});

test('the terminal never has more than it is about to draw, and never too little', () => {
  for (let number = 0; number < 40; number += 1) backlog.add(frame(number));
  expect(held()).toBe(AHEAD);
  draw(3);
  expect(held()).toBe(AHEAD);
  expect(backlog.bytes).toBe(37 * 64 * KIB);
  draw();
  expect(screen).toEqual(Array.from({ length: 40 }, (_, number) => number));
});

test('of a flood the oldest is lost and told once, the newest is drawn, and all of it counts', () => {
  const frames = (MOST + AHEAD) / (64 * KIB) + 200;
  for (let number = 0; number < frames; number += 1) backlog.add(frame(number % 250));
  backlog.add('the end');
  expect(backlog.bytes).toBe(frames * 64 * KIB);
  expect(held()).toBe(AHEAD);
  draw();
  const first = AHEAD / (64 * KIB);
  expect(screen.slice(0, first)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(screen[first]).toContain(`${200 * 64 * KIB} bytes were too fast for this page`);
  expect(screen[first + 1]).toBe((first + 200) % 250);
  expect(screen.filter((each) => typeof each === 'string')).toHaveLength(2);
  expect(screen.slice(-2)).toEqual([(frames - 1) % 250, 'the end']);
  expect(backlog.bytes).toBe(0);
});
