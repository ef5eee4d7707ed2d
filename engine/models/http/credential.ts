import { decodeBase64 } from '../../base/base64.ts';
import type { Clock } from '../../ports/clock.ts';
import { isRecord } from './json.ts';

/** What proves to an endpoint who asks. */
export interface Credential {
  /** The key or token in force; undefined where it has to be fetched first. */
  current(): string | undefined;
  /** Fetches it, once for all who wait. Throws what the source throws. */
  renew(signal: AbortSignal): Promise<string>;
}

/** A token is renewed this many milliseconds before it expires. */
const margin = 5 * 60_000;
/** How long a token is taken to last that does not say it. */
const assumedLife = 15 * 60_000;

/** A key that does not change. */
export function fixedCredential(key: string): Credential {
  return { current: () => key, renew: () => Promise.resolve(key) };
}

/**
 * A token that expires: fetched by `fetch` when it is first needed and again before it expires, as its own `exp` says where it is a
 * JSON Web Token (RFC 7519), else a quarter of an hour after it was fetched.
 */
export function renewedCredential(
  first: string | undefined,
  fetch: (signal: AbortSignal) => Promise<string>,
  clock: Clock,
): Credential {
  let token = first;
  let until = first === undefined ? 0 : lifeOf(first, clock.now());
  let renewing: Promise<string> | undefined;
  return {
    current: () => (clock.now() < until ? token : undefined),
    renew(signal) {
      renewing ??= fetch(signal)
        .then(fresh => {
          token = fresh;
          until = lifeOf(fresh, clock.now());
          return fresh;
        })
        .finally(() => {
          renewing = undefined;
        });
      return renewing;
    },
  };
}

/** Wall-clock milliseconds until which a token is used. One that already expired is used for a moment, so that the endpoint says so. */
function lifeOf(token: string, now: number): number {
  const expiry = readExpiry(token);
  return expiry === undefined ? now + assumedLife : Math.max(expiry - margin, now + 10_000);
}

/** `exp` of a JSON Web Token, in milliseconds; undefined for anything else. The signature is the endpoint's to check. */
export function readExpiry(token: string): number | undefined {
  const payload = decodeBase64(token.split('.')[1] ?? '');
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    const exp = isRecord(claims) ? claims['exp'] : undefined;
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    return undefined; // No JSON: some other kind of token.
  }
}
