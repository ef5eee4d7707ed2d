import type { AssessmentSummary, ModelVersion, RegisteredModel } from '../../schemas/generated/messages.ts';
import { describeDate } from '../../engine/base/dates.ts';
import { groupDigits } from '../../engine/reports/format.ts';
import { parseReference } from '../../engine/base/registry-reference.ts';
import type { ServerContext } from '../context.ts';
import { describeCheckpoint, describeConnection, describeEmbedded } from './describe.ts';
import { describeElsewhere } from './describe-registry.ts';
import { nameOf, summaryLines, variantOf } from '../memory/figures.ts';
import { lastRunAsking, wordAge } from '../memory/last-runs.ts';
import { code, plain, shorten } from '../markdown.ts';
import { mappingOf } from '../workspace.ts';

/** A model's help with its last figures, whatever kind of model it is; absent for a name that stands for none. */
export async function describeModel(
  context: ServerContext,
  uri: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const known = await describeKnown(context, uri, name, signal);
  const figures = await describeLastFigures(context, uri, name, signal);
  return known === undefined && figures === undefined
    ? undefined
    : [known ?? `**${plain(shorten(name, 120))}**`, ...(figures === undefined ? [] : [figures])].join('\n\n');
}

async function describeKnown(
  context: ServerContext,
  uri: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const own =
    describeEmbedded(name) ?? describeBase(name) ?? (await describeCheckpoint(context.workspace, uri, name, signal));
  if (own !== undefined) return own;
  if (name.startsWith('registry:')) return describeReference(context, uri, name.slice('registry:'.length), signal);
  const connections = await context.workspace.connections(uri, signal);
  return Object.hasOwn(connections, name) ? describeConnection(name, mappingOf(connections[name])) : undefined;
}

/** What a tuning job may start from and no benchmark asks. */
function describeBase(name: string): string | undefined {
  const [, sort, rest = ''] = /^(hub|folder|service):(.+)$/.exec(name) ?? [];
  const shown = code(shorten(rest, 120));
  switch (sort) {
    case 'hub':
      return `Model of the Hugging Face hub: ${shown}. The place that trains it downloads it; without \`@REVISION\` its newest one, which the run records.`;
    case 'folder':
      return `Transformers model in the folder ${shown}, seen from this file's folder.`;
    case 'service':
      return `Model ${shown} of the platform's own service, which tunes it and keeps the result.`;
    default:
      return undefined;
  }
}

/** Quality, latency and cost in the newest run in which the model was asked; absent where it never was. */
async function describeLastFigures(
  { history, ports }: ServerContext,
  uri: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const run = await lastRunAsking(history, uri, name, signal);
  const variant = run && variantOf(run.report, name);
  if (run === undefined || variant === undefined) return undefined;
  const prompt = nameOf(variant, run.report) === name ? '' : `, best with ${code(nameOf(variant, run.report))}`;
  const head = `Last asked by ${code(shorten(run.summary.name, 120))} ${wordAge(run.summary, ports.clock.now())}${prompt}`;
  const failed = variant.failed > 0 ? [`${groupDigits(variant.failed)} answers failed`] : [];
  const lines = [...summaryLines(variant, run.report), ...failed].map(line => `- ${plain(line)}`);
  return lines.length === 0 ? head : `${head}:\n\n${lines.join('\n')}`;
}

/** What `[REGISTRY/]MODEL[@VERSION]` stands for, here or elsewhere. */
export async function describeReference(
  context: ServerContext,
  uri: string,
  text: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  const { registry, model, version } = reference;
  return registry === undefined
    ? describeRegistered(context, uri, model, version, signal)
    : describeElsewhere(context, uri, { ...reference, registry }, signal);
}

/** A version of the local registry: status, aliases, where it comes from, and its newest scorecard. Without a version, the model. */
async function describeRegistered(
  { history }: ServerContext,
  uri: string,
  name: string,
  versionOrAlias: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const model = (await history.models(uri, signal)).find(candidate => candidate.name === name);
  if (model === undefined) return undefined;
  const versions = await history.versions(uri, name, signal);
  const assessments = await history.assessments(uri, name, signal);
  if (versionOrAlias === undefined) return describeAllVersions(model, versions);
  const wanted = Object.hasOwn(model.aliases, versionOrAlias) ? model.aliases[versionOrAlias] : versionOrAlias;
  const version = versions.find(candidate => candidate.version === wanted);
  if (version === undefined)
    return `${code(name)} has no version or alias ${code(versionOrAlias)}.\n\n${describeAllVersions(model, versions)}`;
  const assessment = assessments.find(candidate => candidate.version === version.version);
  const facts = [
    `Status: ${version.status}${version.aliases.length === 0 ? '' : `, also called ${listCode(version.aliases)}`}`,
    ...provenance(version),
    assessment === undefined ? 'Not assessed yet' : wordAssessment(assessment),
    `Weights: ${version.weightsDigest === undefined ? 'unknown' : code(`${version.weightsDigest.slice(0, 16)}…`)}`,
  ];
  const description = version.description ?? model.description;
  const text = description === undefined ? '' : `\n\n${plain(shorten(description, 400))}`;
  const registered = `registered on ${describeDate(version.createdAt)} by ${plain(version.author.name ?? version.author.email)}`;
  const [newest] = versions;
  const newer = newest === undefined || newest === version ? '' : `, ${plain(newest.version)} is the newest`;
  return `**${plain(name)}** version ${plain(version.version)} (${registered}${newer})${text}\n\n${facts.join('  \n')}`;
}

function describeAllVersions(model: RegisteredModel, versions: readonly ModelVersion[]): string {
  const shown = versions.slice(0, 8).map(version => {
    const aliases = version.aliases.length === 0 ? '' : `: ${listCode(version.aliases)}`;
    return `- ${plain(version.version)}, ${version.status}${aliases}`;
  });
  const more = versions.length - 8;
  const description = model.description === undefined ? '' : `\n\n${plain(shorten(model.description, 400))}`;
  const list = [...shown, ...(more > 0 ? [`- and ${more} older`] : [])].join('\n');
  return `**${plain(model.name)}** (registered model)${description}\n\n${list}`;
}

function provenance({ lineage }: ModelVersion): readonly string[] {
  const from = lineage.base === undefined ? '' : ` from ${code(lineage.base.name)}`;
  const job = lineage.job === undefined ? undefined : `Tuned by ${code(lineage.job)}${from}`;
  const data = lineage.datasets.slice(0, 6).map(({ path, rows }) => `${code(path)} (${groupDigits(rows)} rows)`);
  return [
    ...(job === undefined ? [] : [`${job}${lineage.runId === undefined ? '' : `, run ${code(lineage.runId)}`}`]),
    ...(data.length === 0 ? [] : [`Data: ${data.join(', ')}`]),
  ];
}

const gates = { passed: 'gate passed', failed: 'gate NOT passed', 'not-computed': 'gate not computed' } as const;

function wordAssessment({ gate, score, coverage, assessedAt, policies }: AssessmentSummary): string {
  const points = score === null ? 'no control applies' : `score ${score.toFixed(1)} of 100`;
  const under = policies.length === 0 ? '' : ` under ${policies.slice(0, 4).map(code).join(', ')}`;
  return `Scorecard: ${gates[gate]}, ${points}, evidence for ${coverage.toFixed(0)} %, on ${describeDate(assessedAt)}${under}`;
}

function listCode(names: readonly string[]): string {
  return names.slice(0, 8).map(code).join(', ');
}
