import type { CheckResult, ControlResult, Evidence } from '../../schemas/generated/messages.ts';
import { sarifUri } from '../diagnostics/sarif.ts';
import { isSha256, newest, oldest } from './identifiers.ts';
import { list, moment, partyId, prose, props, type OscalContext } from './oscal-parts.ts';
import { methodOf } from './oscal-plan.ts';
import { describeEvidence, plainLine } from '../governance/describe.ts';

/** Every check as an observation, with the evidence it looked at as resources of the back matter. */
export function observationsOf(control: ControlResult, at: number, context: OscalContext) {
  return control.checks.map((check, index) => observationOf(check, [at, index], context));
}

/** UUID of the observation about a check, by the places of control and check. */
export function observationId(place: readonly [control: number, check: number], { uuid }: OscalContext): string {
  return uuid('observation', ...place);
}

function observationOf(check: CheckResult, place: readonly [number, number], context: OscalContext) {
  const { record, ids, uuid } = context;
  const { id, kind, title, state, reason, evidence, required, actual, low, high, confidence, judged, n, unit, slice } =
    check;
  const expires = oldest(evidence.map(({ expiresAt }) => expiresAt));
  const people = evidence.flatMap(({ by }) => by ?? []);
  const parties = [...new Set(people.map(person => partyId(person, uuid)))];
  return {
    uuid: observationId(place, context),
    title: prose(`${id}: ${title}`),
    description: prose(reason),
    ...props({
      'check-id': id,
      kind,
      state,
      required,
      actual,
      low,
      high,
      confidence,
      judged,
      n,
      unit,
      slice,
      benchmark: check.benchmark,
      metric: check.metric,
    }),
    methods: [methodOf[kind]],
    types: ['control-objective'],
    origins: [
      {
        actors: [
          { type: 'tool', 'actor-uuid': ids.tool },
          ...parties.map(party => ({ type: 'party', 'actor-uuid': party })),
        ],
      },
    ],
    subjects: [{ 'subject-uuid': ids.model, type: 'component' }],
    ...list(
      'relevant-evidence',
      evidence.map(each => ({ href: `#${resourceId(each, context)}`, description: prose(describeEvidence(each)) })),
    ),
    collected: moment(newest(evidence.map(({ collectedAt }) => collectedAt)) ?? record.assessedAt),
    ...(expires === undefined ? {} : { expires: moment(expires) }),
  };
}

/** The record's evidence as resources, each once. */
export function resourcesOf(context: OscalContext) {
  const all = context.record.controls.flatMap(({ checks }) => checks).flatMap(({ evidence }) => evidence);
  const byId = new Map(all.map(each => [resourceId(each, context), each]));
  return [...byId].map(([uuid, each]) => ({
    uuid,
    title: prose(each.title),
    description: prose(describeEvidence(each)),
    ...props({
      kind: each.kind,
      'run-id': each.runId,
      variant: each.variant,
      tool: each.tool,
      model: each.model,
      'prompt-sha256': each.promptDigest,
      'document-sha256': each.document,
      page: each.page,
      start: each.start,
      end: each.end,
    }),
    rlinks: [{ href: hrefOf(each), ...list('hashes', hashesOf(each)) }],
  }));
}

/** A file of the workspace by its path, everything else by a name that says which record it is. */
function hrefOf({ path, kind, digest, runId }: Evidence): string {
  if (path !== undefined) return sarifUri(plainLine(path)) || '.';
  const name = runId ?? digest ?? kind;
  return `urn:ai-workbench:${kind}:${encodeURIComponent(plainLine(name))}`;
}

function hashesOf({ digest }: Evidence) {
  return isSha256(digest) ? [{ algorithm: 'SHA-256', value: digest }] : [];
}

function resourceId(evidence: Evidence, { uuid }: OscalContext): string {
  const { kind, title, digest = '', runId = '', path = '', line = 0, variant = -1, start = -1 } = evidence;
  return uuid('evidence', kind, title, digest, runId, path, line, variant, start);
}
