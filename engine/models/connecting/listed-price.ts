import type { ListedPrice } from '../../../schemas/generated/messages.ts';
import { isRecord } from '../http/json.ts';

/**
 * A price as gateways such as OpenRouter list it with a model: US dollars a token, as decimal texts, under `prompt` and `completion`. Other
 * shapes do not say their unit, so nothing is read out of them.
 */
export function readListedPrice(pricing: unknown): ListedPrice | undefined {
  if (!isRecord(pricing)) return undefined;
  const input = perMillion(pricing['prompt']);
  const output = perMillion(pricing['completion']);
  if (input === undefined || output === undefined) return undefined;
  const cachedInput = perMillion(pricing['input_cache_read']);
  const perRequest = readDecimal(pricing['request']);
  return {
    input,
    output,
    ...(cachedInput === undefined || cachedInput === 0 ? {} : { cachedInput }),
    ...(perRequest === undefined || perRequest === 0 ? {} : { perRequest }),
  };
}

function perMillion(value: unknown): number | undefined {
  const price = readDecimal(value);
  // 0.0000025 × 1e6 is 2.4999999999999996: what was written had fewer digits.
  return price === undefined ? undefined : Number((price * 1_000_000).toPrecision(12));
}

/** A price from 0; gateways write −1 where it depends. */
function readDecimal(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,12}(?:\.\d{1,20})?(?:e-?\d{1,2})?$/i.test(value)) return undefined;
  const price = Number(value);
  return Number.isFinite(price) ? price : undefined;
}
