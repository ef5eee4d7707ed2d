import { joinBytes } from '../../../base/join-bytes.ts';
import { inputsOf, type AskedRow, type JobBundle, type LearningRow, type RowMessage } from '../../platform.ts';

/** Fewest training rows that OpenAI's service and Azure's take. */
export const fewestRows = 10;
/** Bytes of a file at most, of OpenAI's service and of Azure's. */
export const mostFileBytes = 512 * 2 ** 20;

/** The conversation a row asks: its own, or its text alone. What trains and what is asked later are the same. */
export function conversationOf({ messages, text }: AskedRow): readonly RowMessage[] {
  return messages ?? [{ role: 'user', content: text }];
}

/** Training and validation rows as files of the service. A service measures one set of rows while it trains: the selected aspect's. */
export interface UploadContent {
  readonly role: 'train' | 'validation';
  readonly rows: number;
  readonly content: Uint8Array;
}

/** JSON lines of chat messages, as OpenAI's fine-tuning takes them. A class is the assistant's answer. */
export function writeUploads(bundle: JobBundle): readonly UploadContent[] {
  const learnsAll = bundle.hyperparameters.lossOn === 'all';
  const upload = (role: UploadContent['role'], rows: readonly LearningRow[]): UploadContent => ({
    ...{ role, rows: rows.length },
    content: writeLines(rows, learnsAll),
  });
  const training = inputsOf(bundle, 'train').flatMap(({ rows }) => rows);
  const validation = validationRowsOf(bundle);
  return [upload('train', training), ...(validation.length === 0 ? [] : [upload('validation', validation)])];
}

export function validationRowsOf(bundle: JobBundle): readonly LearningRow[] {
  const { aspect } = bundle.evaluation.select;
  return inputsOf(bundle, 'validation').flatMap(input => (input.aspect === aspect ? input.rows : []));
}

function writeLines(rows: readonly LearningRow[], learnsAll: boolean): Uint8Array {
  const encoder = new TextEncoder();
  return joinBytes(rows.map(row => encoder.encode(`${JSON.stringify({ messages: writeMessages(row, learnsAll) })}\n`)));
}

/** The service learns every answer of the assistant, unless told by a weight of 0 to learn only the last. */
function writeMessages(row: LearningRow, learnsAll: boolean): readonly object[] {
  const asked = conversationOf(row).map(message =>
    message.role === 'assistant' && !learnsAll ? { ...message, weight: 0 } : message,
  );
  return [...asked, { role: 'assistant', content: row.label }];
}

/**
 * Tokens of the training rows, once: an estimate of about four characters a token, and those the chat format adds, three a message and
 * three an example (OpenAI Cookbook, "How to count tokens").
 */
export function estimateTrainingTokens(bundle: JobBundle): number {
  let tokens = 0;
  for (const { rows } of inputsOf(bundle, 'train')) {
    for (const row of rows) {
      const messages = conversationOf(row);
      const characters = messages.reduce((sum, { content }) => sum + content.length, row.label.length);
      tokens += Math.ceil(characters / 4) + 3 * (messages.length + 1) + 3;
    }
  }
  return tokens;
}

/** US dollars that the training may cost by these prices; undefined where no price is known. */
export function estimateCost(bundle: JobBundle, price: number | undefined): number | undefined {
  if (price === undefined) return undefined;
  return (estimateTrainingTokens(bundle) * bundle.hyperparameters.epochs * price) / 1e6;
}
