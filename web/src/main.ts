// Where the page begins: a session's at its slot, the operator's at theirs. Everything else is in
// App.svelte and operator/Operator.svelte.
import { mount } from 'svelte';
import type { Component } from 'svelte';
import { place } from './api/place';
import App from './App.svelte';
import './app.css';
import { later } from './lib/later';
import './state/theme.svelte';
import { begin } from './state/session.svelte';

const target = document.getElementById('app') ?? document.body;
/** Puts the page in the place of what stands there until its parts have come. */
function show(page: Component) {
  target.replaceChildren();
  mount(page, { target });
}

if (place === '/operator') {
  const parts = () =>
    Promise.all([import('./operator/Operator.svelte'), import('./operator/hosting.svelte')]);
  void later(parts).then(([{ default: Operator }, hosting]) => {
    void hosting.begin();
    show(Operator);
  });
} else {
  void begin();
  show(App);
}
