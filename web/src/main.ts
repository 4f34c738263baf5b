// Where the page begins: a session's at its slot, the operator's at theirs. Everything else is in
// App.svelte and operator/Operator.svelte.
import { mount } from 'svelte';
import type { Component } from 'svelte';
import { place } from './api/place';
import App from './App.svelte';
import './app.css';
import './state/theme.svelte';
import { begin } from './state/session.svelte';

// A part of the page that did not come leaves a hole. All that was done is with the server, so the page is
// loaded again: once, for a part that never comes is no reason to begin anew for ever.
const AGAIN = 'loaded-again';
/** A page that is not older than this (ms) and fails again would only fail once more. */
const SOON_MS = 60_000;
addEventListener('vite:preloadError', () => {
  if (performance.now() < SOON_MS && sessionStorage.getItem(AGAIN)) return;
  sessionStorage.setItem(AGAIN, 'yes');
  location.reload();
});

const target = document.getElementById('app') ?? document.body;
/** Puts the page in the place of what stands there until its parts have come. */
function show(page: Component) {
  target.replaceChildren();
  mount(page, { target });
}

if (place === '/operator') {
  void Promise.all([import('./operator/Operator.svelte'), import('./operator/hosting.svelte')]).then(
    ([{ default: Operator }, hosting]) => {
      void hosting.begin();
      show(Operator);
    },
  );
} else {
  void begin();
  show(App);
}
