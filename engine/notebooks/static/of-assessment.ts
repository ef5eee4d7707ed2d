import type { FrameworkCoverage, ScorecardView } from '../../../schemas/generated/messages.ts';
import { partsOf } from '../../governance/text.ts';
import type { Block } from './block.ts';
import { listBlock } from './list-block.ts';

/** An assessment: verdict, numbers, conditions, controls with failures first, what to do, and the frameworks they map to. */
export function describeAssessment(view: ScorecardView): readonly Block[] {
  const { headline, sentence, numbers, conditions, controls, open, footer, caution } = partsOf(view);
  return [
    { kind: 'head', strong: headline, rest: sentence },
    { kind: 'text', text: numbers },
    { kind: 'table', caption: 'Gate', ...conditions },
    { kind: 'table', caption: 'Controls', ...controls },
    ...listBlock('To do', open),
    ...frameworkTable(view.scorecard.record.frameworks),
    ...listBlock(undefined, footer),
    { kind: 'text', text: caution },
  ];
}

const states = ['satisfied', 'partial', 'not-satisfied', 'not-assessed'] as const;

function frameworkTable(frameworks: readonly FrameworkCoverage[]): readonly Block[] {
  if (frameworks.length === 0) return [];
  const right = (text: string) => ({ text, align: 'right' as const });
  return [
    {
      kind: 'table',
      caption: 'Frameworks',
      header: [{ text: 'Framework' }, ...['Satisfied', 'Partial', 'Not satisfied', 'Not assessed', 'Ids'].map(right)],
      rows: frameworks.map(({ title, version, entries, total }) => [
        { text: `${title} ${version}` },
        ...states.map(state => right(String(entries.filter(entry => entry.state === state).length))),
        right(String(total)),
      ]),
    },
  ];
}
