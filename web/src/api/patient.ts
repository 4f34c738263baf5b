// Tries again what a browser calls off when the machine's networks change, as those of systems come and go. It knows
// nothing of what is tried.
import { backoff } from './backoff';

/** How often something is tried again: for 4.5 s in all. */
const TRIES = 4;

/** What `attempt` gives, tried again where it fails by a cause for which it `may` be. Its last failure is thrown. */
export async function patiently<Given>(
  attempt: () => Promise<Given>,
  may: (cause: unknown) => boolean = () => true,
): Promise<Given> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (cause) {
      if (tries === TRIES || !may(cause)) throw cause;
      await new Promise((again) => setTimeout(again, backoff(tries, Math.random())));
    }
  }
}
