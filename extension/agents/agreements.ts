import type { AgreedRun } from '../../schemas/generated/messages.ts';

/** What persons agreed to, from the question to the call that follows it. */
export interface Agreements {
  remember(input: object, agreed: AgreedRun): void;
  /** Once: a second call is asked about anew. */
  take(input: object): AgreedRun | undefined;
}

/** Questions that nobody answered are forgotten. */
const mostOpen = 20;

export function createAgreements(): Agreements {
  const open = new Map<string, AgreedRun>();
  return {
    remember(input, agreed) {
      const key = keyOf(input);
      open.delete(key);
      open.set(key, agreed);
      const [oldest] = open.keys();
      if (open.size > mostOpen && oldest !== undefined) open.delete(oldest);
    },
    take(input) {
      const key = keyOf(input);
      const agreed = open.get(key);
      open.delete(key);
      return agreed;
    },
  };
}

function keyOf(input: object): string {
  return JSON.stringify(Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1)));
}
