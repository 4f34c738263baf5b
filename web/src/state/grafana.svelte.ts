// Whether the session has a Grafana, and how far it is. Asked for until it answers or has failed; what it shows is its own.
import { api, ask } from '../api/client';
import type { Schemas } from '../api/client';

type Info = Schemas['GrafanaInfo'];

const AGAIN_MS = 2000;

export const grafana = $state<Info & { chosen: boolean }>({ state: 'none', problem: null, chosen: false });

/** Asks how far it is, and again while it starts; gives what stops asking. */
export function follow(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  async function look() {
    try {
      Object.assign(grafana, await ask(api.GET('/api/grafana')));
    } catch {
      // The server is away, or the incident is over: the rest of the page says so.
    }
    if (!stopped && grafana.state === 'starting') timer = setTimeout(look, AGAIN_MS);
  }
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
