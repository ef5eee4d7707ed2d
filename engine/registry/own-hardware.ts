import type { VariantResult } from '../../schemas/generated/messages.ts';
import { isBaseName } from '../models/transformers/names.ts';
import type { RunRecord } from '../ports/store.ts';

/** This machine's, where the model ran on it: what an endpoint runs on nobody has told. */
export function ownHardware(
  { environment, spec }: RunRecord,
  results: readonly VariantResult[],
): { readonly type: string; readonly count?: number } | undefined {
  if (environment === undefined || environment.source !== undefined) return undefined;
  const isHere = results.every(
    ({ model }) => model.startsWith('embedded:') || isBaseName(model) || Object.hasOwn(spec.trained ?? {}, model),
  );
  if (!isHere) return undefined;
  return { type: environment.platform, ...(environment.cpus === undefined ? {} : { count: environment.cpus }) };
}
