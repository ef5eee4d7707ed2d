import type { ReactiveControllerHost } from 'lit';
import type { AssessmentComparison, AssessmentSummary, ScorecardView } from '../../schemas/generated/messages.ts';
import { Resource, type ResourceState } from '../shared/resource.ts';
import type { ScorecardAsks } from './asks.ts';

interface Pair {
  readonly view: ScorecardView;
  readonly other: string;
}

/** The other assessment that a scorecard is compared with: one chosen on the page, or one that came from outside it. */
export class ComparisonChoice {
  readonly #resource: Resource<AssessmentComparison | undefined, Pair | AssessmentComparison | undefined>;
  #offered: AssessmentComparison | undefined;
  #isAsked = false;

  constructor(host: ReactiveControllerHost, asks: () => ScorecardAsks) {
    this.#resource = new Resource(host, async (wanted, signal) => {
      if (wanted === undefined || !('other' in wanted)) return wanted;
      const [before, after] = inOrder(wanted);
      return await asks().compare(before, after, signal);
    });
  }

  /** Idle where nothing is compared. */
  get state(): ResourceState<AssessmentComparison | undefined> | undefined {
    const { state } = this.#resource;
    if (!this.#isAsked) return undefined;
    return state;
  }

  /** The one of the two that is not shown. */
  otherThan(assessmentId: string): AssessmentSummary | undefined {
    const comparison = this.state?.status === 'ready' ? this.state.value : undefined;
    if (comparison === undefined) return undefined;
    return comparison.before.id === assessmentId ? comparison.after : comparison.before;
  }

  async choose(view: ScorecardView, other: string): Promise<void> {
    this.#isAsked = true;
    await this.#resource.load({ view, other });
  }

  /** Takes what was compared elsewhere, once. */
  offer(comparison: AssessmentComparison | undefined): boolean {
    if (comparison === undefined || comparison === this.#offered) return false;
    this.#offered = comparison;
    this.#isAsked = true;
    void this.#resource.load(comparison);
    return true;
  }

  close(): void {
    this.#isAsked = false;
    void this.#resource.load(undefined);
  }
}

/** The earlier one comes first. */
function inOrder({ view, other }: Pair): readonly [before: string, after: string] {
  const { id, assessedAt } = view.scorecard.record;
  const chosen = view.history.find(summary => summary.id === other);
  return (chosen?.assessedAt ?? 0) > assessedAt ? [id, other] : [other, id];
}
