import { canonicalJson } from '../../schemas/canonical.ts';
import type { Check } from '../../schemas/generated/files.ts';
import type { CheckResult } from '../../schemas/generated/messages.ts';

/** Judges checks, or knows how they came out. */
export interface Judgements {
  /** `grounds` is everything that `judge` looks at beside the check, the control's id and the time. */
  judge(
    check: Check,
    control: string,
    grounds: readonly (object | undefined)[],
    now: number,
    judge: () => CheckResult,
  ): CheckResult;
}

/** Judges every check. */
export const judgeAnew: Judgements = { judge: (_check, _control, _grounds, _now, judge) => judge() };

interface Judged {
  readonly result: CheckResult;
  /** Milliseconds since the epoch, as is `until`: from here on and before there the result is the same. */
  readonly from: number;
  readonly until: number;
}

/** Far more than a version has checks. */
const mostJudged = 50_000;

/**
 * Remembers judgements: a check is judged again when it, anything it looks at, or by the clock its evidence has changed. What is older than
 * the newest `most` is forgotten.
 */
export function rememberJudgements(sha256: (text: string) => string, most = mostJudged): Judgements {
  const known = new Map<string, Judged>();
  // Evidence is read once for many checks, and its digest is made once.
  const digests = new WeakMap<object, string>();
  const digestOf = (value: object): string => {
    const found = digests.get(value) ?? sha256(canonicalJson(value));
    digests.set(value, found);
    return found;
  };
  return {
    judge(check, control, grounds, now, judge) {
      const parts = grounds.map(ground => (ground === undefined ? '' : digestOf(ground)));
      const key = [digestOf(check), control, ...parts].join(' ');
      const found = known.get(key);
      if (found !== undefined && now >= found.from && now < found.until) return found.result;
      const result = judge();
      const until = dependsOnClock(check) ? nextChange(result, now) : Infinity;
      known.delete(key);
      known.set(key, { result, from: dependsOnClock(check) ? now : -Infinity, until });
      for (const oldest of known.keys()) {
        if (known.size <= most) break;
        known.delete(oldest);
      }
      return result;
    },
  };
}

/** An attestation always ends; other evidence does where the policy says how fresh it must be. */
function dependsOnClock(check: Check): boolean {
  return check.type === 'attestation' || check.freshness !== undefined;
}

/** When the clock alone may make the result another one. Where the evidence does not tell, at once. */
function nextChange({ evidence }: CheckResult, now: number): number {
  if (evidence.length === 0 || evidence.some(({ expiresAt }) => expiresAt === undefined)) return now + 1;
  // Some evidence counts until its last moment and some does not: there it is judged anew, and so the moment after.
  const changes = evidence.flatMap(({ expiresAt = now }) => (expiresAt >= now ? [Math.max(expiresAt, now + 1)] : []));
  return changes.reduce((first, time) => Math.min(first, time), Infinity);
}
