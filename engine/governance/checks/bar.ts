import type { Assertion } from '../../../schemas/generated/files.ts';

/** How a bar is put into words. */
export const operators = { '>=': 'at least', '>': 'more than', '<=': 'at most', '<': 'less than' } as const;

/** How a figure that missed it stands to it. */
export const missedOperators = { '>=': 'below', '>': 'not above', '<=': 'above', '<': 'not below' } as const;

/** Far below what any figure is known to; differences of shares are rarely exact in binary. */
const tolerance = 1e-12;

/** Whether a figure clears the bar. */
export function holds({ op, value }: Assertion, judged: number): boolean {
  switch (op) {
    case '>=':
      return judged >= value - tolerance;
    case '>':
      return judged > value + tolerance;
    case '<=':
      return judged <= value + tolerance;
    case '<':
      return judged < value - tolerance;
  }
}

/** Whether the lower bound is what counts. */
export function asksForMore({ op }: Assertion): boolean {
  return op === '>=' || op === '>';
}

/** Whether the figure itself is judged and not its interval's bound. */
export function judgesPoint({ bound }: Assertion): boolean {
  return bound === 'point';
}

export function boundWord(assertion: Assertion): string {
  return asksForMore(assertion) ? 'lower bound' : 'upper bound';
}
