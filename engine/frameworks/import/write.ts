import { stringify } from 'yaml';
import type { FrameworkDefinition } from '../../../schemas/generated/files.ts';
import { writeFlow } from '../../edits/write-value.ts';

/** Entries with longer texts take several lines. */
const longestLine = 160;

/** A framework as the text of its file: one line an entry, so that versions compare well in git. */
export function writeFramework({ entries, retired = [], ...head }: FrameworkDefinition): string {
  const parts = [stringify(head, { lineWidth: 0, flowCollectionPadding: false })];
  if (retired.length > 0) parts.push('retired:\n', ...retired.map(writeItem));
  parts.push('entries:\n', ...entries.map(writeItem));
  return parts.join('');
}

function writeItem(item: object): string {
  const line = `  - ${writeFlow(item)}\n`;
  if (line.length <= longestLine || !('description' in item)) return line;
  const text = stringify(item, { lineWidth: 0, flowCollectionPadding: false });
  return `  - ${text.trimEnd().replaceAll('\n', '\n    ')}\n`;
}
