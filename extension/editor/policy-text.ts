import { topLevelKey } from '../../schemas/cells.ts';

/**
 * A scalar one level below a key of the top level, of a block or flow mapping, without quotes and comment; absent where there is none.
 * Reads text that may be unfinished.
 * @param inner a key of letters
 */
export function nestedScalar(text: string, outer: string, inner: 'model' | 'baseline'): string | undefined {
  let isInside = false;
  for (const line of text.split(/\r?\n/)) {
    const key = topLevelKey(line);
    if (key !== undefined) isInside = key === outer;
    const found = isInside ? innerScalars[inner].exec(line.replace(/(^|\s)#.*$/, ''))?.[1] : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

const innerScalars = {
  model: /[\s{,]["']?model["']?\s*:\s*["']?([^\s"',{}[\]#]+)/,
  baseline: /[\s{,]["']?baseline["']?\s*:\s*["']?([^\s"',{}[\]#]+)/,
} as const;

/**
 * The version that a policy's `assess` names, such as `ticket-triage@candidate`, read from text that may be unfinished;
 * absent where it names none. What the engine assesses it reads for itself.
 */
export function assessTarget(text: string): string | undefined {
  const model = nestedScalar(text, 'assess', 'model');
  return model !== undefined && /^[A-Za-z0-9][\w.-]*@[A-Za-z0-9][\w.-]*$/.test(model) ? model : undefined;
}
