import { WorkbenchError } from '../base/errors.ts';

/**
 * Keeps a run within its budget. A request reserves the most it may cost before it is sent and settles the real cost after, so that
 * requests under way together cannot pass the budget either. Where reservations leave no room, a request waits for others to settle;
 * the run stops when there is nothing to wait for.
 */
export class Budget {
  readonly #limit: number | undefined;
  #spent = 0;
  #reserved = 0;
  #underWay = 0;
  #waiting: (() => void)[] = [];

  constructor(limit: number | undefined) {
    this.#limit = limit;
  }

  /** Counts money that was spent without being reserved, such as before a resume. */
  charge(cost: number): void {
    this.#spent += cost;
  }

  /** Throws `budget-exceeded` when the next request might pass the budget; a promise where it has to wait. */
  reserve(estimate: number): Promise<void> | undefined {
    if (this.#limit === undefined) return undefined;
    if (this.#spent + this.#reserved + estimate <= this.#limit) {
      this.#reserved += estimate;
      this.#underWay += 1;
      return undefined;
    }
    if (this.#underWay === 0) throw exceeded(this.#limit, this.#spent);
    return new Promise<void>(resolve => this.#waiting.push(resolve)).then(() => this.reserve(estimate));
  }

  settle(estimate: number, cost: number): void {
    this.#spent += cost;
    if (this.#limit === undefined) return;
    this.#reserved -= estimate;
    this.#underWay -= 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

function exceeded(limit: number, spent: number): WorkbenchError {
  const money = (amount: number): string => `${amount < 0.01 ? amount.toPrecision(2) : amount.toFixed(2)} USD`;
  return new WorkbenchError(
    'budget-exceeded',
    `The next request might pass the budget of ${money(limit)}; ${money(spent)} are spent.`,
    {
      remedy:
        'Raise limits.budget in the benchmark, set maxTokens so that less is reserved for an answer, or ask fewer rows.',
    },
  );
}
