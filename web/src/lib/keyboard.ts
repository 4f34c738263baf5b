// The keyboard of this machine. What its keys are for is keys.ts's.

export const MAC = /^(Mac|iP)/.test(navigator.platform);
/** What one holds for a shortcut wherever one types: keys.ts says why. */
export const ALT = MAC ? 'Ctrl-Option' : 'Alt';
