// SPDX-License-Identifier: Apache-2.0
// Text from data, with chips where the redactor took something out.

import { visible } from '../format';
import { redactedWords, splitRedacted, type Redacted } from '../logs/redaction';
import { Icon } from './icons';

function Chip({ value }: { value: Redacted }) {
  const { name, last, hash } = value;
  return (
    <span class="redacted" title={`${redactedWords(value)}: ${value.text}`}>
      <Icon name="lock" />
      <span class="offscreen">redacted: </span>
      {name}
      {last !== '' && <span class="mono"> *{last}</span>}
      {hash !== '' && <span class="mono"> #{hash.slice(0, 6)}</span>}
    </span>
  );
}

export function DataText({ text }: { text: string }) {
  return (
    <>
      {splitRedacted(text).map((part, at) =>
        typeof part === 'string' ? visible(part) : <Chip key={at} value={part} />)}
    </>
  );
}
