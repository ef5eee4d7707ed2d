import type {
  AssessmentRecord,
  ControlResult,
  ControlSeverity,
  Evidence,
  FrameworkMapping,
} from '../../schemas/generated/messages.ts';
import { sarifLog, sarifUri, type SarifLevel } from '../diagnostics/sarif.ts';
import { orderControls, wordOutcome } from '../governance/order.ts';
import { isoTime, isSha256 } from './identifiers.ts';
import { placeKey, type ExportSource } from './source.ts';
import { caution, describeSource, describeWaiver, isFailure, plainLine } from '../governance/describe.ts';

/**
 * What did not come out as the policies ask, as a SARIF 2.1.0 log: a rule and a result for each control that failed or was not
 * assessed, at the line of its policy where that is known. Waived ones are suppressed, with their reason. Controls that are met or do
 * not apply have no result.
 */
export function renderGovernanceSarif({ view, places, sha256 }: ExportSource): string {
  const { record, digest } = view.scorecard;
  const open = orderControls(record.controls).filter(
    control => isFailure(control) || control.outcome === 'not-assessed',
  );
  const taxonomies = taxonomiesOf(open);
  const { model, version } = record.subject;
  const time = isoTime(record.assessedAt);
  return sarifLog({
    tool: {
      driver: {
        name: 'aiwb',
        fullName: 'AI Workbench',
        version: plainLine(record.workbench),
        rules: open.map(control => ruleOf(control, taxonomies)),
        ...(taxonomies.length === 0 ? {} : { supportedTaxonomies: taxonomies.map(referTo) }),
      },
    },
    ...(taxonomies.length === 0 ? {} : { taxonomies: taxonomies.map(taxonomyOf) }),
    automationDetails: {
      // Code hosts take what stands before the last slash as the category: one for each model.
      id: `aiwb/assess/${sarifUri(plainLine(model).replaceAll('/', '-'))}/${sarifUri(plainLine(version).replaceAll('/', '-'))}`,
    },
    invocations: [{ executionSuccessful: true, ...(time === undefined ? {} : { endTimeUtc: time }) }],
    artifacts: record.policies.flatMap(artifactOf),
    results: open.map(control => ({
      ruleId: plainLine(control.id),
      ruleIndex: open.indexOf(control),
      level: control.outcome === 'not-assessed' ? 'note' : levels[control.severity],
      message: { text: messageOf(control) },
      locations: [locationOf(control, record, places)],
      ...relatedOf(control),
      partialFingerprints: { 'aiwbControl/v1': sha256(JSON.stringify([model, control.policy, control.id])) },
      ...suppressionsOf(control, record),
      properties: {
        outcome: control.outcome,
        severity: control.severity,
        policy: plainLine(control.policy),
        ...(control.tightenedBy === undefined ? {} : { tightenedBy: control.tightenedBy.map(plainLine) }),
      },
    })),
    properties: {
      model: plainLine(model),
      version: plainLine(version),
      gate: record.gate.outcome,
      score: record.score,
      evidenceCoverage: record.coverage,
      waived: record.waived,
      record: plainLine(record.id),
      recordSha256: digest,
      caution,
    },
  });
}

const levels: Readonly<Record<ControlSeverity, SarifLevel>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};

function ruleOf(control: ControlResult, taxonomies: readonly Taxonomy[]) {
  const { id, title, description, severity, remediation, mappings } = control;
  const source = describeSource(control);
  const help = [remediation, source === undefined ? undefined : `From ${source}`].filter(text => text !== undefined);
  const relationships = mappings.flatMap(mapping => relationOf(mapping, taxonomies));
  return {
    id: plainLine(id),
    shortDescription: { text: literal(title) },
    ...(description === undefined ? {} : { fullDescription: { text: literal(description) } }),
    ...(help.length === 0 ? {} : { help: { text: literal(help.join(' ')) } }),
    defaultConfiguration: { level: levels[severity] },
    ...(relationships.length === 0 ? {} : { relationships }),
    properties: {
      severity,
      tags: [...new Set(['governance', severity, ...mappings.map(({ framework }) => plainLine(framework))])],
    },
  };
}

interface Taxonomy {
  readonly name: string;
  readonly version: string;
  /** Name by id, in the order they are first named. */
  readonly taxa: ReadonlyMap<string, string | undefined>;
}

/** The frameworks that the controls are mapped to, each version on its own, with the ids that are named. */
function taxonomiesOf(controls: readonly ControlResult[]): readonly Taxonomy[] {
  const found = new Map<string, { name: string; version: string; taxa: Map<string, string | undefined> }>();
  for (const { framework, version, id, name } of controls.flatMap(({ mappings }) => mappings)) {
    const key = JSON.stringify([framework, version]);
    const taxonomy = found.get(key) ?? { name: framework, version, taxa: new Map<string, string | undefined>() };
    taxonomy.taxa.set(id, name);
    found.set(key, taxonomy);
  }
  return [...found.values()];
}

function taxonomyOf({ name, version, taxa }: Taxonomy) {
  return {
    name: plainLine(name),
    version: plainLine(version),
    isComprehensive: false,
    taxa: [...taxa].map(([id, title]) => ({
      id: plainLine(id),
      ...(title === undefined ? {} : { shortDescription: { text: literal(title) } }),
    })),
  };
}

function referTo({ name }: Taxonomy, index: number) {
  return { name: plainLine(name), index };
}

function relationOf({ framework, version, id, relation }: FrameworkMapping, taxonomies: readonly Taxonomy[]) {
  const at = taxonomies.findIndex(each => each.name === framework && each.version === version);
  const taxonomy = taxonomies[at];
  if (taxonomy === undefined) return [];
  const index = [...taxonomy.taxa.keys()].indexOf(id);
  return [
    {
      target: { id: plainLine(id), index, toolComponent: referTo(taxonomy, at) },
      kinds: ['relevant'],
      description: { text: `The control ${relation} it.` },
    },
  ];
}

function artifactOf({ path, digest, id, version }: AssessmentRecord['policies'][number]) {
  if (path === undefined) return [];
  return [
    {
      location: sourceFile(path),
      description: { text: literal(`Policy ${id} ${version}`) },
      ...(isSha256(digest) ? { hashes: { 'sha-256': digest } } : {}),
    },
  ];
}

function messageOf(control: ControlResult): string {
  const { id, title, reason, remediation, checks } = control;
  const failed = checks.filter(({ state }) => state !== 'pass' && state !== 'not-applicable');
  return literal(
    [
      `${id}, ${title}: ${wordOutcome(control)}. ${reason}`,
      ...failed.filter(check => check.reason !== reason).map(check => `${check.id}: ${check.reason}`),
      ...(isFailure(control) && remediation !== undefined ? [`What to do: ${remediation}`] : []),
    ].join(' '),
  );
}

function locationOf(control: ControlResult, { policies }: AssessmentRecord, places: ExportSource['places']) {
  const path = policies.find(({ id }) => id === control.policy)?.path;
  const place = places.get(placeKey(control));
  const region = place === undefined ? {} : { region: { startLine: place.line, startColumn: place.column } };
  return {
    ...(path === undefined ? {} : { physicalLocation: { artifactLocation: sourceFile(path), ...region } }),
    logicalLocations: [
      {
        name: plainLine(control.id),
        fullyQualifiedName: plainLine(`${control.policy}/${control.id}`),
        kind: 'member',
      },
    ],
  };
}

/** Files of the workspace that a check looked at. */
function relatedOf({ checks }: ControlResult) {
  const looked = checks.flatMap(({ id, evidence }) => evidence.map(each => ({ check: id, each })));
  const inFiles = looked.filter((seen): seen is { check: string; each: Evidence & { path: string } } => {
    return seen.each.path !== undefined;
  });
  if (inFiles.length === 0) return {};
  const relatedLocations = inFiles.map(({ check, each }, id) => ({
    id,
    message: { text: literal(`${check} looked at ${each.title}`) },
    physicalLocation: {
      artifactLocation: sourceFile(each.path),
      ...(each.line !== undefined && each.line > 0 ? { region: { startLine: each.line } } : {}),
    },
  }));
  return { relatedLocations };
}

function suppressionsOf({ waiver }: ControlResult, { waivers }: AssessmentRecord) {
  if (waiver === undefined) return {};
  const found = waivers.find(({ id }) => id === waiver);
  const justification = found === undefined ? `Waiver ${plainLine(waiver)}` : describeWaiver(found);
  return { suppressions: [{ kind: 'external', status: 'accepted', justification }] };
}

/** Paths of records are relative to the workspace folder, which is the root of the sources wherever one is checked out. */
function sourceFile(path: string) {
  const uri = sarifUri(plainLine(path));
  return /^[a-z]+:/.test(uri) ? { uri } : { uri, uriBaseId: '%SRCROOT%' };
}

/** Text of a message without SARIF's own markup: braces are doubled, and nothing in it is a link. */
function literal(text: string): string {
  return plainLine(text).replace(/[{}]/g, '$&$&').replaceAll('](', '] (');
}
