import { didYouMean } from '../../../base/suggest.ts';
import { columnValue, textOfValue } from '../../../datasets/column.ts';
import type { DatasetRow } from '../../../datasets/row.ts';
import { isFault, readConversation } from '../conversation.ts';
import type { RowFault } from '../row-faults.ts';
import { findTextFault } from '../text-faults.ts';
import type { Example, FoundForm } from './forms.ts';

/** Names of columns, where a file's own do not say what is what. */
export interface NamedColumns {
  readonly input?: string;
  readonly target?: string;
}

/** The form that a file's rows have, told from its first row; undefined for none that is known. */
export function recogniseForm({ values }: DatasetRow, { input, target }: NamedColumns): FoundForm | undefined {
  const has = (...columns: string[]): boolean => columns.every(column => Object.hasOwn(values, column));
  if (input !== undefined || target !== undefined) return 'columns';
  if (has('messages')) return 'chat';
  if (has('conversations')) return 'sharegpt';
  if (has('instruction', 'output')) return 'alpaca';
  if (has('prompt', 'completion')) return 'prompt-completion';
  return has('input', 'target') ? 'columns' : undefined;
}

/** A row of a form, checked, or what is wrong with it. */
export function readExample(row: DatasetRow, form: FoundForm, named: NamedColumns): Example | RowFault {
  switch (form) {
    case 'chat':
      return conversation(row, 'messages', columnValue(row, 'messages'), []);
    case 'sharegpt': {
      const turns = fromShareGpt(columnValue(row, 'conversations'));
      return 'kind' in turns ? turns : conversation(row, 'conversations', withSystem(row, turns.messages), ['system']);
    }
    case 'alpaca':
      return readAlpaca(row);
    case 'prompt-completion':
      return readPair(row, 'prompt', 'completion');
    case 'columns':
      return readPair(row, named.input ?? 'input', named.target ?? 'target');
  }
}

function conversation(
  row: DatasetRow,
  column: string,
  value: unknown,
  alsoUsed: readonly string[],
): Example | RowFault {
  const lost = findLost(value);
  if (lost !== undefined) return lost;
  const read = readConversation(value);
  if (isFault(read)) return read;
  const messages = [...read.asked, { role: 'assistant' as const, content: read.answer }];
  for (const { content } of messages) {
    const fault = findTextFault(content);
    if (fault !== undefined) return fault;
  }
  return { messages, others: othersOf(row, [column, ...alsoUsed]) };
}

/** Fields of messages that other forms do not know, such as weights and calls of tools. */
function findLost(value: unknown): RowFault | undefined {
  const list = typeof value === 'string' ? parse(value) : value;
  if (!Array.isArray(list)) return undefined;
  for (const message of list as unknown[]) {
    if (typeof message !== 'object' || message === null) continue;
    const field = Object.entries(message).find(
      ([name, held]) => name !== 'role' && name !== 'content' && held !== null && held !== undefined,
    )?.[0];
    if (field !== undefined)
      return {
        kind: `lost ${field}`,
        what: `a message has the field "${field.slice(0, 40)}", which would be lost`,
        remedy: 'Take the field out first, if it may go.',
      };
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const shareGptRoles: Readonly<Record<string, string>> = {
  system: 'system',
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  assistant: 'assistant',
  chatgpt: 'assistant',
};

function fromShareGpt(value: unknown): { readonly messages: readonly object[] } | RowFault {
  const list = typeof value === 'string' ? parse(value) : value;
  if (!Array.isArray(list))
    return {
      kind: 'no-conversation',
      what: '`conversations` is no list',
      remedy: 'Write a list of `{from, value}`, one a message.',
    };
  const messages: object[] = [];
  for (const item of list as unknown[]) {
    const { from, value: content } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
    const role = typeof from === 'string' && Object.hasOwn(shareGptRoles, from) ? shareGptRoles[from] : undefined;
    if (role === undefined)
      return {
        kind: 'unknown-role',
        what: typeof from === 'string' ? `a message is from "${from.slice(0, 40)}"` : 'a message is from nobody',
        remedy: 'Messages are from `system`, `human` or `gpt`.',
      };
    messages.push({ role, content });
  }
  return { messages };
}

/** Some files keep the system message beside the conversation. */
function withSystem({ values }: DatasetRow, messages: readonly object[]): readonly object[] {
  const { system } = values;
  return typeof system === 'string' && system.trim() !== ''
    ? [{ role: 'system', content: system }, ...messages]
    : messages;
}

/** Stanford's columns; `system` and `history` (pairs of earlier turns) as later tools write them. */
function readAlpaca(row: DatasetRow): Example | RowFault {
  const { instruction, input, output, history } = row.values;
  for (const [name, value] of Object.entries({ instruction, output })) {
    if (typeof value !== 'string') return noText(name);
  }
  const asked = typeof input === 'string' && input.trim() !== '' ? `${String(instruction)}\n\n${input}` : instruction;
  const earlier: object[] = [];
  for (const turn of Array.isArray(history) ? (history as unknown[]) : []) {
    const [question, answer] = Array.isArray(turn) ? (turn as unknown[]) : [];
    if (typeof question !== 'string' || typeof answer !== 'string') return noText('history');
    earlier.push({ role: 'user', content: question }, { role: 'assistant', content: answer });
  }
  const turns = [...earlier, { role: 'user', content: asked }, { role: 'assistant', content: output }];
  return conversation(row, 'instruction', withSystem(row, turns), ['input', 'output', 'history', 'system']);
}

function readPair(row: DatasetRow, input: string, target: string): Example | RowFault {
  const texts: string[] = [];
  for (const column of [input, target]) {
    const value = columnValue(row, column);
    if (value === undefined)
      return {
        kind: `missing ${column}`,
        what: `there is no column "${column}"${didYouMean(column, Object.keys(row.values))}`,
        remedy: 'Name the columns that hold the question and the answer.',
      };
    if (typeof value === 'object') return noText(column);
    texts.push(textOfValue(value));
  }
  const [asked, answer] = texts;
  return conversation(
    row,
    input,
    [
      { role: 'user', content: asked },
      { role: 'assistant', content: answer },
    ],
    [target],
  );
}

function noText(column: string): RowFault {
  return { kind: `no-text ${column}`, what: `"${column}" is no text`, remedy: 'Complete the row, or remove it.' };
}

function othersOf({ values }: DatasetRow, used: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([column]) => !used.includes(column)));
}
