import { parseReference } from '../base/registry-reference.ts';

/** `checkpoint:JOB-OR-RUN@WHICH` or `registry:[REGISTRY/]MODEL@VERSION-OR-ALIAS`, taken apart. */
export type TrainedName = CheckpointName | RegisteredName;

export interface CheckpointName {
  readonly kind: 'checkpoint';
  readonly job: string;
  readonly which: 'best' | 'last' | number;
}

export interface RegisteredName {
  readonly kind: 'registry';
  /** Absent: the local one. */
  readonly registry?: string;
  readonly model: string;
  /** A version or an alias. */
  readonly version: string;
}

const checkpointPrefix = 'checkpoint:';

const registryPrefix = 'registry:';

/** Whether a model's name stands for what was trained earlier: a checkpoint, or a registered version. */
export function isTrained(name: string): boolean {
  return name.startsWith(checkpointPrefix) || name.startsWith(registryPrefix);
}

/** The parts of a trained model's name, absent for any other model. The schemas have checked its form. */
export function parseTrainedName(name: string): TrainedName | undefined {
  if (!isTrained(name)) return undefined;
  const rest = name.slice(name.indexOf(':') + 1);
  if (name.startsWith(registryPrefix)) {
    const { registry, model, version = '' } = parseReference(rest) ?? { model: rest };
    return { kind: 'registry', model, version, ...(registry === undefined ? {} : { registry }) };
  }
  const at = rest.lastIndexOf('@');
  const [first, second] = at < 0 ? [rest, undefined] : [rest.slice(0, at), rest.slice(at + 1)];
  const which = second === undefined || second === 'best' ? 'best' : second === 'last' ? 'last' : Number(second);
  return { kind: 'checkpoint', job: first, which };
}
