// What the log view searches for; kept while the page is open, so that coming back finds it as it was.
import type { Schemas } from '../api/client';

export const logs = $state<{
  service: string;
  grep: string;
  level: '' | Schemas['LogLevel'];
  follow: boolean;
}>({
  service: '',
  grep: '',
  level: '',
  follow: true,
});
