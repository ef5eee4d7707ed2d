import type { DryRunEstimate, VariantEstimate } from '../../schemas/generated/messages.ts';
import { readTrainingRows } from '../datasets/scan.ts';
import { parametersOf, priceOf } from '../models/connections.ts';
import { describeLent } from './lent-notes.ts';
import { textOf } from '../models/model.ts';
import { inputAsMessage } from '../prompts/prompt.ts';
import { estimateMeasuring } from './estimate-measuring.ts';
import { estimateTokens, priceOfTokens } from '../models/cost.ts';
import type { PlannedModel, PlannedVariant, RunPlan } from './plan.ts';
import { planRun } from './plan-run.ts';
import type { RunPorts } from './ports.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import { parseTrainedName } from '../registry/trained-name.ts';

/** Plans a run and estimates what it would send and cost. Nothing is sent, and no secret is read. */
export async function estimateRun(spec: RunSpec, ports: RunPorts, signal: AbortSignal): Promise<DryRunEstimate> {
  const plan = await planRun(spec, ports, signal);
  const trains = plan.models.some(model => model.kind === 'embedded');
  const trainingRows = trains
    ? (await readTrainingRows(ports.files, ports.digest, plan.selection, signal)).rows.length
    : 0;
  const variants = plan.variants.map(variant => estimateVariant(variant, plan));
  const measuring = estimateMeasuring(plan, averageTargetTokens(plan) * 4);
  const unpriced = new Set([...plan.models.filter(isUncounted).map(({ name }) => name), ...measuring.unpriced]);
  const costs = variants.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  return {
    name: plan.benchmark.name,
    rows: plan.scan.rows,
    trainingRows,
    repeats: plan.repeats,
    samples: variants.reduce((sum, { samples }) => sum + samples, 0),
    inputTokens: variants.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
    ...(costs.length > 0 ? { cost: costs.reduce((sum, cost) => sum + cost, 0) } : {}),
    ...(measuring.cost === undefined ? {} : { measuringCost: measuring.cost }),
    ...(unpriced.size === 0 ? {} : { unpriced: [...unpriced] }),
    variants,
    notes: [...notesOf(plan), ...measuring.notes],
  };
}

/** Prompts add the same text to every row, so the first rows tell how much. */
function estimateVariant({ model, prompt }: PlannedVariant, plan: RunPlan): VariantEstimate {
  const samples = plan.scan.rows * plan.repeats;
  if (model.kind !== 'connection') return { model: model.name, samples, inputTokens: 0, outputTokens: 0, cost: 0 };
  const rendered = plan.scan.preview.map(row =>
    (prompt?.render(row.values) ?? inputAsMessage(row.input))
      .map(message => `${message.role}: ${textOf(message)}`)
      .join('\n'),
  );
  const previewInput = plan.scan.preview.reduce((sum, row) => sum + row.input.length, 0);
  const overhead = (rendered.reduce((sum, text) => sum + text.length, 0) - previewInput) / Math.max(1, rendered.length);
  const characters = (plan.scan.inputCharacters + overhead * plan.scan.rows) * plan.repeats;
  const inputTokens = estimateTokens(characters);
  const parameters = { ...parametersOf(model.connection), ...prompt?.parameters };
  const outputTokens = samples * (parameters.maxTokens ?? usualAnswer(plan));
  const price = priceOf(model.connection);
  return {
    model: model.name,
    ...(prompt === undefined ? {} : { prompt: prompt.path }),
    samples,
    inputTokens,
    outputTokens,
    ...(price === undefined
      ? {}
      : { cost: priceOfTokens(inputTokens, outputTokens, price) + samples * (price.perRequest ?? 0) }),
    ...(rendered[0] === undefined ? {} : { firstRequest: rendered[0] }),
  };
}

/** Tokens of an answer that nothing bounds and nothing is known of. */
const freeAnswer = 256;

function usualAnswer(plan: RunPlan): number {
  return plan.spec.kind === 'prompt' ? freeAnswer : averageTargetTokens(plan);
}

/** An answer is taken to be as long as the expected ones when nothing bounds it. */
function averageTargetTokens(plan: RunPlan): number {
  const lengths = plan.scan.preview.map(row => estimateTokens(row.target.length));
  return Math.max(1, Math.ceil(lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length)));
}

function notesOf(plan: RunPlan): string[] {
  const notes: string[] = [];
  const connections = plan.models.flatMap(model => (model.kind === 'connection' ? [model] : []));
  if (connections.length > 0) notes.push('Tokens are estimated at four characters each; the endpoint counts its own.');
  const unpriced = connections.filter(isUnpriced).map(model => model.name);
  if (unpriced.length > 0) notes.push(`No price is known for ${unpriced.join(', ')}: its cost is not in the sum.`);
  if (plan.spec.kind === 'prompt' && connections.length > 0)
    notes.push(
      `Answers are taken to be ${String(freeAnswer)} tokens long where \`modelParameters.maxTokens\` does not bound them.`,
    );
  const timed = connections
    .filter(model => priceOf(model.connection)?.perMinute !== undefined)
    .map(model => model.name);
  if (timed.length > 0)
    notes.push(
      `The price of minutes of ${timed.join(', ')} is not in the sum: how long the sounds are is known once they are sent.`,
    );
  const unknown = plan.models.filter(isUnresolved).map(model => model.name);
  if (unknown.length > 0)
    notes.push(
      `Who answers for ${unknown.join(', ')} is found out when the run starts: what asking costs is not in the sum.`,
    );
  if (plan.limits.budget !== undefined)
    notes.push(`The run stops before it passes its budget of ${plan.limits.budget.toFixed(2)} USD.`);
  return [
    ...notes,
    ...describeLent(
      plan.models,
      plan.variants.some(({ prompt }) => prompt !== undefined),
    ),
  ];
}

/** Whether what asking a model costs cannot be told: no price is known, or one by the minute. Recorded answers cost nothing. */
function isUncounted(model: PlannedModel): boolean {
  if (isUnresolved(model)) return true;
  if (model.kind !== 'connection' || model.connection.provider === 'replay') return false;
  const price = priceOf(model.connection);
  return price === undefined || price.perMinute !== undefined;
}

/** A version of another registry, of which nothing is known here yet. */
function isUnresolved(model: PlannedModel): boolean {
  if (model.kind !== 'trained' || model.reference !== undefined) return false;
  const named = parseTrainedName(model.name);
  return named?.kind === 'registry' && named.registry !== undefined;
}

/** A lent model has no price to know. */
function isUnpriced({ connection }: Extract<PlannedModel, { kind: 'connection' }>): boolean {
  return priceOf(connection) === undefined && connection.provider !== 'vscode-lm';
}
