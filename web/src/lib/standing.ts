// Where a session is, in a word for whoever runs the server. Pure.
import type { Me } from '../api/client';

export interface Standing {
  word: string;
  /** A class of `.tag`. */
  colour: '' | 'good' | 'warn' | 'bad';
}

/** The word and its colour; `over` says that the system is gone too. */
export function standing(me: Me, over: boolean): Standing {
  if (over) return { word: 'over', colour: '' };
  if (me.ended && me.phase === 'debrief') return { word: 'debrief', colour: 'good' };
  if (me.ended) return { word: 'ending', colour: '' };
  if (!me.session) return { word: 'waits for its turn', colour: 'warn' };
  if (!me.lab_ready) return { word: 'starting', colour: 'warn' };
  if (!me.consented) return { word: 'waits for consent', colour: 'warn' };
  if (me.phase === 'mitigated') return { word: 'mitigated', colour: 'good' };
  if (me.phase === 'live' || me.phase === 'paged') return { word: 'live', colour: 'bad' };
  return { word: me.phase, colour: 'warn' };
}
