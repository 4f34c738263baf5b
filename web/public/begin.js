// Watches over the page's first files: one that the browser calls off, as it does when networks come and go, would
// leave a page that never begins, or one without its looks. It is loaded again then, a few times at most. Parts that
// are loaded later are src/lib/later.ts's.
'use strict';

const BEGUN_AGAIN = 'begun-again';
const AT_MOST = 3;
const PAUSE_MS = 500;

let isWhole = true;

function beginAgain({ target }) {
  const isFile = target instanceof HTMLScriptElement || target instanceof HTMLLinkElement;
  if (!isFile || !isWhole) return;
  isWhole = false;
  const times = Number(sessionStorage.getItem(BEGUN_AGAIN));
  if (times >= AT_MOST) return;
  sessionStorage.setItem(BEGUN_AGAIN, String(times + 1));
  setTimeout(() => location.reload(), PAUSE_MS * (times + 1));
}

// Files that fail tell their own element alone: it is heard on the way there.
addEventListener('error', beginAgain, true);
addEventListener('load', () => {
  removeEventListener('error', beginAgain, true);
  if (isWhole) sessionStorage.removeItem(BEGUN_AGAIN);
});
