import type { HeadlineFigure, ModelVersion, RegisteredModel } from '../../../schemas/generated/messages.ts';
import { findFigure } from './figure-names.ts';
import {
  asksVersions,
  type Comparison,
  type FilterField,
  type FilterTerm,
  type RegistryFilter,
} from '../../ports/registry-filter.ts';

type Figures = readonly Pick<HeadlineFigure, 'name' | 'value'>[];

/**
 * Whether a version fulfils every condition. Those on the model's own fields (task, provider, …) need the model; without it they are
 * not fulfilled. A figure may be named by its ending where only one of the version's own ends so.
 */
export function matchesVersion(
  filter: RegistryFilter,
  version: ModelVersion,
  figures: Figures,
  model?: RegisteredModel,
): boolean {
  return filter.terms.every(term => fulfils(term, { version, figures, ...(model === undefined ? {} : { model }) }));
}

/** Whether a model may have a version that matches: conditions on versions are left open. */
export function matchesModel(filter: RegistryFilter, model: RegisteredModel): boolean {
  return filter.terms.every(term => asksVersions(term) || fulfils(term, { model, figures: [] }));
}

interface Subject {
  readonly model?: RegisteredModel;
  readonly version?: ModelVersion;
  readonly figures: Figures;
}

function fulfils(term: FilterTerm, subject: Subject): boolean {
  const { model, version, figures } = subject;
  switch (term.kind) {
    case 'text': {
      const wanted = term.text.toLowerCase();
      const found =
        (model !== undefined && modelWords(model).includes(wanted)) ||
        (version !== undefined && versionWords(version).includes(wanted));
      return found !== term.not;
    }
    case 'field': {
      const has = valuesOf(term.field, subject).map(value => value.toLowerCase());
      return term.values.some(value => has.includes(value.toLowerCase())) !== term.not;
    }
    case 'status':
      return version !== undefined && term.values.includes(version.status) !== term.not;
    case 'figure': {
      const name = findFigure(
        term.figure,
        figures.map(figure => figure.name),
      );
      const figure = figures.find(one => one.name === name);
      return figure !== undefined && compare(figure.value, term.comparison, term.value);
    }
  }
}

function valuesOf(field: FilterField, { model, version }: Subject): readonly string[] {
  switch (field) {
    case 'task':
      return model?.tasks ?? [];
    case 'language':
      return model?.language ?? [];
    case 'author':
      return version === undefined ? [] : authorNames(version);
    case 'alias':
      return version === undefined ? Object.keys(model?.aliases ?? {}) : aliasesOf(version, model);
    case 'name':
      return [model?.name ?? version?.model ?? ''];
    case 'provider':
    case 'license':
    case 'owner': {
      const value = model?.[field];
      return value === undefined ? [] : [value];
    }
  }
}

/** Those the version names itself, and those of the model that stand at it. */
export function aliasesOf({ version, aliases }: ModelVersion, model: RegisteredModel | undefined): readonly string[] {
  const standing = Object.entries(model?.aliases ?? {}).flatMap(([alias, at]) => (at === version ? [alias] : []));
  return [...new Set([...aliases, ...standing])];
}

/** Mail address and name. */
export function authorNames({ author }: ModelVersion): readonly string[] {
  return author.name === undefined ? [author.email] : [author.email, author.name];
}

function compare(value: number, comparison: Comparison, wanted: number): boolean {
  switch (comparison) {
    case '<':
      return value < wanted;
    case '<=':
      return value <= wanted;
    case '>':
      return value > wanted;
    case '>=':
      return value >= wanted;
    case '=':
      return value === wanted;
  }
}

/** What words are looked for in, of a model, in lower case. */
export function modelWords({ name, description, owner, provider, tasks }: RegisteredModel): string {
  return joinWords([name, description, owner, provider, ...(tasks ?? [])]);
}

/** What words are looked for in, of a version, in lower case. */
export function versionWords(version: ModelVersion): string {
  return joinWords([version.version, version.description, ...authorNames(version)]);
}

/** A line break between two keeps a word from being found across them. */
function joinWords(words: readonly (string | undefined)[]): string {
  return words
    .filter(word => word !== undefined)
    .join('\n')
    .toLowerCase();
}
