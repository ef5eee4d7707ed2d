import type {
  Approval,
  Baseline,
  ModelDetails,
  RegistryList,
  VersionDetails,
} from '../../schemas/generated/messages.ts';
import { validateRevocation } from '../../schemas/generated/validators.js';
import type { LocalVersion } from '../ports/registry.ts';
import { WorkbenchError } from '../base/errors.ts';
import { listAssessments } from '../governance/view.ts';
import type { Store } from '../ports/store.ts';
import { approvalOf } from '../promotion/approval.ts';
import { readBaseline } from '../promotion/trail.ts';
import { describePerson } from '../people/describe-person.ts';
import { describeDate } from '../base/dates.ts';

/** Every model with its versions, archived ones too: `state` tells them apart. */
export async function listRegistry(store: Store, signal: AbortSignal): Promise<RegistryList> {
  const models: ModelDetails[] = [];
  for (const { name } of await store.registry.listModels({ archived: true }, signal)) {
    signal.throwIfAborted();
    models.push(await describeModel(name, store, signal));
  }
  return { models };
}

/** Throws `registry-not-found`. */
export async function describeModel(name: string, store: Store, signal: AbortSignal): Promise<ModelDetails> {
  const versions: VersionDetails[] = [];
  for (const version of await store.registry.listVersions(name, signal)) {
    versions.push(await detailsOf(version, store, signal));
  }
  return { model: await store.registry.getModel(name, signal), versions };
}

/** By version or alias; without one the newest. Throws `registry-not-found`. */
export async function describeVersion(
  model: string,
  versionOrAlias: string | undefined,
  store: Store,
  signal: AbortSignal,
): Promise<VersionDetails> {
  return detailsOf(await store.registry.getVersion(model, versionOrAlias, signal), store, signal);
}

async function detailsOf(found: LocalVersion, store: Store, signal: AbortSignal): Promise<VersionDetails> {
  const { model, version } = found;
  const baseline = await baselineOf(model, version, store);
  const publications = await store.publications.ofVersion(model, version);
  return {
    version: withStatus(found),
    artifacts: [...(await store.registry.listArtifacts(model, version, signal))],
    approval: await describeApproval(found, store),
    ...(baseline === undefined ? {} : { baseline }),
    assessments: await listAssessments({ model, version }, { store }),
    ...(publications.length === 0 ? {} : { publications: [...publications] }),
  };
}

/** `aiw.status` is what the version was registered with; a reader of it wants what it has become. */
function withStatus(version: LocalVersion): LocalVersion {
  if (!Object.hasOwn(version.customProperties, 'aiw.status')) return version;
  return { ...version, customProperties: { ...version.customProperties, 'aiw.status': version.status } };
}

/** A record that was changed keeps nobody from seeing the rest: it counts for nothing, and the sentence says why. */
async function describeApproval({ model, version, status }: LocalVersion, store: Store): Promise<Approval> {
  try {
    const approval = await approvalOf(model, version, store);
    if (status !== 'revoked') return approval;
    return { ...approval, sentence: `${await describeRevocation(model, version, store)} ${approval.sentence}` };
  } catch (error) {
    if (!isTampered(error)) throw error;
    return { state: 'none', sentence: `${error.message} Nothing counts until that is mended.` };
  }
}

/** Why a version may not be used comes before who once approved it. */
async function describeRevocation(model: string, version: string, store: Store): Promise<string> {
  const [record] = await store.ledger.list({ kind: 'revocation', model, version, limit: 1 });
  const { payload } = record ?? {};
  if (!validateRevocation(payload)) return 'Revoked; no record says by whom and why.';
  const { revokedAt, revokedBy, reason } = payload;
  return `Revoked on ${describeDate(revokedAt)} by ${describePerson(revokedBy)}: ${/[.!?]$/.test(reason) ? reason : `${reason}.`}`;
}

async function baselineOf(model: string, version: string, store: Store): Promise<Baseline | undefined> {
  try {
    return (await readBaseline(model, version, store.ledger))?.content;
  } catch (error) {
    if (isTampered(error)) return undefined;
    throw error;
  }
}

function isTampered(error: unknown): error is WorkbenchError {
  return error instanceof WorkbenchError && error.code === 'record-tampered';
}
