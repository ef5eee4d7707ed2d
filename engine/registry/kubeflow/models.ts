import type { RegisteredModel } from '../../../schemas/generated/messages.ts';
import type { NewRegisteredModel } from '../../ports/registry.ts';
import { checkText, decodeProperties, encodeProperties } from './properties.ts';
import { idOf, isArchived, nameOf, propertiesIn, readSaid, readTexts, readTime, type Resource } from './wire.ts';

/** Kubeflow knows no aliases: each is a property of the model, with the version's name as its value. */
const aliasPrefix = 'aiw.alias.';

export function aliasKey(alias: string): string {
  return aliasPrefix + alias;
}

/** Versions of a model, as far as they are known. */
export interface VersionCount {
  readonly versions: number;
  /** Name of the newest. */
  readonly latest?: string;
}

export function aliasesOf(model: Resource): Record<string, string> {
  const aliases: Record<string, string> = {};
  for (const [key, value] of Object.entries(decodeProperties(propertiesIn(model)))) {
    if (key.startsWith(aliasPrefix) && typeof value === 'string') aliases[key.slice(aliasPrefix.length)] = value;
  }
  return aliases;
}

export function toModel(registry: string, model: Resource, { versions, latest }: VersionCount): RegisteredModel {
  const [tasks, language] = [readTexts(model, 'tasks'), readTexts(model, 'language')];
  const createdAt = readTime(model, 'createTimeSinceEpoch') ?? 0;
  const properties = Object.entries(decodeProperties(propertiesIn(model)));
  const said = {
    description: readSaid(model, 'description'),
    owner: readSaid(model, 'owner'),
    provider: readSaid(model, 'provider'),
    license: readSaid(model, 'license'),
    licenseLink: readSaid(model, 'licenseLink'),
    maturity: readSaid(model, 'maturity'),
    readme: readSaid(model, 'readme'),
    latest,
  };
  return {
    name: nameOf(model),
    ...(Object.fromEntries(Object.entries(said).filter(([, text]) => text !== undefined)) as Partial<RegisteredModel>),
    ...(tasks === undefined ? {} : { tasks }),
    ...(language === undefined ? {} : { language }),
    state: isArchived(model) ? 'ARCHIVED' : 'LIVE',
    createdAt,
    updatedAt: readTime(model, 'lastUpdateTimeSinceEpoch') ?? createdAt,
    aliases: aliasesOf(model),
    versions,
    customProperties: Object.fromEntries(properties.filter(([key]) => !key.startsWith(aliasPrefix))),
    registry,
    id: idOf(model),
  };
}

/** Throws `usage` for what the registry cannot keep. */
export function fromNewModel(model: NewRegisteredModel): Resource {
  const { name, tasks, language, customProperties = {} } = model;
  const texts = {
    description: model.description,
    owner: model.owner,
    provider: model.provider,
    license: model.license,
  };
  for (const [field, text] of Object.entries(texts)) checkText(`The model's ${field}`, text);
  return {
    name,
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)),
    ...(tasks === undefined ? {} : { tasks }),
    ...(language === undefined ? {} : { language }),
    state: 'LIVE',
    customProperties: encodeProperties(customProperties),
  };
}
