// The parts of the debrief: what they are called and what they ask for. Pure.
import type { Schemas } from '../api/client';

export type Part = Schemas['DebriefPart'];

export interface Ask {
  part: Part;
  title: string;
  question: string;
  rows: number;
}

/** Characters of one part; the server refuses more. */
export const LONGEST = 4000;

export const ASKS: Ask[] = [
  {
    part: 'timeline',
    title: 'What happened',
    question: 'The incident in your words: what you saw, what you did, when it turned.',
    rows: 6,
  },
  {
    part: 'cause',
    title: 'The cause',
    question: 'From the cause to the symptom, link by link. Say what you are not sure of.',
    rows: 5,
  },
  {
    part: 'factors',
    title: 'What contributed',
    question: 'What let it happen, or let it last? The system, not the people.',
    rows: 4,
  },
  {
    part: 'detection',
    title: 'The gap in detection',
    question: 'What could have told earlier, or more clearly, than the page did?',
    rows: 3,
  },
  {
    part: 'follow-ups',
    title: 'Follow-ups',
    question: 'What is to change, who would do it, and how will one see that it worked?',
    rows: 5,
  },
];
