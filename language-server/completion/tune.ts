import { CompletionItemKind } from 'vscode-languageserver';
import { trainableModel } from '../../engine/documents/formats.ts';
import { localPlatform, selectableFigures, tuningMetricNames } from '../../engine/diagnostics/tune-checks.ts';
import { isKind } from '../../engine/diagnostics/diagnose.ts';
import { namedTaskOf } from '../../engine/documents/tune-kind.ts';
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
        ...(await offerFolders(scene, signal)),
        ...otherBases,
      ];
    case 'platform':
      return offerPlatforms(scene, signal);
    case 'evaluation.metrics.*':
      return offerMetrics(tuningMetricNames(taskOf(scene)));
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
      const job = isKind(parsed, 'tune') ? parsed.value : undefined;
      return offerMetrics(selectableFigures(metrics === undefined ? (job ?? {}) : { evaluation: { metrics } }));
    }
    default:
      return undefined;
  }
}

/** What is known of the task while the job is written: what it says, and all of it once it is right. */
function taskOf({ parsed }: Scene): TuningTask | undefined {
  if (isKind(parsed, 'tune') && parsed.value !== undefined) return namedTaskOf(parsed.value);
  const { task, base } = mappingOf(parsed.draft);
  const known = tuningTasks.find(name => name === task);
  return known ?? (typeof base === 'string' && base.startsWith('embedded:') ? 'text-classification' : undefined);
}

type TuningTask = NonNullable<ReturnType<typeof namedTaskOf>>;

const tuningTasks = [
  'text-generation',
  'text-classification',
  'automatic-speech-recognition',
] as const satisfies readonly TuningTask[];

const otherBases: readonly ValueOffer[] = [
  ['hub:', 'model of the Hugging Face hub'],
  ['folder:', 'folder with a Transformers model'],
  ['service:', 'model that the platform’s service tunes'],
].map(([value = '', detail = '']) => ({ value, detail, kind: CompletionItemKind.Keyword, isBeginning: true }));

/** Folders below the job's that hold a Transformers model. */
async function offerFolders({ workspace, uri, files }: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const folder = workspace.folderOf(uri);
  if (folder === undefined) return [];
  const found = await files.below(folder, /^config\.json$/, signal);
  return found.flatMap(path =>
    path.includes('/')
      ? [
          {
            value: `folder:${path.slice(0, path.lastIndexOf('/'))}`,
            detail: 'folder with a model',
            kind: CompletionItemKind.Folder,
          },
        ]
      : [],
  );
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
