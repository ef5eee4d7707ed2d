import type { Failure, ModelEntry } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { formatAgo, formatFigure, toInline } from '../runs/format.ts';

export type ModelGroup = ModelEntry['kind'];

const icons: Record<ModelGroup, string> = {
  connection: 'plug',
  registered: 'package',
  checkpoint: 'mortar-board',
  embedded: 'circuit-board',
  lent: 'comment-discussion',
};

/** A row of the Models view, without VS Code's classes. */
export interface ModelItem {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  readonly contextValue: string;
  readonly tooltip: string;
}

export function modelItem(model: ModelEntry, now: number): ModelItem {
  const words = ['aiwbModel', model.kind];
  if (model.secret !== undefined) words.push('hasSecret');
  if (model.place !== undefined) words.push('hasPlace');
  return {
    label: model.name,
    description: describeModel(model, now),
    icon: icons[model.kind],
    contextValue: words.join(' '),
    tooltip: modelFacts(model, now).join('\n'),
  };
}

function describeModel(model: ModelEntry, now: number): string {
  const { last } = model;
  const figure = last === undefined ? undefined : `${formatFigure(last.value, last.unit)} ${toInline(last.label)}`;
  const parts = [model.kind === 'connection' || model.kind === 'lent' ? model.model : undefined, figure];
  if (last !== undefined) parts.push(formatAgo(last.endedAt, now));
  return parts.filter(part => part !== undefined).join(' · ');
}

function modelFacts(model: ModelEntry, now: number): string[] {
  const facts = [model.name, model.description];
  if (model.model !== undefined) facts.push(t('Model: {0}', model.model));
  if (model.baseUrl !== undefined) facts.push(t('Address: {0}', model.baseUrl));
  if (model.secret !== undefined) facts.push(t('Key: "{0}", saved in VS Code', model.secret));
  const { last } = model;
  if (last !== undefined) {
    const figure = `${formatFigure(last.value, last.unit)} ${toInline(last.label)}`;
    facts.push(t('Last: {0} in {1}, {2}', figure, last.benchmark, formatAgo(last.endedAt, now)));
  }
  return facts;
}

/** What stands under "Connections" when there is nothing to list. */
export function connectionsNotice(hasWorkbenchFile: boolean, failure: Failure | undefined): ModelItem {
  if (failure !== undefined) {
    const tooltip = [failure.message, failure.remedy].filter(Boolean).join('\n');
    return { label: failure.message, description: '', icon: 'warning', contextValue: 'aiwbModelsFailure', tooltip };
  }
  const label = hasWorkbenchFile ? t('Add a connection…') : t('Create workbench.yaml…');
  const tooltip = hasWorkbenchFile
    ? t('workbench.yaml has no connections yet. Open it to add one.')
    : t('Connections to model endpoints are declared in workbench.yaml, beside your benchmarks.');
  return { label, description: '', icon: 'add', contextValue: 'aiwbModelsNotice', tooltip };
}
