// SPDX-License-Identifier: Apache-2.0
// What the redactor left where a secret stood, as docs/guides/redaction.md writes it:
//   [redacted:pan]                              erased
//   [redacted:pan *1881]                        masked, all but the last digits
//   [redacted:email 2026-11/cfhpnbkoaiedgmlj]   hashed, with the id of the key
// Anybody can write such a text into a line: a chip says what the text says, no more.

export interface Redacted {
  /// As it stands in the text.
  text: string;
  /// The class: pan, credential, email, …
  name: string;
  /// The last digits of what is masked, or empty.
  last: string;
  /// Key id and hash of what is hashed, or empty.
  keyId: string;
  hash: string;
}

// A note is at most a key's id of 16, a slash and 16 letters; so it is where the labels are made.
const label = /\[redacted:([a-z][a-z0-9_-]{0,31})(?: ([a-z0-9*/-]{1,34}))?\]/g;

/// The text in order, with labels apart.
export function splitRedacted(text: string): (string | Redacted)[] {
  if (!text.includes('[redacted:')) return text === '' ? [] : [text];
  const parts: (string | Redacted)[] = [];
  let end = 0;
  for (const match of text.matchAll(label)) {
    const [whole, name = '', note = ''] = match;
    if (match.index > end) parts.push(text.slice(end, match.index));
    end = match.index + whole.length;
    const slash = note.indexOf('/');
    parts.push({
      text: whole,
      name,
      last: note.startsWith('*') ? note.slice(1) : '',
      keyId: slash < 0 ? '' : note.slice(0, slash),
      hash: slash < 0 ? '' : note.slice(slash + 1),
    });
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

const classWords: Record<string, string> = {
  pan: 'card number',
  cvv: 'card verification code',
  pin: 'PIN',
  credential: 'password, key or token',
  userinfo: 'user and password of a URL',
  email: 'email address',
  phone: 'telephone number',
  ssn: 'social security number',
  account: 'bank account',
  personal: 'personal data',
  oversize: 'text too long to be looked at',
};

/// What a chip explains when asked: "card number, taken out; last digits 1881".
export function redactedWords({ name, last, keyId }: Redacted): string {
  const what = `${classWords[name] ?? name}, taken out`;
  if (last !== '') return `${what}; last digits ${last}`;
  return keyId === '' ? what : `${what}; hashed with the key ${keyId}: equal hashes, equal values`;
}
