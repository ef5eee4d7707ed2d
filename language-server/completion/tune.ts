import { CompletionItemKind } from 'vscode-languageserver';
import { trainableModel } from '../../engine/documents/formats.ts';
import { localPlatform, selectableFigures, tuningMetricNames } from '../../engine/documents/tune-checks.ts';
import {
  metricsOfDraft,
  offerCheckpoints,
  offerEmbedded,
  offerMetrics,
  type Scene,
  type ValueOffer,
} from './offers.ts';
import { offerVersions } from './models.ts';
import { offerElsewhere } from './registries.ts';
import { offerResults } from './results.ts';
import type { Row } from '../names/table.ts';
import { draftAt } from '../tree.ts';
import { mappingOf } from '../workspace.ts';

/** What a tuning job can name outside of its datasets; absent where only the schema knows. */
export async function offerInTuningJob(
  scene: Scene,
  { field }: Row,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const { workspace, uri, parsed } = scene;
  const draft = mappingOf(parsed.draft);
  switch (field) {
    case 'base':
      return [
        offerEmbedded(trainableModel),
        ...offerResults(scene, ({ kind }) => kind === 'tune', 'checkpoint:'),
        ...(await offerCheckpoints(workspace, uri, draft['name'], signal)),
        ...(await offerVersions(scene, 'registry:', signal)),
        ...(await offerElsewhere(scene, 'registry:', signal)),
      ];
    case 'platform':
      return offerPlatforms(scene, signal);
    case 'evaluation.metrics.*':
      return offerMetrics(tuningMetricNames());
    case 'register.model':
      return offerRegisteredNames(scene, signal);
    case 'evaluation.select.aspect': {
      const aspects = Object.keys(mappingOf(draft['aspects']));
      return aspects.length === 0
        ? undefined
        : aspects.map(value => ({ value, detail: 'aspect', kind: CompletionItemKind.Value }));
    }
    case 'evaluation.select.metric': {
      const { metrics } = metricsOfDraft(draftAt(draft, ['evaluation', 'metrics']));
      return offerMetrics(selectableFigures(metrics === undefined ? {} : { evaluation: { metrics } }));
    }
    default:
      return undefined;
  }
}

async function offerPlatforms({ workspace, uri }: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const names = [...new Set([localPlatform, ...Object.keys(await workspace.platforms(uri, signal))])];
  return names.map(value => ({
    value,
    detail: value === localPlatform ? 'this machine' : 'platform',
    kind: CompletionItemKind.Interface,
  }));
}

/** Models that are registered already: a job may add a version to one. */
async function offerRegisteredNames(
  { context, uri }: Scene,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const models = (await context.history.models(uri, signal)).filter(({ state }) => state === 'LIVE');
  if (models.length === 0) return undefined;
  return models.map(({ name, versions }) => ({
    value: name,
    detail: `registered, ${versions} ${versions === 1 ? 'version' : 'versions'}`,
    kind: CompletionItemKind.Reference,
  }));
}
