// SPDX-License-Identifier: Apache-2.0
// Service colours: eight hues that stay apart for every common colour blindness, each with a
// variant per theme of at least 3:1 against the page. Colour only helps: names stand beside it.

export const hueCount = 8;

function hash(text: string): number {
  let value = 2166136261;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 16777619);
  }
  return value >>> 0;
}

/// A hue for each service. The same name gets the same hue in every trace, unless another service
/// of this trace has it already and a free one is left.
export function assignHues(services: readonly string[]): Map<string, number> {
  const hues = new Map<string, number>();
  const taken = new Set<number>();
  for (const service of services) {
    let hue = hash(service) % hueCount;
    for (let tries = 0; taken.has(hue) && tries < hueCount; tries += 1) hue = (hue + 1) % hueCount;
    taken.add(hue);
    hues.set(service, hue);
  }
  return hues;
}
