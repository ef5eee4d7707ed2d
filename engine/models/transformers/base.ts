import type { ModelFile } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { TrainedModelReference } from '../../ports/run-spec.ts';

/** What training starts from, and what answers where it is asked. */
export type BaseModel =
  /** The embedded linear model: from nothing, or from weights in the store. */
  | { readonly kind: 'embedded'; readonly weights?: string }
  | { readonly kind: 'hub'; readonly id: string; readonly revision?: string }
  /** A Transformers model on this machine. */
  | { readonly kind: 'folder'; readonly path: string }
  /** A folder of weights in the store; an adapter stands on `base`. */
  | {
      readonly kind: 'stored';
      readonly digest: string;
      readonly format: 'transformers' | 'peft';
      readonly files: readonly ModelFile[];
      readonly base?: BaseModel;
    }
  /** A model that the platform's service keeps. */
  | { readonly kind: 'service'; readonly model: string };

/** A base by the name that a job or a stored adapter gives it. */
export function baseNamed(name: string, resolve: (path: string) => string = path => path): BaseModel {
  const rest = name.slice(name.indexOf(':') + 1);
  if (name.startsWith('folder:')) return { kind: 'folder', path: resolve(rest) };
  if (name.startsWith('service:')) return { kind: 'service', model: rest };
  if (!name.startsWith('hub:')) return { kind: 'stored', digest: '', format: 'transformers', files: [] };
  const at = rest.indexOf('@');
  return at < 0 ? { kind: 'hub', id: rest } : { kind: 'hub', id: rest.slice(0, at), revision: rest.slice(at + 1) };
}

/** The model behind a reference, with what an adapter stands on. Throws `model-unsuitable` for an adapter of an unknown base. */
export function baseOfReference(name: string, reference: TrainedModelReference): BaseModel {
  const { weightsDigest, format, files = [], service, base, baseReference } = reference;
  if (format === undefined || format === 'linear') return { kind: 'embedded', weights: weightsDigest };
  if (format === 'service') return { kind: 'service', model: service?.model ?? weightsDigest };
  if (format === 'transformers') return { kind: 'stored', digest: weightsDigest, format, files };
  const under =
    baseReference !== undefined
      ? baseOfReference(base ?? name, baseReference)
      : base !== undefined && /^(hub|folder):/.test(base)
        ? baseNamed(base)
        : undefined;
  if (under === undefined) {
    throw new WorkbenchError('model-unsuitable', `${name} is an adapter, and what it stands on is not known here.`, {
      remedy: 'Train from the model it was made of, or save it merged (`method: {lora: {merge: true}}`).',
    });
  }
  return { kind: 'stored', digest: weightsDigest, format, files, base: under };
}
