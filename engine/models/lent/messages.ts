import type { LentMessage } from '../../../schemas/generated/messages.ts';
import { AnswerFailure, type Message } from '../model.ts';

/**
 * Messages as VS Code's models take them: they know no system role, so that its text goes before the first user message's, with an empty line
 * between. Throws AnswerFailure for images and sounds.
 */
export function toLentMessages(name: string, messages: readonly Message[]): LentMessage[] {
  const system: string[] = [];
  const lent: LentMessage[] = [];
  for (const message of messages) {
    const text = textAlone(name, message);
    if (message.role === 'system') system.push(text);
    else lent.push({ role: message.role, text });
  }
  if (system.length === 0) return lent;
  const first = lent.find(({ role }) => role === 'user');
  if (first === undefined) lent.unshift({ role: 'user', text: system.join('\n\n') });
  else first.text = [...system, first.text].join('\n\n');
  return lent;
}

function textAlone(name: string, { content }: Message): string {
  if (typeof content === 'string') return content;
  return content
    .map(part => {
      if (part.type === 'text') return part.text;
      throw new AnswerFailure(
        'client',
        `${name} is lent by VS Code and is asked in text; the row has ${part.type}.`,
        0,
      );
    })
    .join('\n');
}
