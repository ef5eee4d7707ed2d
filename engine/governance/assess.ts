import type { AssessmentRecord, Failure, PolicySource, ScorecardView } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import type { PolicyDocument } from '../policies/policy-set.ts';
import { requestApproval } from '../promotion/approval.ts';
import { createRecordId } from '../base/record-id.ts';
import { appendSigned } from '../signing/append-signed.ts';
import { readPeople } from '../workspace/people.ts';
import { judgeVersion, type VersionChoice } from './judge-version.ts';
import type { AssessmentMemory } from './memory.ts';
import { readMoment } from './moment.ts';
import { readPolicies, resolveSet } from './policies.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import type { RunChoice } from './run-subject.ts';
import { serialiseScorecard } from './scorecard.ts';
import { makeScorecard, viewRecord } from './view.ts';

export interface AssessRequest {
  /** Absent: what the policies' own `assess` names. */
  readonly model?: string;
  /** A finished benchmark run to assess in place of a registered version; `model` is then one of its models, if it asked several. */
  readonly runId?: string;
  /** A version or an alias; default: the newest version. */
  readonly version?: string;
  /** At least one. Policies they extend are found in the folder. */
  readonly policies: readonly PolicySource[];
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** Absolute path of the scorecard file to write; absent: what the policies' own `assess` names, else none. */
  readonly scorecard?: string;
}

export interface Assessment {
  readonly view: ScorecardView;
  /** Scorecard file that was written, relative to the workspace folder. */
  readonly written?: string;
  /** Why approval could not be requested, where the policy asks for it. The assessment stands all the same. */
  readonly approvalFailure?: Failure;
}

/**
 * Assesses a model version, or a run, by its policies: gathers the evidence, judges it, stores the record for good, and writes the scorecard file.
 * A gate that is not passed is a result and no failure. Throws `policy-invalid` and `file-invalid` with their place, `registry-not-found`,
 * `identity-missing`, `record-tampered`. With a memory, what is known from earlier is neither parsed nor judged again.
 */
export async function assessVersion(
  request: AssessRequest,
  ports: GovernancePorts,
  signal: AbortSignal,
  memory?: AssessmentMemory,
): Promise<Assessment> {
  const { folder } = request;
  const documents = await readPolicies(request.policies, folder, ports, signal, memory?.parse);
  const target = chooseTarget(request, documents);
  const scorecardPath = chooseScorecardPath(request, documents, ports);
  const set = await resolveSet(documents, folder, ports, signal, memory?.parse);
  const assessor = await ports.identities.whoAmI(folder, signal);
  const { store, clock, random, workbench } = ports;
  const id = createRecordId('assessment', clock, random);
  // Whatever comes while the evidence is read does not count: judged later as of this moment, the same comes out.
  const moment = await readMoment(store, clock.now());
  const record = await judgeVersion({ id, target, set, moment, assessor, workbench, folder, memory }, ports, signal);
  signal.throwIfAborted();
  const { model, version } = record.subject;
  const entry = { id, kind: 'assessment' as const, model, version, at: record.assessedAt, actor: assessor };
  const { signers } = await readPeople(folder, ports, signal);
  const stored = await appendSigned({ ...entry, payload: record }, signers, ports);
  const approvalFailure = await askForApproval(record, documents, folder, ports, signal);
  const written = scorecardPath === undefined ? undefined : await writeScorecard(id, scorecardPath, folder, ports);
  return {
    view: await viewRecord(stored, ports, signal, folder, record.resultDigest),
    ...(written === undefined ? {} : { written }),
    ...(approvalFailure === undefined ? {} : { approvalFailure }),
  };
}

/** The run or the version that was asked for, else the one the policies name; they may not name two. */
function chooseTarget(
  { model, version, runId }: AssessRequest,
  documents: readonly PolicyDocument[],
): VersionChoice | RunChoice {
  if (runId !== undefined) return { runId, model };
  if (model !== undefined) return { model, version };
  const named = [...new Set(documents.flatMap(({ policy }) => policy.assess?.model ?? []))];
  const [first] = named;
  if (first !== undefined && named.length === 1) {
    const at = first.indexOf('@');
    return { model: first.slice(0, at), version: first.slice(at + 1) };
  }
  const what =
    first === undefined
      ? 'No model version was named, and the policies name none'
      : `The policies name ${named.join(' and ')}`;
  throw new WorkbenchError('usage', `${what}: what is to be assessed?`, {
    remedy:
      'Name it: `aiwb assess MODEL@VERSION --policy FILE`, or write `assess: {model: MODEL@VERSION}` into one policy.',
  });
}

/** Asked for once the record stands, so what keeps approval from being requested is told and does not undo the assessment. */
async function askForApproval(
  { gate, subject: { model, version, measured } }: AssessmentRecord,
  documents: readonly PolicyDocument[],
  folder: string,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  // What is approved is a version.
  if (measured !== undefined) return undefined;
  if (gate.outcome !== 'passed' || !documents.some(({ policy }) => policy.assess?.requestApproval === true))
    return undefined;
  try {
    await requestApproval({ model, version, folder }, ports, signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    const { code, message, remedy } = toWorkbenchError(error);
    return { code, message, ...(remedy === undefined ? {} : { remedy }) };
  }
}

/** A path that a policy names must stay in the workspace: policies come from anywhere. */
function chooseScorecardPath(
  { scorecard, folder }: AssessRequest,
  documents: readonly PolicyDocument[],
  { files }: GovernancePorts,
): string | undefined {
  if (scorecard !== undefined) return scorecard;
  for (const { path, file, policy, parsed } of documents) {
    const named = policy.assess?.scorecard;
    if (named === undefined) continue;
    const target = files.resolve(files.parent(path), named);
    // Seen from the folder, what lies outside goes up, or starts at a root or a drive.
    if (!/^(\.\.(\/|$)|\/|[A-Za-z]:)/.test(files.relative(folder, target))) return target;
    const { line, character } = parsed.locate(['assess', 'scorecard'], 'value').start;
    throw new WorkbenchError(
      'policy-invalid',
      `${file}:${String(line + 1)}: the scorecard ${named} lies outside the workspace.`,
      {
        remedy: 'Name a file in the workspace folder, or choose another place yourself with --scorecard.',
        place: { path, line: line + 1, column: character + 1 },
      },
    );
  }
  return undefined;
}

async function writeScorecard(id: string, path: string, folder: string, ports: GovernancePorts): Promise<string> {
  await ports.files.writeText(path, serialiseScorecard(await makeScorecard(id, ports)));
  return ports.files.relative(folder, path);
}
