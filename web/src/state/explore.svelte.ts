// The expression that Explore opens with, and those that were run, newest first. Kept while the page is open.

export const draft = $state<{ promql: string; history: string[] }>({ promql: '', history: [] });

export function ran(promql: string) {
  draft.history = [promql, ...draft.history.filter((each) => each !== promql)].slice(0, 30);
}
