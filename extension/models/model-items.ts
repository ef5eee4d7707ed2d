import type { Failure, ModelEntry } from '../../schemas/generated/messages.ts';
import { describeFailureInPlace } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { FilterFacts, FilterTag } from '../trees/filter.ts';
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
  readonly accessibleLabel: string;
}

export function modelItem(model: ModelEntry, now: number): ModelItem {
  const words = ['aiwbModel', model.kind];
  if (model.secret !== undefined) words.push('hasSecret');
  if (model.place !== undefined) words.push('hasPlace');
  const description = describeModel(model, now);
  return {
    label: model.name,
    description,
    icon: icons[model.kind],
    contextValue: words.join(' '),
    tooltip: modelFacts(model, now).join('\n'),
    accessibleLabel: [model.name, kindWords(model.kind), description].filter(Boolean).join(', '),
  };
}

function kindWords(kind: ModelGroup): string {
  const words: Record<ModelGroup, string> = {
    connection: t('connection'),
    registered: t('registered model'),
    checkpoint: t('checkpoint'),
    embedded: t('embedded model'),
    lent: t('lent by VS Code'),
  };
  return words[kind];
}

export function modelTags(): FilterTag[] {
  const kinds: ModelGroup[] = ['connection', 'registered', 'checkpoint', 'embedded', 'lent'];
  return [
    ...kinds.map(kind => ({ tag: kind, group: 'kind', label: t('Kind: {0}', kindWords(kind)) })),
    { tag: 'measured', group: 'run', label: t('Measured in a run') },
  ];
}

export function modelFilterFacts({ name, kind, description, model = '', baseUrl = '', last }: ModelEntry): FilterFacts {
  return {
    text: [name, description, model, baseUrl, last?.benchmark ?? ''].join('\n'),
    tags: [kind, ...(last === undefined ? [] : ['measured'])],
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
    return {
      label: describeFailureInPlace(failure),
      description: '',
      icon: 'warning',
      contextValue: 'aiwbModelsFailure',
      tooltip,
      accessibleLabel: tooltip,
    };
  }
  const label = hasWorkbenchFile ? t('Add a connection…') : t('Create workbench.yaml…');
  const tooltip = hasWorkbenchFile
    ? t('workbench.yaml has no connections yet. Open it to add one.')
    : t('Connections to model endpoints are declared in workbench.yaml, beside your benchmarks.');
  return { label, description: '', icon: 'add', contextValue: 'aiwbModelsNotice', tooltip, accessibleLabel: label };
}
