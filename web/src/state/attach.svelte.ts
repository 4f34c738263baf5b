// What the person wants to keep as evidence, from a panel, a line, a message; `candidate/Attach.svelte` asks to which hypothesis.
import type { Attachment } from '../api/client';

export const attaching = $state<{ what: Attachment | null }>({ what: null });

/** Asks where to keep it. Texts are cut to what the server takes. */
export function keep(source: Attachment['source'], title: string, text: string) {
  attaching.what = { source, title: title.slice(0, 200), text: text.slice(0, 2000) };
}
