import { hubLanguage, hubLicense, isHubId, pipelineTag } from './hub-terms.ts';
import { figureFaults } from './card-figures.ts';

/**
 * What of a card's front matter the Hugging Face Hub would refuse or not understand, a sentence each: keys of its own with values of
 * another type, licences, tasks, languages and base models that it has no name for. Other keys are nobody's business.
 */
export function metadataFaults(metadata: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(rules).flatMap(([key, rule]) => {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    const fault = value === undefined || value === null ? undefined : rule(value, metadata);
    return fault === undefined ? [] : [`\`${key}\` ${fault}`];
  });
}

type Rule = (value: unknown, metadata: Readonly<Record<string, unknown>>) => string | undefined;

const rules: Readonly<Record<string, Rule>> = {
  license(value, metadata) {
    const names = textsOf(value);
    if (names === undefined) return 'must be a name, or a list of names.';
    const unknown = names.find(name => hubLicense(name) !== name);
    if (unknown !== undefined)
      return `is no identifier that the Hub has: “${unknown}”. Write \`other\`, with \`license_name\` and \`license_link\`.`;
    if (names.includes('other') && typeof metadata['license_name'] !== 'string')
      return 'is `other` and needs a `license_name`.';
    return undefined;
  },
  license_name: text,
  license_link: text,
  language(value) {
    const names = textsOf(value);
    if (names === undefined) return 'must be a code, or a list of codes; `no` must be quoted.';
    const unknown = names.find(name => hubLanguage(name) === undefined);
    return unknown === undefined ? undefined : `has “${unknown}”, which is no ISO 639 code of two or three letters.`;
  },
  library_name: text,
  pipeline_tag(value) {
    if (typeof value !== 'string') return 'must be the name of one task.';
    return pipelineTag(value) === value ? undefined : `is no task that the Hub has: “${value}”.`;
  },
  tags: list,
  base_model(value) {
    const names = textsOf(value);
    if (names === undefined) return 'must be the id of a model, or a list of ids.';
    const unknown = names.find(name => !isHubId(name) && !/^[A-Za-z0-9][\w.-]*$/.test(name));
    return unknown === undefined ? undefined : `has “${unknown}”, which can be no id of a model on the Hub.`;
  },
  datasets: list,
  metrics: list,
  'model-index': value => figureFaults(value),
};

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : 'must be a text.';
}

function list(value: unknown): string | undefined {
  return textsOf(value) === undefined ? 'must be a list of texts.' : undefined;
}

/** A text or a list of texts as a list. */
function textsOf(value: unknown): readonly string[] | undefined {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.every(each => typeof each === 'string') ? values : undefined;
}
