import type { PromptReport } from '../../../schemas/generated/messages.ts';
import {
  answersOf,
  answerText,
  answerTitle,
  caseTitle,
  headFacts,
  remarksOf,
  totalsTable,
} from '../../reports/prompt-text.ts';
import type { Block } from './block.ts';
import { listBlock } from './list-block.ts';

/** The trial of a prompt: its models' totals, then case by case what each model answered, letter by letter. */
export function describePrompt(report: PromptReport): readonly Block[] {
  const { run, models, cases } = report;
  return [
    { kind: 'head', strong: run.name, rest: headFacts(report) },
    ...(models.length === 0 ? [] : [{ kind: 'table', caption: 'Models', ...totalsTable(report) } as const]),
    ...cases.flatMap((one): readonly Block[] => [
      { kind: 'head', strong: caseTitle(one, report) },
      ...models.flatMap(model =>
        answersOf(one, model).map((answer): Block => ({
          kind: 'code',
          title: answerTitle(answer, model, report),
          text: answerText(answer, report),
        })),
      ),
    ]),
    ...listBlock('Notes', remarksOf(report)),
  ];
}
