import type { Observation } from './metric.ts';

/**
 * `compute` of an observation's answer and target, kept for the last pair: a sample's score, its figures and each of its slices all ask for the same,
 * one after the other.
 */
export function rememberLast<T>(
  compute: (output: string, target: string) => T,
): (observation: Pick<Observation, 'output' | 'target'>) => T {
  let last: { readonly output: string; readonly target: string; readonly value: T } | undefined;
  return ({ output, target }) => {
    if (last?.output !== output || last.target !== target) last = { output, target, value: compute(output, target) };
    return last.value;
  };
}

/** `compute` of an observation, kept for the last one: its figure and that of each of its slices ask for the same. */
export function rememberObservation<T>(compute: (observation: Observation) => T): (observation: Observation) => T {
  let last: { readonly observation: Observation; readonly value: T } | undefined;
  return observation => {
    if (last?.observation !== observation) last = { observation, value: compute(observation) };
    return last.value;
  };
}
