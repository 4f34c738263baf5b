// Patches as `git format-patch` writes them, told apart line by line for colouring. Pure.

export type Kind = 'file' | 'hunk' | 'added' | 'removed' | 'same' | 'said';

export interface Line {
  kind: Kind;
  text: string;
}

/** The lines with their kinds; what stands before the first file is the commit's message. */
export function lines(patch: string): Line[] {
  let inside = false;
  return patch
    .replace(/\n$/, '')
    .split('\n')
    .map((text) => {
      if (/^From [0-9a-f]{7,40} /.test(text)) inside = false;
      if (text.startsWith('diff --git ')) inside = true;
      return { kind: kind(text, inside), text };
    });
}

function kind(text: string, inside: boolean): Kind {
  if (!inside) return 'said';
  if (/^(diff --git |index |--- |\+\+\+ |new file|deleted file|similarity|rename )/.test(text)) return 'file';
  if (text.startsWith('@@')) return 'hunk';
  if (text.startsWith('+')) return 'added';
  if (text.startsWith('-')) return 'removed';
  return 'same';
}
