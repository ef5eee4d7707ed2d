import { html, nothing, type TemplateResult } from 'lit';
import type { Baseline, FrozenDigests, MetricArtifact } from '../../schemas/generated/messages.ts';
import '../components/fact-list.ts';
import type { Fact } from '../components/fact-list.ts';
import { countOf, formatDate } from '../shared/format.ts';
import { identityWords } from '../shared/governance-words.ts';

/** What was locked, and by whom. `renderFigures` draws the figures of that day under their label. */
export function renderBaseline(
  baseline: Baseline,
  renderFigures: (figures: readonly MetricArtifact[], label: string) => TemplateResult,
) {
  const { lockedAt, lockedBy, approvedBy, recordDigest, weightsDigest, digest, metrics, frozen } = baseline;
  const facts: readonly Fact[] = [
    ['Locked', formatDate(lockedAt)],
    ['Locked by', identityWords(lockedBy)],
    ['Approved by', identityWords(approvedBy)],
    ['Approved record', recordDigest],
    ['Weights digest', weightsDigest],
    ['Baseline digest', digest],
    ...(frozen === undefined ? [] : [['Frozen with it', frozenWords(frozen)] as const]),
  ];
  return html`<p class="muted">What this version was and measured when it was locked. It is never changed.</p>
    <aiwb-facts .facts=${facts}></aiwb-facts>
    ${
      metrics.length === 0
        ? nothing
        : html`<details>
            <summary>Figures when it was locked</summary>
            ${renderFigures(metrics, 'Figures of the baseline')}
          </details>`
    }`;
}

/** `3 datasets, 1 prompt, 2 policies, 4 results and the model card, by digest` */
function frozenWords({ datasets, prompts, policies, results, card }: FrozenDigests): string {
  const counts = [
    countOf(datasets.length, 'dataset'),
    countOf(prompts.length, 'prompt'),
    policies.length === 1 ? '1 policy' : `${String(policies.length)} policies`,
    countOf(results.length, 'result'),
  ].filter(words => !words.startsWith('0 '));
  if (card !== undefined) counts.push('the model card');
  return `${[counts.slice(0, -1).join(', '), ...counts.slice(-1)].filter(part => part !== '').join(' and ')}, by digest`;
}
