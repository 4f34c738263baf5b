// The views of the candidate's page: names, icons and keys. They are not shown here.
import type { IconName } from '../parts/Icon.svelte';

export interface View {
  id: IconName;
  title: string;
  /** The letter after `g`. */
  key: string;
}

export const VIEWS: View[] = [
  { id: 'page', title: 'Page', key: 'p' },
  { id: 'terminal', title: 'Terminal', key: 't' },
  { id: 'dashboards', title: 'Dashboards', key: 'd' },
  { id: 'explore', title: 'Explore', key: 'e' },
  { id: 'logs', title: 'Logs', key: 'l' },
  { id: 'changes', title: 'Changes', key: 'c' },
  { id: 'alerts', title: 'Alerts', key: 'a' },
  { id: 'wiki', title: 'Wiki', key: 'w' },
  { id: 'channel', title: 'Channel', key: 'm' },
  { id: 'notebook', title: 'Notebook', key: 'n' },
];
