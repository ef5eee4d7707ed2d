/** Where a question stands in its flow. */
export interface StepPlace {
  /** From 1. */
  readonly step: number;
  readonly total: number;
  readonly canGoBack: boolean;
}

/** What came of a question: the state with its answer, or where the person wants to go. Undefined: they gave up. */
export type StepResult<S> = { readonly state: S } | { readonly to: string } | 'back' | undefined;

/** One question of a flow. */
export interface Step<S> {
  readonly id: string;
  /** Whether it is asked at all, given the answers so far. */
  isFor(state: S): boolean;
  ask(state: S, place: StepPlace): Promise<StepResult<S>>;
}

/**
 * Asks one question after the other. Going back keeps what was answered, so that it is shown again; which questions follow is decided anew
 * after each answer. Undefined where the person gave up.
 */
export async function runFlow<S>(initial: S, steps: readonly Step<S>[]): Promise<S | undefined> {
  let state = initial;
  let at = nextOf(state, steps, 0);
  while (at < steps.length) {
    const step = steps[at];
    if (step === undefined) break;
    const result = await step.ask(state, placeOf(state, steps, at));
    if (result === undefined) return undefined;
    if (result === 'back') at = previousOf(state, steps, at);
    else if ('to' in result)
      at = Math.max(
        0,
        steps.findIndex(({ id }) => id === result.to),
      );
    else {
      ({ state } = result);
      at = nextOf(state, steps, at + 1);
    }
  }
  return state;
}

function placeOf<S>(state: S, steps: readonly Step<S>[], at: number): StepPlace {
  const asked = steps.filter((step, index) => index === at || step.isFor(state));
  const step = steps.slice(0, at).filter(each => each.isFor(state)).length + 1;
  return { step, total: asked.length, canGoBack: step > 1 };
}

function nextOf<S>(state: S, steps: readonly Step<S>[], from: number): number {
  const next = steps.findIndex((step, index) => index >= from && step.isFor(state));
  return next < 0 ? steps.length : next;
}

/** The first question has nothing before it: it is asked again. */
function previousOf<S>(state: S, steps: readonly Step<S>[], at: number): number {
  const previous = steps.findLastIndex((step, index) => index < at && step.isFor(state));
  return previous < 0 ? at : previous;
}
