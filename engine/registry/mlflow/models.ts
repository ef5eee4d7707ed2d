import type { NewRegisteredModel } from '../../ports/registry.ts';
import type { RegisteredModel } from '../../../schemas/generated/messages.ts';
import { given } from './given.ts';
import { archived, limits, propertiesOfTags, tagNames, tagsOfProperties, tooMuch, type Tag } from './tags.ts';
import { isListed } from './versions.ts';
import type { WireModel } from './wire.ts';

/** MLflow's own mark of prompts, which it keeps beside models. */
export function isPrompt({ tags }: WireModel): boolean {
  return tags.get('mlflow.prompt.is_prompt') === 'true';
}

/** Number and newest of a model's versions. */
export interface VersionCount {
  readonly versions: number;
  readonly latest?: string;
}

/** What the model itself tells of its versions: the highest number, which is more than there are where some were deleted. */
export function countOf({ newest }: WireModel): VersionCount {
  const numbers = newest.map(({ version }) => Number(version));
  const latest = newest.filter(isListed).reduce((highest, { version }) => Math.max(highest, Number(version)), 0);
  return { versions: Math.max(0, ...numbers), ...(latest === 0 ? {} : { latest: String(latest) }) };
}

export function toModel(registry: string, wire: WireModel, { versions, latest }: VersionCount): RegisteredModel {
  const { tags } = wire;
  const texts = {
    description: wire.description,
    owner: tags.get(tagNames.owner),
    provider: tags.get(tagNames.provider),
    license: tags.get(tagNames.license),
    licenseLink: tags.get(tagNames.licenseLink),
    maturity: tags.get(tagNames.maturity),
    latest,
  };
  const lists = { tasks: listIn(tags.get(tagNames.tasks)), language: listIn(tags.get(tagNames.language)) };
  return {
    registry,
    id: wire.name,
    name: wire.name,
    state: tags.get(tagNames.state) === archived ? 'ARCHIVED' : 'LIVE',
    createdAt: wire.createdAt,
    updatedAt: wire.updatedAt,
    aliases: { ...wire.aliases },
    versions,
    customProperties: propertiesOfTags(tags),
    ...given(texts),
    ...given(lists),
  };
}

export function tagsOfModel(model: NewRegisteredModel): Tag[] {
  if (model.name.length > limits.name) throw tooMuch(`the model's name is longer than ${limits.name} characters`);
  const fields: readonly (readonly [string, string | undefined])[] = [
    [tagNames.owner, model.owner],
    [tagNames.provider, model.provider],
    [tagNames.license, model.license],
    [tagNames.tasks, textOfList(model.tasks)],
    [tagNames.language, textOfList(model.language)],
  ];
  return [
    ...fields.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }])),
    ...tagsOfProperties(model.customProperties ?? {}),
  ];
}

/** `a, b`, as people write lists; JSON where an entry has a comma itself. */
function textOfList(entries: readonly string[] | undefined): string | undefined {
  if (entries === undefined || entries.length === 0) return undefined;
  const isPlain = entries.every(entry => entry !== '' && entry === entry.trim() && !/^\[|,/.test(entry));
  return isPlain ? entries.join(', ') : JSON.stringify(entries);
}

function listIn(text: string | undefined): string[] | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.startsWith('[')) {
    try {
      const entries: unknown = JSON.parse(text);
      if (Array.isArray(entries) && entries.every(entry => typeof entry === 'string')) return entries;
    } catch {
      // Somebody's own text that begins with a bracket.
    }
  }
  return text.split(',').flatMap(entry => (entry.trim() === '' ? [] : [entry.trim()]));
}
