import type { RunOutput, SearchReport } from '../../../schemas/generated/messages.ts';
import { begunWords, searchSentences, searchTable } from '../../tuning/search/text.ts';
import type { Block } from './block.ts';
import { listBlock } from './list-block.ts';
import { describeRun } from './of-run.ts';

/** A search: how it stands, and all its trials in one table. */
export function describeSearch(search: SearchReport, output: RunOutput): readonly Block[] {
  const { run } = search;
  const [head, ...rest] = describeRun(output);
  const parts = head?.kind === 'head' ? [head.rest?.replace(/^tuning run/, 'search'), begunWords(search)] : [];
  return [
    { kind: 'head', strong: `${run.name}: ${output.state}`, rest: parts.filter(Boolean).join(', ') },
    ...rest,
    ...listBlock(undefined, searchSentences(search)),
    { kind: 'table', ...searchTable(search) },
  ];
}
