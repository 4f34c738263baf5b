// How what needs no browser is tested: the pure code, and what a page keeps. What needs one is under tests/.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: { include: ['src/**/*.test.ts', 'grafana/*.test.ts'] },
});
