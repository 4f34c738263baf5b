// A line of a log in parts: the message apart from its fields, where the line is JSON. Pure.

export interface Parts {
  message: string;
  fields: [string, string][];
}

const MESSAGES = ['message', 'msg', 'event'];
const SHOWN_ELSEWHERE = ['timestamp', 'time', 'ts', 'level', 'severity', 'error_severity'];

/** The parts; a line that is no JSON object is all message. */
export function parts(text: string): Parts {
  const plain = { message: text, fields: [] };
  if (!text.startsWith('{')) return plain;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Half a line of JSON is shown as it stands.
    return plain;
  }
  if (typeof parsed !== 'object' || parsed === null) return plain;
  const flat = flatten(parsed as Record<string, unknown>, '');
  const message = flat.find(([key]) => MESSAGES.includes(key.split('.').at(-1) ?? ''));
  const fields = flat.filter(([key]) => key !== message?.[0] && !SHOWN_ELSEWHERE.includes(key));
  return message ? { message: message[1], fields } : { message: '', fields };
}

function flatten(value: Record<string, unknown>, before: string): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]): [string, string][] => {
    const name = before && before !== 'fields' ? `${before}.${key}` : key;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      return flatten(inner as Record<string, unknown>, name);
    }
    return [[name, typeof inner === 'string' ? inner : JSON.stringify(inner)]];
  });
}
