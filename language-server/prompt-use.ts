import { draftAt, listOf } from './tree.ts';

/** How a benchmark's draft uses a prompt, which `isIt` knows by its path: models are asked it, or it is a judge's. */
export function useOfPrompt(
  draft: unknown,
  isIt: (path: string) => boolean,
): { readonly asks: boolean; readonly judges: boolean } {
  const names = (value: unknown): boolean => typeof value === 'string' && value !== '' && isIt(value);
  return {
    asks: listOf(draftAt(draft, ['prompts'])).some(names),
    judges: listOf(draftAt(draft, ['metrics'])).some(metric => names(draftAt(metric, ['judge', 'prompt']))),
  };
}
