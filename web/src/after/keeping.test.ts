// Keeping a part of the debrief, with a server that answers when the test says so.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Keeping } from './keeping';
import type { Standing } from './keeping';

/** Saves that are not answered yet, in order. */
let asked: { text: string; done: () => void; fail: () => void }[];
/** What the server has, in the order in which it came. */
let landed: string[];
let told: Standing[];
let keeping: Keeping;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  landed = [];
  told = [];
  keeping = new Keeping(
    (text) =>
      new Promise<void>((kept, failed) => {
        const done = () => {
          landed.push(text);
          kept();
        };
        asked.push({ text, done, fail: () => failed(new Error('no answer')) });
      }),
    (standing) => told.push(standing),
  );
});

afterEach(() => vi.useRealTimers());

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** The answer to the save that was asked for as this one. */
async function answer(which: number, how: 'done' | 'fail' = 'done') {
  asked[which]?.[how]();
  await wait(0);
}
const texts = () => asked.map((each) => each.text);

test('what is written is kept a moment after the last key', async () => {
  keeping.typed('a');
  await wait(500);
  keeping.typed('ab');
  await wait(500);
  expect(texts()).toEqual([]);
  await wait(200);
  expect(texts()).toEqual(['ab']);
  expect(told.at(-1)).toBe('writing');
  await answer(0);
  expect(told.at(-1)).toBe('kept');
  await wait(60_000);
  expect(texts()).toEqual(['ab']);
});

test('a newer text waits for the older one, however long that takes, and is not told as kept before', async () => {
  keeping.typed('old');
  await wait(700);
  keeping.typed('newer');
  keeping.typed('newest');
  await wait(30_000);
  expect(texts()).toEqual(['old']);
  await answer(0);
  expect(told.at(-1)).toBe('writing');
  await answer(1);
  expect(landed).toEqual(['old', 'newest']);
  expect(told.at(-1)).toBe('kept');
});

test('what could not be kept is tried again, with what was written meanwhile', async () => {
  keeping.typed('old');
  await wait(700);
  keeping.typed('new');
  await answer(0, 'fail');
  expect(told.at(-1)).toBe('failed');
  await wait(3500);
  await answer(1);
  expect(landed).toEqual(['new']);
  expect(told.at(-1)).toBe('kept');
});

test('back to an older text after a failure, it is saved again: the failed one may have landed', async () => {
  keeping.typed('a');
  await wait(700);
  await answer(0);
  keeping.typed('ab');
  await wait(700);
  keeping.typed('a');
  await answer(1, 'fail');
  await wait(3500);
  expect(texts()).toEqual(['a', 'ab', 'a']);
});

test('handing in sends what is not confirmed and waits for it', async () => {
  keeping.typed('old');
  await wait(700);
  keeping.typed('last');
  const all = vi.fn();
  void keeping.now().then(all);
  await answer(0);
  expect(all).not.toHaveBeenCalled();
  await answer(1);
  expect(all).toHaveBeenCalledWith(true);
  expect(landed).toEqual(['old', 'last']);
});

test('handing in says where not all could be kept, and asks nothing where all is', async () => {
  expect(await keeping.now()).toBe(true);
  expect([texts(), told]).toEqual([[], []]);
  keeping.typed('a');
  const all = keeping.now();
  await answer(0, 'fail');
  expect(await all).toBe(false);
});

test('nothing is begun by itself once nobody writes any more', async () => {
  keeping.typed('a');
  await wait(700);
  keeping.typed('ab');
  keeping.stop();
  await answer(0, 'fail');
  await wait(60_000);
  expect(texts()).toEqual(['a']);
});
