import type { ModelIdentity } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { readServedWeights, type ServedWeights } from '../models/served-weights.ts';
import type { RegisteredModelReference, TrainedModelReference } from '../ports/run-spec.ts';
import type { RunRecord } from '../ports/store.ts';
import { keys } from '../registry/keys.ts';
import { identitiesOf } from '../reports/identities.ts';
import type { PlannedModel } from './plan.ts';
import type { RunPorts } from './ports.ts';

/** What was found out of a registered version's identity, in a sentence. */
export interface Finding {
  /** `mismatch`: other weights answer than those that are registered. */
  readonly state: 'verified' | 'unverified' | 'mismatch';
  readonly sentence: string;
}

type Connected = Extract<PlannedModel, { kind: 'connection' }>;

/**
 * Asks what an endpoint serves before a run asks it anything, and holds it to the digests of the registered version; absent for a
 * connection that was asked as itself. Throws `model-unsuitable` where other weights answer than those that are registered.
 */
export async function checkIdentity(
  { name, connection, via, registered }: Connected,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<ModelIdentity | undefined> {
  if (registered === undefined) return undefined;
  const who = via ?? registered.endpoint?.url ?? '';
  const served = hasDigest(registered) ? await readServedWeights(connection, who, ports, signal) : undefined;
  const { state, sentence } = judgeIdentity(registered, who, served);
  if (state === 'mismatch') {
    throw new WorkbenchError('model-unsuitable', `${name} is not what answers. ${sentence}`, {
      remedy:
        via === undefined
          ? `Correct where its registry says it is served (${keys.endpointUrl}), or the digest it has there (${keys.weightsDigest}).`
          : `Have ${via} serve that version, correct its \`registered\`, or the digest in the registry (${keys.weightsDigest}).`,
    });
  }
  return {
    ...factsOf(name, registered),
    state,
    by: via === undefined ? 'endpoint' : 'connection',
    at: who,
    sentence: `${sentence}${wordAge(registered)}`,
  };
}

/** The identity of weights that are computed with here: they were read by their digest. Absent for what no registry names. */
export function identityOfWeights(name: string, reference: TrainedModelReference): ModelIdentity | undefined {
  const { registry, model, version, weightsDigest } = reference;
  if (model === undefined || version === undefined || !name.startsWith('registry:')) return undefined;
  return {
    ...factsOf(name, { ...(registry === undefined ? {} : { registry }), model, version, weightsDigest }),
    state: 'verified',
    by: 'weights',
    sentence: `Its weights (${short(weightsDigest)}) are computed with here, and have the digest that is registered.`,
  };
}

/** Judges what `who` says it serves by what the registry tells; `served` is absent where the registry tells nothing to judge by. */
export function judgeIdentity(
  registered: RegisteredModelReference,
  who: string,
  served: ServedWeights | undefined,
): Finding {
  const { weightsDigest, modelDigest, tokenizerDigest, registry, version } = registered;
  const teller = registry ?? 'the local registry';
  if (served === undefined)
    return { state: 'unverified', sentence: `${capital(teller)} tells no digest of its weights.` };
  const otherTokenizer =
    served.tokenizers.length > 0 && tokenizerDigest !== undefined && !served.tokenizers.includes(tokenizerDigest);
  const isSame =
    (weightsDigest !== undefined && [...served.weights, ...served.loose].includes(weightsDigest)) ||
    (modelDigest !== undefined && served.models.includes(modelDigest));
  const told = weightsDigest === undefined ? served.models : served.weights;
  if (!isSame && told.length > 0) {
    const digests = told.map(short).join(', ');
    const expected = short(weightsDigest ?? modelDigest ?? '');
    return {
      state: 'mismatch',
      sentence: `${capital(teller)} tells the digest ${expected} of version ${version}, and ${who} says that it serves ${digests}.`,
    };
  }
  if (isSame && otherTokenizer) {
    const sentence = `${who} says that it serves its weights with another tokenizer than is registered.`;
    return { state: 'mismatch', sentence };
  }
  if (isSame && served.adapter === true)
    return { state: 'unverified', sentence: `${who} serves its weights with an adapter, which no digest tells of.` };
  if (isSame) {
    const sentence = `${who} says that it serves weights of the digest that ${teller} tells of version ${version} (${short(weightsDigest ?? modelDigest ?? '')}).`;
    return { state: 'verified', sentence };
  }
  const says = served.says === undefined ? '' : ` It calls its model "${served.says}".`;
  const silence = served.silence === undefined ? '' : ` ${served.silence}`;
  return { state: 'unverified', sentence: `${who} tells no digest of the weights it serves.${silence}${says}` };
}

/** What is published to no other registry by itself, and how a person does that: a sentence a registry. */
export function describeUnpublished({ summary, variants }: Pick<RunRecord, 'summary' | 'variants'>): string[] {
  const elsewhere = new Map<string, string[]>();
  for (const { name, registry } of identitiesOf(variants)) {
    if (registry !== undefined) elsewhere.set(registry, [...(elsewhere.get(registry) ?? []), name]);
  }
  return [...elsewhere].map(
    ([registry, names]) =>
      `The figures of ${names.join(', ')} are in this store alone. Publish them with: aiwb registry publish ${summary.id} --to ${registry}`,
  );
}

/** What a run that was stopped before can say of all its answers: no more than the weaker of what was found then and now. */
export function weaker(now: ModelIdentity, before: Pick<RunRecord, 'environment'>): ModelIdentity {
  const earlier = before.environment?.identities?.find(({ name }) => name === now.name);
  return earlier?.state === 'unverified' ? earlier : now;
}

function hasDigest({ weightsDigest, modelDigest }: RegisteredModelReference): boolean {
  return weightsDigest !== undefined || modelDigest !== undefined;
}

function factsOf(name: string, { registry, model, version, weightsDigest, modelDigest }: RegisteredModelReference) {
  return {
    name,
    ...(registry === undefined ? {} : { registry }),
    model,
    version,
    ...(weightsDigest === undefined ? {} : { weightsDigest }),
    ...(modelDigest === undefined ? {} : { modelDigest }),
  };
}

function wordAge({ readAt, registry }: RegisteredModelReference): string {
  if (readAt === undefined) return '';
  const date = new Date(readAt).toISOString().slice(0, 16).replace('T', ' ');
  return ` ${registry ?? 'The registry'} could not be asked; this is as it was read at ${date} UTC.`;
}

function short(digest: string): string {
  return digest === '' ? 'none' : `${digest.slice(0, 12)}…`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
