import { isSeq } from 'yaml';
import type { MetricName } from '../../schemas/generated/files.ts';
import { rootSchema, schemaAt } from '../../engine/documents/schema.ts';
import { addFields, addItem } from '../../engine/edits/fields.ts';
import { nodeAt } from '../../engine/edits/places.ts';
import { writeFlow } from '../../engine/edits/write-value.ts';
import { metricCatalogue } from '../../engine/metrics/catalogue.ts';
import { draftAt } from '../tree.ts';
import { mappingOf } from '../workspace.ts';
import { inTitle, offerFix, type FixMaker, type Offer } from './offer.ts';
import { exampleOf } from './placeholders.ts';
import { pathOf } from './spots.ts';

/** Has the metric computed that a gate judges. */
export const computeFigure: FixMaker = (finding, scene) => {
  const path = pathOf(finding, scene);
  const figure = draftAt(scene.parsed.draft, path);
  if (scene.parsed.kind !== 'bench' || typeof figure !== 'string' || finding.replacement !== undefined) return [];
  const owner = [...metricCatalogue.values()].find(({ id, figures }) => id === figure || figures.includes(figure));
  if (owner === undefined) return [];
  const value = withParameters(owner.id) ?? owner.id;
  const order = Object.keys(rootSchema('bench').properties ?? {});
  const hasMetrics = nodeAt(scene.parsed, ['metrics']) !== undefined;
  const changes = hasMetrics
    ? addItem(scene.parsed, ['metrics'], value)
    : // Those that were measured without being named stay.
      addFields(scene.parsed, [], [{ name: 'metrics', value: ['exact-match', 'latency', 'cost', value] }], order);
  return offerFix(`Add \`${owner.id}\` to \`metrics\``, changes, { isPreferred: value === owner.id });
};

/** A metric with the parameters it cannot do without, absent where it needs none. */
export function withParameters(name: string): Readonly<Record<string, unknown>> | undefined {
  const schema = schemaAt('bench', ['metrics', 0, name]);
  const choices = (schema?.anyOf ?? []).flatMap(({ required }) => required ?? []);
  const choice = choices.includes('criteria') ? 'criteria' : choices[0];
  const needed = schema?.required ?? (choice === undefined ? [] : [choice]);
  if (needed.length === 0) return undefined;
  return { [name]: Object.fromEntries(needed.map(field => [field, exampleOf(schema?.properties?.[field])])) };
}

/** Gives a metric the parameters it needs. */
export const giveParameters: FixMaker = (finding, scene) => {
  const path = pathOf(finding, scene);
  const name = draftAt(scene.parsed.draft, path);
  const node = nodeAt(scene.parsed, path);
  if (scene.parsed.kind !== 'bench' || typeof name !== 'string' || !node?.range) return [];
  const value = metricCatalogue.has(name as MetricName) ? withParameters(name) : undefined;
  if (value === undefined) return [];
  const list = nodeAt(scene.parsed, path.slice(0, -1));
  const flow = writeFlow(value);
  const text = isSeq(list) && list.flow !== true ? flow.slice(1, -1) : flow;
  return offerFix(`Give \`${name}\` its parameters`, [{ start: node.range[0], end: node.range[1], text }], {
    isPreferred: true,
  });
};

/** Compares with, or judges, a model by asking it. */
export const askModel: FixMaker = (finding, scene) => {
  const name = draftAt(scene.parsed.draft, pathOf(finding, scene));
  if (scene.parsed.kind !== 'bench' || typeof name !== 'string') return [];
  return offerFix(`Add \`${inTitle(name)}\` to \`models\``, addItem(scene.parsed, ['models'], name));
};

/** Breaks the results down by the column that a metric compares the groups of. */
export const addSlice: FixMaker = (finding, scene) => {
  const name = draftAt(scene.parsed.draft, pathOf(finding, scene));
  if (scene.parsed.kind !== 'bench' || typeof name !== 'string') return [];
  const order = Object.keys(rootSchema('bench').properties?.['dataset']?.properties ?? {});
  return offerFix(
    `Add \`${inTitle(name)}\` to \`dataset.slices\``,
    addItem(scene.parsed, ['dataset', 'slices'], name, order),
  );
};

/** Keeps a part of the rows to learn from. */
export const addSplit: FixMaker = (finding, scene): readonly Offer[] => {
  const path = pathOf(finding, scene);
  const { dataset } = mappingOf(scene.parsed.draft) as { readonly dataset?: unknown };
  if (scene.parsed.kind !== 'bench' || path[0] !== 'models' || mappingOf(dataset)['split'] !== undefined) return [];
  const order = Object.keys(rootSchema('bench').properties?.['dataset']?.properties ?? {});
  return offerFix(
    'Ask 30% of the rows and learn from the others',
    addFields(scene.parsed, ['dataset'], [{ name: 'split', value: { test: '30%' } }], order),
  );
};
