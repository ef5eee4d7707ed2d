import type { SemanticTokens, SemanticTokensDelta } from 'vscode-languageserver';

/** What clients have been sent last, one result for each open document, so that the next can be told as its difference. */
export interface TokenResults {
  keep(uri: string, data: number[]): SemanticTokens;
  /** The difference to the result `before`, or all of `data` when that is not the last one. */
  replace(uri: string, before: string, data: number[]): SemanticTokens | SemanticTokensDelta;
  forget(uri: string): void;
}

export function createTokenResults(): TokenResults {
  const last = new Map<string, { readonly resultId: string; readonly data: Uint32Array }>();
  let count = 0;

  function remember(uri: string, data: readonly number[]): string {
    count += 1;
    const resultId = String(count);
    last.set(uri, { resultId, data: Uint32Array.from(data) });
    return resultId;
  }

  return {
    keep: (uri, data) => ({ resultId: remember(uri, data), data }),
    replace(uri, before, data) {
      const known = last.get(uri);
      const resultId = remember(uri, data);
      if (known?.resultId !== before) return { resultId, data };
      return { resultId, edits: compare(known.data, data) };
    },
    forget: uri => void last.delete(uri),
  };
}

/** At most one edit: what lies between what both begin and end with. */
function compare(before: Uint32Array, after: readonly number[]): SemanticTokensDelta['edits'] {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  let kept = 0;
  while (kept < shortest - start && before[before.length - 1 - kept] === after[after.length - 1 - kept]) kept += 1;
  const deleteCount = before.length - kept - start;
  const data = after.slice(start, after.length - kept);
  return deleteCount === 0 && data.length === 0 ? [] : [{ start, deleteCount, data }];
}
