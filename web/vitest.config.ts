// How the pure code is tested: without a browser. What needs one is under tests/.
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['src/**/*.test.ts', 'grafana/*.test.ts'] } });
