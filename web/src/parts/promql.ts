// The editor for PromQL: CodeMirror with Prometheus' own language package, completed from what the lab's
// Prometheus knows. It runs nothing; its owner does.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { place as here } from '../api/place';
import { mistakes } from '../lib/promqlcheck';

export interface Editor {
  set: (text: string) => void;
  text: () => string;
  focus: () => void;
  destroy: () => void;
}

export function editor(place: HTMLElement, start: string, run: () => void): Editor {
  const promql = new PromQLExtension()
    .setComplete({
      remote: { url: '', apiPrefix: `${here}/api/explore`, httpMethod: 'GET', cache: { maxAge: 60_000 } },
    })
    .setLinter({ promQL: () => (view) => mistakes(view.state) });
  const keys = [
    { key: 'Ctrl-Enter', run: () => (run(), true) },
    { key: 'Cmd-Enter', run: () => (run(), true) },
    { key: 'Enter', run: () => (run(), true) },
  ];
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: start,
      extensions: [
        history(),
        bracketMatching(),
        closeBrackets(),
        autocompletion(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'PromQL', spellcheck: 'false' }),
        placeholder('A PromQL expression, such as rate(http_requests_total[1m])'),
        syntaxHighlighting(style),
        promql.asExtension(),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...lintKeymap,
        ]),
        // Enter runs, unless a completion is open, which takes it first.
        Prec.low(keymap.of([])),
        Prec.high(keymap.of([...completionKeymap, ...keys])),
        theme,
      ],
    }),
  });
  return {
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    text: () => view.state.doc.toString(),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

const style = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier], color: 'var(--think)' },
  { tag: [tags.string], color: 'var(--good)' },
  { tag: [tags.number], color: 'var(--warn)' },
  { tag: [tags.function(tags.variableName)], color: 'var(--accent)' },
  { tag: [tags.labelName, tags.propertyName], color: 'var(--act)' },
]);

const theme = EditorView.theme({
  '&': {
    fontSize: '13.5px',
    backgroundColor: 'var(--sunken)',
    borderRadius: '6px',
    border: '1px solid var(--line-strong)',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-content': { fontFamily: 'var(--mono)', padding: '7px 4px', caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--faint)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line-strong)',
    color: 'var(--text)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent-bg)',
    color: 'var(--text)',
  },
  '.cm-completionDetail': { color: 'var(--soft)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-bg)' },
});
