// Markdown made safe: what a lab's author wrote becomes HTML, and the sanitiser takes out everything that
// could run or load something. Its result is shown by `parts/Markdown.svelte` alone.
import DOMPurify from 'dompurify';
import { marked } from 'marked';

/** HTML of headings, lists, tables, code and links; no pictures, no styles, no scripts. */
export function safe(markdown: string): string {
  const html = marked.parse(markdown, { async: false, gfm: true });
  return DOMPurify.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['img', 'style', 'form', 'input', 'button', 'video', 'audio', 'picture', 'source', 'svg'],
    FORBID_ATTR: ['style', 'id', 'class', 'name'],
  });
}
