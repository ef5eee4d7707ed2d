import type { ModelArtifact } from '../../schemas/generated/messages.ts';
import type { CardRecord } from './card-record.ts';
import { hubLanguage, hubLicense, isHubId, libraryOf, pipelineTag } from './hub-terms.ts';
import { metricsOf, modelIndexOf } from './model-index.ts';

/** The front matter that the record gives, in the order of the Hub's documentation. What is not known is left out. */
export function metadataOf(record: CardRecord): Readonly<Record<string, unknown>> {
  const { model, details } = record;
  const language = unique((model.language ?? []).flatMap(each => hubLanguage(each) ?? []));
  const tags = unique((model.tasks ?? []).filter(task => pipelineTag(task) === undefined && task.trim() !== ''));
  const metrics = metricsOf(record);
  const datasets = unique(
    details.version.lineage.datasets.flatMap(({ role, path }) => (role === 'train' ? [hubDataset(path)] : [])),
  );
  const format = details.artifacts.find(
    (artifact): artifact is ModelArtifact => artifact.artifactType === 'model-artifact',
  )?.modelFormatName;
  const base = details.version.lineage.base?.name;
  return known({
    language: listed(language),
    ...licenceOf(record),
    library_name: libraryOf(format),
    pipeline_tag: model.tasks?.map(pipelineTag).find(tag => tag !== undefined),
    tags: listed(tags),
    base_model: base !== undefined && isHubId(base) ? base : undefined,
    datasets: listed(datasets),
    metrics: listed(metrics),
    'model-index': modelIndexOf(record),
  });
}

function licenceOf({ model: { license, licenseLink } }: CardRecord): Readonly<Record<string, unknown>> {
  if (license === undefined || license.trim() === '') return {};
  const known = hubLicense(license);
  if (known !== undefined && known !== 'other') return { license: known };
  return {
    license: 'other',
    license_name: license,
    ...(licenseLink === undefined ? {} : { license_link: licenseLink }),
  };
}

/** `owner/name` of a dataset on the Hub; of any other its path, which is its name in the workspace. */
function hubDataset(path: string): string {
  return /^(?:hf:\/\/|https:\/\/huggingface\.co\/)datasets\/([\w.-]+\/[\w.-]+)/.exec(path)?.[1] ?? path;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function listed(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values;
}

function known(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
