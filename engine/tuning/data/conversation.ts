import type { RowMessage } from '../platform.ts';
import type { RowFault } from './row-faults.ts';

/** A conversation that a row holds: what is asked, and the answer that is to be learnt. */
export interface Conversation {
  /** A system message where there is one, then turns that end with the user's. */
  readonly asked: readonly RowMessage[];
  readonly answer: string;
}

const roles: readonly string[] = ['system', 'user', 'assistant'] satisfies readonly RowMessage['role'][];
const rolesRemedy = 'Roles are `system`, `user` and `assistant`.';

/**
 * Reads a conversation as chat services take it: a list of `{role, content}`, or the same as JSON text. Returns what is wrong with it where it
 * cannot be learnt from.
 */
export function readConversation(value: unknown): Conversation | RowFault {
  const list = typeof value === 'string' ? parseList(value) : value;
  if (!Array.isArray(list) || list.length === 0) {
    return {
      kind: 'no-conversation',
      what: 'there is no conversation: the messages are not a list with something in it',
      remedy: 'Write a list of `{role, content}`, one a message.',
    };
  }
  const messages: RowMessage[] = [];
  for (const item of list) {
    const message = readMessage(item);
    if ('kind' in message) return message;
    messages.push(message);
  }
  return checkTurns(messages) ?? { asked: messages.slice(0, -1), answer: messages.at(-1)?.content ?? '' };
}

export function isFault(read: object): read is RowFault {
  return 'kind' in read && 'remedy' in read;
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readMessage(item: unknown): RowMessage | RowFault {
  const { role, content } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
  // OpenAI's newer name of the same.
  const known = role === 'developer' ? 'system' : role;
  if (typeof known !== 'string' || !roles.includes(known)) {
    const shown =
      typeof role === 'string'
        ? `a message has the role ${JSON.stringify(role.slice(0, 40))}`
        : 'a message has no role';
    return { kind: 'unknown-role', what: shown, remedy: rolesRemedy };
  }
  const text = readContent(content);
  if (text === undefined) {
    return {
      kind: 'content-kind',
      what: `a message of the ${known} holds something else than text`,
      remedy: 'Training here learns from text alone: take pictures, sounds and calls of tools out.',
    };
  }
  return { role: known as RowMessage['role'], content: text };
}

/** Text, or a list of parts that are all text; null is none, as where a tool is called. */
function readContent(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (content === null || content === undefined) return '';
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part: unknown) => {
    const { type, text } = (typeof part === 'object' && part !== null ? part : {}) as Record<string, unknown>;
    return type === 'text' && typeof text === 'string' ? text : undefined;
  });
  return texts.includes(undefined) ? undefined : texts.join('');
}

function checkTurns(messages: readonly RowMessage[]): RowFault | undefined {
  const last = messages.at(-1);
  for (const [index, { role }] of messages.entries()) {
    const before = messages[index - 1]?.role;
    if (role === 'assistant' && before === 'assistant')
      return {
        kind: 'two-answers',
        what: 'two messages of the assistant follow each other',
        remedy: 'Join them, or put the user’s message between them.',
      };
    if (role === 'system' && index > 0)
      return {
        kind: 'late-system',
        what: 'a system message stands after the first message',
        remedy: 'Let one system message begin the conversation.',
      };
  }
  if (last?.role !== 'assistant')
    return {
      kind: 'no-answer',
      what: `the last message is the ${last?.role ?? 'nobody'}’s and not the assistant’s`,
      remedy: 'End each conversation with the answer that is to be learnt.',
    };
  if (messages.at(-2)?.role !== 'user')
    return {
      kind: 'nothing-asked',
      what: 'the user asks nothing before the answer',
      remedy: 'Put the user’s message before the last answer.',
    };
  if (last.content.trim() === '') return emptyAnswer;
  if (messages.some(({ role, content }) => role !== 'system' && content.trim() === ''))
    return { kind: 'empty-message', what: 'a message is empty', remedy: 'Complete the message, or remove the row.' };
  return undefined;
}

export const emptyAnswer: RowFault = {
  kind: 'empty-answer',
  what: 'the answer is empty',
  remedy: 'Complete the row, or remove it.',
};
