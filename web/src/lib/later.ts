// Loads a part of the page when it is first shown. What is shown until then is the caller's.
import { patiently } from '../api/patient';

const AGAIN = 'loaded-again';
/** A page that is not older than this (ms) and fails again would only fail once more. */
const SOON_MS = 60_000;

/** The part that `load` imports, tried again where the browser called that off. A part that does not come leaves a
 * hole; all that was done is with the server, so the page is loaded again then: once, for a part that never comes
 * is no reason to begin anew for ever. */
export async function later<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await patiently(load);
  } catch (cause) {
    if (performance.now() < SOON_MS && sessionStorage.getItem(AGAIN)) throw cause;
    sessionStorage.setItem(AGAIN, 'yes');
    location.reload();
    // Nothing is shown any more by this page.
    return new Promise(() => {});
  }
}
