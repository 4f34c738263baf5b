// Where the page begins. Everything else is in App.svelte.
import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import './state/theme.svelte';
import { begin } from './state/session.svelte';

void begin();
mount(App, { target: document.getElementById('app') ?? document.body });
