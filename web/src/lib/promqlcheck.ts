// What the PromQL editor underlines while somebody types. Prometheus has the last word, when it is asked.
import type { Diagnostic } from '@codemirror/lint';
import type { EditorState } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { HybridLint } from '@prometheus-io/codemirror-promql/dist/esm/lint/hybrid.js';

/** Characters. The check descends into each operand by a call of its own, so a longer text could be too deep for it. */
const LONGEST = 1000;

/** The mistakes in a text; none are looked for in a long one. */
export function mistakes(state: EditorState): Diagnostic[] {
  if (state.doc.length > LONGEST) return [];
  return [...new HybridLint().promQL()({ state } as EditorView)];
}
