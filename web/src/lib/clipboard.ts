// Copies a text; says nothing itself.

/** Whether it worked: a page that is not in front may not write to the clipboard. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Refused by the browser; the caller tells the person.
    return false;
  }
}
