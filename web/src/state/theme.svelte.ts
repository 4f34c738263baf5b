// Light or dark: the system's choice until the person makes one, which the browser keeps.

export type Choice = 'system' | 'light' | 'dark';

const KEY = 'checkride-theme';
const system = window.matchMedia('(prefers-color-scheme: light)');

function kept(): Choice {
  const word = localStorage.getItem(KEY);
  return word === 'light' || word === 'dark' ? word : 'system';
}

export const theme = $state<{ choice: Choice; shown: 'light' | 'dark' }>({ choice: kept(), shown: 'dark' });

function apply() {
  theme.shown = theme.choice === 'system' ? (system.matches ? 'light' : 'dark') : theme.choice;
  document.documentElement.dataset['theme'] = theme.shown;
}

system.addEventListener('change', apply);
apply();

/** The other one of the two. */
export function toggle() {
  theme.choice = theme.shown === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, theme.choice);
  apply();
}

/** A colour of the theme as it is now. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
