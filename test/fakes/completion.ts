import type { CompletionItem, CompletionList, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { LanguageClient } from './language-client.ts';
import { readMarked } from './marked.ts';

/** What a client was offered at the cursor of a fixture, in the order in which it would be shown before anything is typed. */
export interface Completed {
  readonly items: readonly CompletionItem[];
  readonly isIncomplete: boolean;
  readonly labels: readonly string[];
  /** The text after the offer called `label` was taken: stops hold their defaults. */
  take(label: string): string;
  apply(item: CompletionItem): string;
}

/** Asks at the `‸` of `marked`. The document is opened as `name`, or under `uri`, and closed again. */
export async function complete(
  client: LanguageClient,
  marked: string,
  languageId: string,
  name = 'c.yaml',
  uri?: string,
): Promise<Completed> {
  const { text, position } = readMarked(marked);
  const opened = client.open(name, languageId, text, uri);
  try {
    const answer = await client.request<CompletionItem[] | CompletionList>('textDocument/completion', {
      textDocument: { uri: opened },
      position,
    });
    return toCompleted(text, answer);
  } finally {
    client.close(opened);
  }
}

function toCompleted(text: string, answer: CompletionItem[] | CompletionList): Completed {
  const list = Array.isArray(answer) ? { isIncomplete: false, items: answer } : answer;
  const items = list.items
    .map(item => withDefaults(item, list))
    .sort((a, b) => ((a.sortText ?? a.label) < (b.sortText ?? b.label) ? -1 : 1));
  const apply = (item: CompletionItem): string => applyItem(text, item);
  return {
    items,
    isIncomplete: list.isIncomplete,
    labels: items.map(({ label }) => label),
    apply,
    take(label) {
      const item = items.find(candidate => candidate.label === label);
      if (item === undefined) throw new Error(`No offer ${label} among ${items.map(one => one.label).join(', ')}`);
      return apply(item);
    },
  };
}

function withDefaults(item: CompletionItem, list: CompletionList): CompletionItem {
  const { editRange, insertTextFormat } = list.itemDefaults ?? {};
  return {
    ...(insertTextFormat !== undefined && { insertTextFormat }),
    ...(editRange !== undefined && {
      textEdit: { range: editRange as TextEdit['range'], newText: item.textEditText ?? item.label },
    }),
    ...item,
  };
}

/** As an editor does it: the line's own white space is repeated after each line break, stops get their defaults. */
function applyItem(text: string, item: CompletionItem): string {
  const edit = item.textEdit as TextEdit | undefined;
  if (edit === undefined) throw new Error(`${item.label} has no edit.`);
  if (edit.range.start.line !== edit.range.end.line) throw new Error(`${item.label} replaces several lines.`);
  const document = TextDocument.create('x', 'x', 1, text);
  const start = document.offsetAt(edit.range.start);
  const lineStart = document.offsetAt({ line: edit.range.start.line, character: 0 });
  const indent = /^[ \t]*/.exec(text.slice(lineStart, start))?.[0] ?? '';
  const plain = item.insertTextFormat === 2 ? expandSnippet(edit.newText) : edit.newText;
  const written = plain.replaceAll(/(\r\n|\n)/g, `$1${indent}`);
  return text.slice(0, start) + written + text.slice(document.offsetAt(edit.range.end));
}

/** A snippet with the defaults of its stops; throws on what is no snippet. */
export function expandSnippet(snippet: string): string {
  return snippet.replaceAll(
    /\\([\\$}])|\$\{\d+\|((?:\\.|[^|\\])*)\|\}|\$\{\d+:((?:\\.|[^}\\])*)\}|\$(\d+)|\$|\\/g,
    (whole: string, escaped?: string, choices?: string, text?: string, stop?: string) => {
      if (escaped !== undefined) return escaped;
      if (choices !== undefined) return unescape((/^(?:\\.|[^,\\])*/.exec(choices) ?? [''])[0]);
      if (text !== undefined) return unescape(text);
      if (stop !== undefined) return '';
      throw new Error(`A bare ${whole} in the snippet ${snippet}`);
    },
  );
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}
