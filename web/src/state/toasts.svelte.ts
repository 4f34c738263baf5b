// Short messages at the edge of the page. A problem stays until it is dismissed or ten seconds are over.
import { words } from '../api/client';

export interface Toast {
  id: number;
  kind: 'problem' | 'good' | 'news';
  text: string;
}

let next = 0;

export const toasts = $state<{ all: Toast[] }>({ all: [] });

export function dismiss(id: number) {
  toasts.all = toasts.all.filter((toast) => toast.id !== id);
}

function show(kind: Toast['kind'], text: string, forMs: number) {
  if (toasts.all.some((toast) => toast.text === text)) return;
  const id = (next += 1);
  toasts.all = [...toasts.all.slice(-3), { id, kind, text }];
  setTimeout(() => dismiss(id), forMs);
}

export const problem = (error: unknown) => show('problem', words(error), 10_000);
export const good = (text: string) => show('good', text, 3500);
export const news = (text: string) => show('news', text, 8000);
