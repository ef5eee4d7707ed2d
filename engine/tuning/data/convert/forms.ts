import type { RowMessage } from '../../platform.ts';
import type { RowFault } from '../row-faults.ts';

/** Forms that rows to learn from are written in. */
export type DataForm = 'chat' | 'prompt-completion' | 'sharegpt' | 'alpaca' | 'csv';

export const dataForms: readonly DataForm[] = ['chat', 'prompt-completion', 'sharegpt', 'alpaca', 'csv'];

/** The form rows have: `columns` are an input and its target, under names of their own. */
export type FoundForm = Exclude<DataForm, 'csv'> | 'columns';

/** A row in no form: the whole conversation, its answer last, and the columns that belong to no form. */
export interface Example {
  readonly messages: readonly RowMessage[];
  readonly others: Readonly<Record<string, unknown>>;
}

/** The columns that a form is made of. */
const ownColumns: Readonly<Record<DataForm, readonly string[]>> = {
  chat: ['messages'],
  'prompt-completion': ['prompt', 'completion'],
  sharegpt: ['conversations'],
  alpaca: ['instruction', 'input', 'output'],
  csv: ['input', 'target'],
};

/** The row in a form, or why it cannot hold it: nothing is ever left out silently. */
export function writeForm({ messages, others }: Example, form: DataForm): Readonly<Record<string, unknown>> | RowFault {
  const taken = ownColumns[form].find(column => Object.hasOwn(others, column));
  if (taken !== undefined)
    return {
      kind: `taken ${taken}`,
      what: `there is a column "${taken}" already, and this form has one of that name`,
      remedy: 'Rename the column first.',
    };
  const own =
    form === 'chat' ? { messages } : form === 'sharegpt' ? { conversations: toShareGpt(messages) } : undefined;
  if (own !== undefined) return { ...own, ...others };
  const pair = readPair(messages);
  if ('kind' in pair) return pair;
  const { asked, answer } = pair;
  if (form === 'alpaca') return { instruction: asked, input: '', output: answer, ...others };
  return form === 'csv'
    ? { input: asked, target: answer, ...others }
    : { prompt: asked, completion: answer, ...others };
}

function toShareGpt(messages: readonly RowMessage[]): readonly { readonly from: string; readonly value: string }[] {
  const names = { system: 'system', user: 'human', assistant: 'gpt' } as const;
  return messages.map(({ role, content }) => ({ from: names[role], value: content }));
}

/** A question and its answer, which is all that some forms hold. */
function readPair(messages: readonly RowMessage[]): { readonly asked: string; readonly answer: string } | RowFault {
  const [first, second] = messages;
  if (first?.role === 'system')
    return {
      kind: 'system-lost',
      what: 'there is a system message, and this form holds none',
      remedy: 'Convert to `chat` or `sharegpt`; or take it out and write it as `system` of the dataset.',
    };
  if (messages.length > 2 || first === undefined || second === undefined)
    return {
      kind: 'turns-lost',
      what: `there are ${String(messages.length)} messages, and this form holds one question and its answer`,
      remedy: 'Convert to `chat` or `sharegpt`.',
    };
  return { asked: first.content, answer: second.content };
}
