import type { AppliedPolicy, ControlResult, Evidence, Waiver } from '../../schemas/generated/messages.ts';
import { sarifUri } from '../diagnostics/sarif.ts';
import {
  caution,
  describeEvidence,
  describeSource,
  describeWaiver,
  isFailure,
  plainLine,
} from '../governance/describe.ts';
import { wordOutcome } from '../governance/order.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { contactOf, datasetComponents, datasetRef, modelComponent, modelRef, properties } from './cyclonedx-model.ts';
import { isoTime, uuidOf } from './identifiers.ts';
import type { ExportSource } from './source.ts';

const assessorRef = 'assessor';

/**
 * The assessed version as a CycloneDX 1.6 ML-BOM in JSON: the model with its card, the datasets it comes from, the policies as
 * standards, and a declaration of how far each of their requirements is met and by which evidence. The same record gives the same file.
 */
export function renderCycloneDx(source: ExportSource): string {
  const { view, sha256 } = source;
  const { record, digest } = view.scorecard;
  const timestamp = isoTime(record.assessedAt);
  const datasets = datasetComponents(source);
  const refOf: EvidenceRef = each => `evidence:${uuidOf(sha256, JSON.stringify(each))}`;
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(sha256, digest, 'cyclonedx')}`,
    version: 1,
    metadata: {
      ...(timestamp === undefined ? {} : { timestamp }),
      tools: { components: [{ type: 'application', name: 'aiwb', version: plainLine(record.workbench) }] },
      authors: [contactOf(record.assessor)],
      ...properties({ caution, verification: view.verification.sentence }),
    },
    components: [modelComponent(source), ...datasets],
    dependencies: [
      { ref: modelRef, ...(datasets.length === 0 ? {} : { dependsOn: datasets.map((_, index) => datasetRef(index)) }) },
    ],
    declarations: {
      assessors: [
        {
          'bom-ref': assessorRef,
          thirdParty: false,
          organization: { contact: [contactOf(record.assessor)] },
        },
      ],
      attestations: record.policies.map(policy =>
        attestationOf(policy, record.controls, nameOfVersion(record.subject)),
      ),
      claims: record.controls.map((control, index) => claimOf(control, index, refOf)),
      evidence: [
        ...distinctEvidence(record.controls, refOf).map(each => evidenceOf(refOf(each), each)),
        ...record.waivers.map(waiverOf),
      ],
    },
    definitions: { standards: record.policies.map((policy, index) => standardOf(policy, index, record.controls)) },
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

function requirementRef(index: number): string {
  return `requirement:${String(index + 1)}`;
}

/** The controls that a policy asked for first, with their places in the record. */
function ownControls({ id }: AppliedPolicy, controls: readonly ControlResult[]) {
  return controls.map((control, index) => ({ control, index })).filter(({ control }) => control.policy === id);
}

function claimRef(index: number): string {
  return `claim:${String(index + 1)}`;
}

function waiverRef(id: string): string {
  return `waiver:${plainLine(id)}`;
}

/** `bom-ref` of a piece of evidence: the same wherever it is named. */
type EvidenceRef = (evidence: Evidence) => string;

/** Each piece of evidence once. */
function distinctEvidence(controls: readonly ControlResult[], refOf: EvidenceRef): readonly Evidence[] {
  const all = controls.flatMap(({ checks }) => checks).flatMap(({ evidence }) => evidence);
  return [...new Map(all.map(each => [refOf(each), each])).values()];
}

function standardOf(policy: AppliedPolicy, index: number, controls: readonly ControlResult[]) {
  const { id, version, title, owner, level, digest, path, reviewBy } = policy;
  return {
    'bom-ref': `policy:${String(index + 1)}`,
    name: plainLine(id),
    version: plainLine(version),
    description: plainLine(`${title} (${level} policy, SHA-256 ${digest})`),
    ...(owner === undefined ? {} : { owner: plainLine(owner) }),
    requirements: ownControls(policy, controls).map(({ control, index: at }) => ({
      'bom-ref': requirementRef(at),
      identifier: plainLine(control.id),
      title: plainLine(control.title),
      text: plainLine(control.description ?? control.title),
      ...properties({
        severity: control.severity,
        'tightened-by': control.tightenedBy?.join(' '),
        source: describeSource(control),
        mappings: control.mappings
          .map(each => `${each.relation} ${each.framework} ${each.version} ${each.id}`)
          .join('; '),
        'review-by': reviewBy,
      }),
    })),
    ...(path === undefined
      ? {}
      : { externalReferences: [{ type: 'other', url: sarifUri(plainLine(path)), comment: 'The policy file' }] }),
  };
}

function attestationOf(policy: AppliedPolicy, controls: readonly ControlResult[], name: string) {
  return {
    summary: plainLine(`What ${policy.id} ${policy.version} asks of ${name}. ${caution}`),
    assessor: assessorRef,
    map: ownControls(policy, controls)
      .filter(({ control }) => control.outcome !== 'not-applicable')
      .map(({ control, index }) => mapOf(control, index)),
  };
}

/** What is waived keeps its score: the waiver is a strategy beside it. What was not assessed is held with no confidence at all. */
function mapOf(control: ControlResult, index: number) {
  const { outcome, value, reason, waiver } = control;
  const speaksFor = outcome === 'compliant' || outcome === 'partial';
  return {
    requirement: requirementRef(index),
    [speaksFor ? 'claims' : 'counterClaims']: [claimRef(index)],
    conformance: {
      score: Math.min(1, Math.max(0, value ?? 0)),
      rationale: plainLine(`${wordOutcome(control)}: ${reason}`),
      ...(waiver === undefined ? {} : { mitigationStrategies: [waiverRef(waiver)] }),
    },
    ...(outcome === 'not-assessed' ? { confidence: { score: 0, rationale: 'Not assessed.' } } : {}),
  };
}

function claimOf(control: ControlResult, index: number, refOf: EvidenceRef) {
  const { id, title, reason, checks, waiver, remediation } = control;
  const seen = (passed: boolean): readonly string[] => {
    const looked = checks.filter(({ state }) => (state === 'pass') === passed);
    return [...new Set(looked.flatMap(({ evidence }) => evidence.map(refOf)))];
  };
  const [speaksFor, against] = [seen(true), seen(false)];
  return {
    'bom-ref': claimRef(index),
    target: modelRef,
    predicate: plainLine(`${id}, ${title}: ${wordOutcome(control)}`),
    ...(waiver === undefined ? {} : { mitigationStrategies: [waiverRef(waiver)] }),
    reasoning: plainLine(
      isFailure(control) && remediation !== undefined ? `${reason} What to do: ${remediation}` : reason,
    ),
    ...(speaksFor.length === 0 ? {} : { evidence: speaksFor }),
    ...(against.length === 0 ? {} : { counterEvidence: against }),
  };
}

function evidenceOf(ref: string, evidence: Evidence) {
  const { kind, digest, path, collectedAt, expiresAt, by } = evidence;
  const [created, expires] = [isoTime(collectedAt), isoTime(expiresAt)];
  return {
    'bom-ref': ref,
    propertyName: `aiwb:evidence:${kind}`,
    description: plainLine(
      digest === undefined ? describeEvidence(evidence) : `${describeEvidence(evidence)}, SHA-256 ${digest}`,
    ),
    ...(path === undefined
      ? {}
      : { data: [{ name: plainLine(evidence.title), contents: { url: sarifUri(plainLine(path)) } }] }),
    ...(created === undefined ? {} : { created }),
    ...(expires === undefined ? {} : { expires }),
    ...(by === undefined ? {} : { author: contactOf(by) }),
  };
}

function waiverOf(waiver: Waiver) {
  const [created, expires] = [isoTime(waiver.requestedAt), isoTime(waiver.expiresAt)];
  const reviewer = waiver.approvals[0]?.by;
  return {
    'bom-ref': waiverRef(waiver.id),
    propertyName: 'aiwb:waiver',
    description: describeWaiver(waiver),
    ...(created === undefined ? {} : { created }),
    ...(expires === undefined ? {} : { expires }),
    author: contactOf(waiver.requestedBy),
    ...(reviewer === undefined ? {} : { reviewer: contactOf(reviewer) }),
  };
}
