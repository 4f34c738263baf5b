// A socket that comes back, on a WebSocket and a server that are made up: which of its tries is heard, and when.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ask } from './client';
import { Socket } from './socket';

vi.mock('./place', () => ({ place: '' }));
vi.mock('./client', () => ({
  api: { POST: () => undefined },
  ask: vi.fn(),
  Refused: class extends Error {},
}));

class FakeWebSocket {
  static readonly OPEN = 1;
  static made: FakeWebSocket[] = [];
  readyState = 0;
  sent: unknown[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: () => void;

  constructor(readonly address: string) {
    FakeWebSocket.made.push(this);
  }
  send(data: unknown) {
    this.sent.push(data);
  }
  close() {
    this.readyState = 2;
  }
  opens() {
    this.readyState = 1;
    this.onopen?.();
  }
  closes() {
    this.readyState = 3;
    this.onclose?.();
  }
  says(data: string) {
    this.onmessage?.({ data });
  }
}

/** Requests for a ticket that are not answered yet. */
let tickets: { give: (ticket: { ticket: string }) => void; refuse: (why: Error) => void }[];
let heard: string[];
let standings: string[];
let socket: Socket;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('location', { protocol: 'http:', host: 'here' });
  vi.stubGlobal('WebSocket', FakeWebSocket);
  FakeWebSocket.made = [];
  tickets = [];
  heard = [];
  standings = [];
  vi.mocked(ask).mockImplementation(
    () => new Promise((give, refuse) => tickets.push({ give: give as never, refuse })),
  );
  socket = new Socket({
    path: () => `/ws/live?from=${heard.length}`,
    text: (data) => heard.push(data),
    standing: (standing) => standings.push(standing),
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The newest request for a ticket is answered; gives the try that is made with it. */
async function ticket(which = tickets.length - 1): Promise<FakeWebSocket | undefined> {
  tickets[which]?.give({ ticket: `t${which}` });
  await vi.advanceTimersByTimeAsync(0);
  return FakeWebSocket.made.at(-1);
}

async function online() {
  window.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(0);
}

test('a network that comes back while a ticket is asked for makes one connection, not two', async () => {
  await online();
  expect(tickets).toHaveLength(2);
  const one = await ticket(1);
  one?.opens();
  await ticket(0);
  expect(FakeWebSocket.made.map((each) => each.address)).toEqual(['ws://here/ws/live?from=0&ticket=t1']);
  for (const each of FakeWebSocket.made) each.says('once');
  expect(heard).toEqual(['once']);
});

test('a ticket that is refused late does not lose the connection that is open', async () => {
  await online();
  const one = await ticket(1);
  one?.opens();
  tickets[0]?.refuse(new Error('no answer'));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(standings.at(-1)).toBe('open');
  expect(tickets).toHaveLength(2);
});

test('a try that was given up is closed, and nothing of it is heard', async () => {
  const old = await ticket();
  old?.opens();
  // Its close is on the way, as is what it had received.
  if (old) old.readyState = 2;
  await online();
  const one = await ticket();
  one?.opens();
  old?.says('late');
  old?.closes();
  expect(heard).toEqual([]);
  expect(standings.at(-1)).toBe('open');
  expect(socket.send('key')).toBe(true);
  expect(one?.sent).toEqual(['key']);
});

test('what is lost comes back after a while, with a ticket of its own and from where it was', async () => {
  const old = await ticket();
  old?.opens();
  old?.says('first');
  old?.closes();
  expect(standings.at(-1)).toBe('lost');
  expect(socket.send('key')).toBe(false);
  await vi.advanceTimersByTimeAsync(400);
  const one = await ticket();
  expect(one?.address).toBe('ws://here/ws/live?from=1&ticket=t1');
});

test('what is closed stays closed, with a ticket on its way as well', async () => {
  socket.close();
  await ticket();
  await online();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(FakeWebSocket.made).toHaveLength(0);
  expect(tickets).toHaveLength(1);
  expect(standings.at(-1)).toBe('closed');
});

test('a connection that is closed is heard no more', async () => {
  const one = await ticket();
  one?.opens();
  socket.close();
  expect(one?.readyState).toBe(2);
  one?.says('late');
  one?.closes();
  expect(heard).toEqual([]);
  expect(standings.at(-1)).toBe('closed');
});
