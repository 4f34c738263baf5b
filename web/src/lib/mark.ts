// The marks of a dashboard's charts: those of its annotations and that of the page, and which of them
// somebody points at. Pure.

export interface Mark {
  /** Unix time in seconds. */
  at: number;
  color: string;
  title: string;
  text?: string;
  /** The id in the list of changes, where it is one of them. */
  change?: number | null;
}

/** So near a mark one points at it, in pixels. */
const NEAR_PX = 7;

/** The marks at a place; `place` gives where a moment stands, in pixels. */
export function pointedAt(marks: Mark[], left: number, place: (at: number) => number): Mark[] {
  return marks.filter((mark) => Math.abs(place(mark.at) - left) <= NEAR_PX);
}

/** The page's own mark, and what the dashboard marks beside it. An alert that fires is marked once. */
export function together(page: Mark | null, marks: Mark[]): Mark[] {
  const told = page !== null && marks.some((mark) => mark.title === page.title);
  return page === null || told ? marks : [page, ...marks];
}
