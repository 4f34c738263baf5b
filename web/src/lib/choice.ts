// What is chosen of a variable's values: one, several or all. Pure.

/** Stands for all values. */
export const ALL = '$__all';

/** The choice after a value was turned on or off. Nothing at all is not a choice: it means all again. */
export function toggled(chosen: string[], value: string, all: boolean): string[] {
  if (value === ALL) return [ALL];
  const named = chosen.filter((each) => each !== ALL);
  const next = named.includes(value) ? named.filter((each) => each !== value) : [...named, value];
  if (next.length > 0) return next;
  return all ? [ALL] : chosen;
}

/** The choice in words, short enough for a button. */
export function inWords(chosen: string[]): string {
  if (chosen.includes(ALL)) return 'All';
  const [first = 'none', ...more] = chosen;
  return more.length > 0 ? `${first} + ${more.length}` : first;
}
