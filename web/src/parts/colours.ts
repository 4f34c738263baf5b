// How terminals look, live ones and recorded ones: colours by the page's theme, and the size of letters.
import { token } from '../state/theme.svelte';

/** Pixels. */
export const FONT = 13;
/** The width of a letter of a fixed-width font, in parts of its size. */
export const ADVANCE = 0.605;

/** The terminal's palette in the page's present theme. */
export function colours() {
  const dark = document.documentElement.dataset['theme'] !== 'light';
  const base = { background: token('sunken'), foreground: token('text'), cursor: token('accent') };
  if (dark) return { ...base, selectionBackground: '#2f4d78', black: '#3a4351', brightBlack: '#7d8898' };
  return {
    ...base,
    selectionBackground: '#bcd4fa',
    black: '#171c24',
    red: '#b3261e',
    green: '#14703d',
    yellow: '#8a5a00',
    blue: '#1a5fd0',
    magenta: '#7a3fc4',
    cyan: '#0b6a77',
    white: '#4a5565',
    brightBlack: '#5d6878',
    brightRed: '#c4342b',
    brightGreen: '#1a7d47',
    brightYellow: '#8f6000',
    brightBlue: '#2a6ddb',
    brightMagenta: '#8a50d2',
    brightCyan: '#117886',
    brightWhite: '#171c24',
  };
}
