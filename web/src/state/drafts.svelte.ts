// What is half-written on either page, kept while the page is open: a look at another view takes none of it away.
// Whoever sends it clears it. The reasons of the rubric are kept by Ratings.svelte, Explore's query by explore.svelte.ts.
import type { TimelineEvent } from '../api/client';

/** The candidate's words in the channel; those on their way are not sent twice. */
export const channel = $state<{ kind: 'ask' | 'say'; text: string; sending: boolean }>({
  kind: 'ask',
  text: '',
  sending: false,
});

/** A new hypothesis; how sure one is counts once somebody has said it. */
export const hypothesis = $state({ text: '', disprove: '', confidence: 50, sure: false });

class Note {
  text = $state('');
  /** When the first letter was written: a note is about that moment, not about when it was sent. */
  began: number | null = $state(null);
  /** The event that it is about instead. */
  about: TimelineEvent | null = $state.raw(null);
}

/** The interviewer's private note. */
export const note = new Note();

/** What the interviewer says in another's name. */
export const message = $state({ who: '', text: '' });
