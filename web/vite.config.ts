// How the page is built. Terminal, charts and the PromQL editor are chunks of their own, loaded when first shown.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [svelte()],
  // Each session's page stands at a path of its own, so its files are named from there.
  base: './',
  build: {
    target: 'es2022',
    // Fonts and pictures as files: the policy allows no `data:` address but for pictures.
    assetsInlineLimit: 0,
    // One file, 10 kB on the wire: a part of the page is one file less that may not come.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
  },
});
