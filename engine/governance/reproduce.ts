import type { AssessmentRecord, ControlChange, Evidence, Reproduction } from '../../schemas/generated/messages.ts';
import { digestResult } from '../../schemas/verify-scorecard.ts';
import { compareRecords } from '../../schemas/compare-scorecards.ts';
import { WorkbenchError } from '../base/errors.ts';
import { createDocumentLibrary } from '../documents/library.ts';
import type { PolicyDocument, PolicySet } from '../policies/policy-set.ts';
import { countOf } from '../reports/format.ts';
import { findAssessment, type FoundAssessment } from './find-assessment.ts';
import { judgeVersion } from './judge-version.ts';
import type { Moment } from './moment.ts';
import { wordOutcome } from './order.ts';
import { resolveSet } from './policies.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { findOtherPolicies, rootsOf } from './recorded-policies.ts';
import { choiceOf } from './run-subject.ts';

type Difference = Reproduction['differences'][number];

/**
 * Makes an assessment again as of its moment, by the policies as they were recorded, and says whether the same comes out. Evidence from later
 * does not count. Policies are found by the digest of their text, wherever in the workspace they lie now. Nothing is stored. Throws what
 * `findAssessment` throws, `registry-not-found`, and `record-tampered` for a waiver that was changed.
 */
export async function reproduceAssessment(
  { reference, folder }: { readonly reference: string; readonly folder: string },
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Reproduction> {
  const found = await findAssessment(reference, ports, signal);
  const { record } = found;
  const sha256 = (text: string): string => ports.digest.sha256(text);
  const recordedDigest = digestResult(record, sha256);
  const differences: Difference[] = [];
  if (record.resultDigest !== undefined && record.resultDigest !== recordedDigest)
    differences.push({
      kind: 'record',
      sentence: 'The record’s own digest of its results is not that of the results it holds.',
    });
  const policies = await findRecorded(record, folder, ports, signal);
  differences.push(...policies.differences);
  if (policies.set === undefined) return conclude(record, recordedDigest, undefined, differences);
  const again = await judgeVersion(
    {
      id: record.id,
      target: choiceOf(record.subject),
      set: policies.set,
      moment: momentOf(found),
      assessor: record.assessor,
      workbench: record.workbench,
      folder,
    },
    ports,
    signal,
  );
  const computedDigest = digestResult(again, sha256);
  if (computedDigest !== recordedDigest) differences.push(...describeDifferences(record, again, ports.workbench));
  return conclude(record, recordedDigest, computedDigest, differences);
}

/** When the evidence was read; records from before this was written down count what came before themselves. */
function momentOf({ record, sequence }: FoundAssessment): Moment & { readonly head: AssessmentRecord['evidenceHead'] } {
  const { assessedAt, evidenceHead } = record;
  return { at: assessedAt, upTo: evidenceHead?.sequence ?? sequence - 1, head: evidenceHead };
}

/** The policy set of then; absent, with the reasons, where its texts are not in the workspace any more. */
async function findRecorded(
  { policies }: AssessmentRecord,
  folder: string,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<{ readonly set: PolicySet | undefined; readonly differences: readonly Difference[] }> {
  const library = await createDocumentLibrary(ports.files, folder).all('policy', signal);
  const documents = library.flatMap(({ path, file, parsed }): PolicyDocument[] =>
    parsed.value === undefined
      ? []
      : [{ path, file, text: parsed.text, digest: ports.digest.sha256(parsed.text), policy: parsed.value, parsed }],
  );
  const roots: PolicyDocument[] = [];
  const differences: Difference[] = [];
  for (const { id, version, digest } of policies) {
    const same = documents.find(document => document.digest === digest);
    if (same === undefined) {
      const other = documents.find(({ policy }) => policy.id === id);
      const instead =
        other === undefined ? '' : `: ${other.file} has version ${other.policy.version} with another text`;
      differences.push({
        kind: 'policy',
        policy: id,
        sentence: `The policy ${id} ${version} as recorded is not in the workspace${instead}.`,
      });
    } else if (rootsOf(policies).some(root => root.id === id)) roots.push(same);
  }
  if (differences.length > 0) return { set: undefined, differences };
  try {
    const set = await resolveSet(roots, folder, ports, signal);
    const others = findOtherPolicies(policies, set.policies).map(other => ({ kind: 'policy' as const, ...other }));
    return { set: others.length === 0 ? set : undefined, differences: others };
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code !== 'policy-invalid') throw error;
    return {
      set: undefined,
      differences: [{ kind: 'policy', sentence: `The policies do not hold together any more: ${error.message}` }],
    };
  }
}

function describeDifferences(then: AssessmentRecord, again: AssessmentRecord, workbench: string): Difference[] {
  const differences = [...lostEvidence(then, again), ...compareRecords(then, again).changes.map(describeChange)];
  if (then.gate.outcome !== again.gate.outcome)
    differences.push({
      kind: 'result',
      sentence: `The gate was ${then.gate.outcome} and comes out as ${again.gate.outcome}.`,
    });
  if (then.subject.weightsDigest !== again.subject.weightsDigest)
    differences.push({ kind: 'evidence', sentence: 'The version has other weights than the ones that were assessed.' });
  if (differences.length > 0) return differences;
  const by =
    then.workbench === workbench
      ? ''
      : ` It was made by version ${then.workbench} of the workbench; this is ${workbench}.`;
  return [
    {
      kind: 'result',
      sentence: `Every control and check comes out alike; their evidence or bars are described otherwise.${by}`,
    },
  ];
}

/** Evidence of the record that was not found again. */
function lostEvidence(then: AssessmentRecord, again: AssessmentRecord): Difference[] {
  const found = new Set(again.controls.flatMap(({ checks }) => checks.flatMap(({ evidence }) => evidence.map(keyOf))));
  return then.controls.flatMap(({ id, checks }) =>
    checks.flatMap(check =>
      check.evidence
        .filter(evidence => !found.has(keyOf(evidence)))
        .map(({ title }): Difference => ({
          kind: 'evidence',
          control: id,
          check: check.id,
          sentence: `${id}: ${title}, which ${check.id} rested on, was not found as it was.`,
        })),
    ),
  );
}

function keyOf({ kind, digest, runId, title }: Evidence): string {
  return [kind, digest ?? title, runId ?? ''].join(' ');
}

function describeChange(change: ControlChange): Difference {
  const { control, before, after, waivedBefore, waivedAfter, checks = [] } = change;
  if (before === undefined || after === undefined) {
    const sentence = `${control} is asked for ${before === undefined ? 'now and was not then' : 'no more'}.`;
    return { kind: 'result', control, sentence };
  }
  const word = (outcome: typeof before, waived: boolean | undefined): string =>
    wordOutcome({ outcome, ...(waived === true ? { waiver: control } : {}) });
  const [was, is] = [word(before, waivedBefore), word(after, waivedAfter)];
  const which = checks.map(({ id }) => id).join(', ');
  const sentence =
    was === is
      ? `${control} is ${is} as then, by other figures (${which}).`
      : `${control} was ${was} and comes out ${is}.`;
  return { kind: 'result', control, sentence, ...(checks[0] === undefined ? {} : { check: checks[0].id }) };
}

function conclude(
  record: AssessmentRecord,
  recordedDigest: string,
  computedDigest: string | undefined,
  differences: Difference[],
): Reproduction {
  const isSame = differences.length === 0 && computedDigest === recordedDigest;
  const name = `${record.subject.model}@${record.subject.version}`;
  return {
    assessmentId: record.id,
    state: isSame ? 'reproduced' : 'different',
    sentence: isSame
      ? `Reproduced: ${name}, judged again as of then, gives the same results.`
      : `Not reproduced: ${countOf(differences.length, 'difference')}.`,
    recordedDigest,
    ...(computedDigest === undefined ? {} : { computedDigest }),
    differences,
  };
}
