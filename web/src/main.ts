// Where the page begins: a session's at its slot, the operator's at theirs. Everything else is in
// App.svelte and operator/Operator.svelte.
import { mount } from 'svelte';
import { place } from './api/place';
import App from './App.svelte';
import './app.css';
import './state/theme.svelte';
import { begin } from './state/session.svelte';

const target = document.getElementById('app') ?? document.body;
if (place === '/operator') {
  void Promise.all([import('./operator/Operator.svelte'), import('./operator/hosting.svelte')]).then(
    ([{ default: Operator }, hosting]) => {
      void hosting.begin();
      mount(Operator, { target });
    },
  );
} else {
  void begin();
  mount(App, { target });
}
