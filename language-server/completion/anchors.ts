import { CompletionItemKind } from 'vscode-languageserver';
import type { Offer } from './list.ts';
import { choice, fields, writeFields } from './sketch.ts';
import type { ValueOffer } from './offers.ts';

/** An anchor that stands before the cursor. */
export interface Anchor {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly isMapping: boolean;
}

const mostAnchors = 100;

/** Anchors before an offset, the nearest first. Found in the text alone, so that they are there while the YAML is broken. */
export function findAnchors(text: string, offset: number): readonly Anchor[] {
  if (!text.includes('&')) return [];
  const anchors = new Map<string, Anchor>();
  let line = 1;
  let counted = 0;
  for (const match of text.slice(0, offset).matchAll(/(?<=^|[\s[{,])&([^\s,[\]{}]+)(?=\s|$)/g)) {
    const name = match[1] ?? '';
    for (; counted < match.index; counted += 1) if (text[counted] === '\n') line += 1;
    const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 500);
    anchors.delete(name);
    anchors.set(name, { name, line, isMapping: /^\s*\{|^[ \t]*\r?\n\s*[^\s\-#][^\n]*:(\s|$)/.test(rest) });
  }
  return [...anchors.values()].reverse().slice(0, mostAnchors);
}

export function offerAliases(anchors: readonly Anchor[]): readonly ValueOffer[] {
  return anchors.map(({ name, line }) => ({
    value: `*${name}`,
    detail: `what stands in line ${line}`,
    kind: CompletionItemKind.Reference,
    isBare: true,
  }));
}

/** `<<`, which takes over the fields of a mapping that has an anchor. */
export function offerMergeKey(anchors: readonly Anchor[], snippets: boolean): readonly Offer[] {
  const names = anchors.filter(({ isMapping }) => isMapping).map(({ name }) => `*${name}`);
  if (names.length === 0) return [];
  return [
    {
      label: '<<',
      kind: CompletionItemKind.Keyword,
      detail: `Take over the fields of ${names.length === 1 ? (names[0] ?? '') : 'an anchor'}`,
      sort: '60000',
      filter: '<<',
      text: writeFields(fields({ '<<': choice(...names) }), { snippets, flow: true, indent: 0 }),
      isSnippet: snippets && names.length > 1,
      again: false,
    },
  ];
}
