import type { Artifact } from '../../../schemas/generated/messages.ts';
import { validateArtifact } from '../../../schemas/generated/validators.js';
import { WorkbenchError } from '../../base/errors.ts';
import { artifactFields, shownFields, type ArtifactField } from './artifact-fields.ts';
import { checkText, decodeProperties, encodeProperties, type Scalar } from './properties.ts';
import { idOf, nameOf, propertiesIn, readNumber, readSaid, readText, readTime, type Resource } from './wire.ts';

/** Our name of an artifact that could not be stored under it. */
const nameKey = 'aiw.name';

type Fields = Record<string, unknown>;

/**
 * An artifact as the API takes it, under the name it is stored by. Throws `usage` for what the registry cannot keep.
 */
export function fromArtifact(artifact: Artifact, storedName: string): Resource {
  const { artifactType, name, customProperties = {} } = artifact;
  const fields = artifact as unknown as Fields;
  const body: Fields = { artifactType, name: storedName };
  const properties: Record<string, Scalar | undefined> = { ...customProperties };
  for (const { field, native, property, kind } of artifactFields[artifactType]) {
    const value = fields[field] as Scalar | undefined;
    if (value === undefined) continue;
    if (property !== undefined) properties[property] = value;
    else if (native !== undefined) body[native] = kind === 'time' ? String(Math.round(Number(value))) : value;
  }
  if (artifact.artifactType === 'parameter') {
    body['value'] = String(artifact.value);
    body['parameterType'] = typeof artifact.value;
  }
  if (artifact.artifactType === 'metric' && !Number.isFinite(artifact.value)) {
    throw new WorkbenchError('usage', `The figure ${name} is no finite number, which a Kubeflow registry cannot hold.`);
  }
  if (storedName !== name) properties[nameKey] = name;
  for (const [field, value] of Object.entries(body))
    if (typeof value === 'string') checkText(`${name}: ${field}`, value);
  return { ...body, customProperties: encodeProperties(properties) };
}

/**
 * An artifact of the registry, whoever made it: what it does not say is filled in as "nothing known". Undefined for what was deleted, and
 * for kinds that there are none of yet.
 */
export function toArtifact(resource: Resource): Artifact | undefined {
  const artifactType = readText(resource, 'artifactType') as Artifact['artifactType'] | undefined;
  if (artifactType === undefined || !Object.hasOwn(artifactFields, artifactType)) return undefined;
  if (resource['state'] === 'DELETED' || resource['state'] === 'MARKED_FOR_DELETION') return undefined;
  const properties = decodeProperties(propertiesIn(resource));
  const found: Fields = {};
  for (const field of artifactFields[artifactType]) {
    const value = readField(field, resource, properties);
    if (value === undefined) continue;
    found[field.field] = value;
    if (field.property !== undefined) Reflect.deleteProperty(properties, field.property);
  }
  const name = trueName(resource);
  Reflect.deleteProperty(properties, nameKey);
  for (const field of shownFields) {
    const value = resource[field];
    if (typeof value === 'string' && value !== '' && !(field in properties)) properties[field] = value;
  }
  const artifact = {
    ...defaultsOf(artifactType, name, resource),
    ...found,
    artifactType,
    name,
    id: idOf(resource),
    ...(artifactType === 'parameter' ? { value: readParameter(resource) } : {}),
    ...(Object.keys(properties).length === 0 ? {} : { customProperties: properties }),
  };
  return validateArtifact(artifact) ? artifact : undefined;
}

/** The name it was published by. */
export function trueName(resource: Resource): string {
  const name = decodeProperties(propertiesIn(resource))[nameKey];
  return typeof name === 'string' && name !== '' ? name : nameOf(resource);
}

function readField(
  { field, native, property, kind, values }: ArtifactField,
  resource: Resource,
  properties: Readonly<Record<string, Scalar>>,
): Scalar | undefined {
  const value = native === undefined ? properties[property ?? ''] : readNative(resource, native, kind);
  if (kind === 'text') {
    return typeof value === 'string' && (values?.includes(value) ?? true) ? value : undefined;
  }
  if (kind === 'flag') return typeof value === 'boolean' ? value : undefined;
  if (typeof value !== 'number') return undefined;
  return integers.has(field) && !Number.isInteger(value) ? undefined : value;
}

const integers: ReadonlySet<string> = new Set(['bytes', 'rows', 'n', 'hardwareCount']);

function readNative(resource: Resource, native: string, kind: ArtifactField['kind']): Scalar | undefined {
  if (kind === 'time') return readTime(resource, native);
  return kind === 'number' ? readNumber(resource, native) : readText(resource, native);
}

/** What our kinds of artifact cannot do without. */
function defaultsOf(type: Artifact['artifactType'], name: string, resource: Resource): Fields {
  if (type === 'model-artifact') return { uri: readSaid(resource, 'storagePath') ?? '' };
  if (type === 'doc-artifact') return { uri: '' };
  if (type === 'parameter') return { runId: '' };
  if (type === 'dataset-artifact') return {};
  const metric = name.slice(name.lastIndexOf('/') + 1);
  return {
    metric,
    label: metric,
    value: 0,
    unit: 'score',
    direction: 'neutral',
    runId: '',
    task: '',
    scope: 'custom',
    timestamp: readTime(resource, 'createTimeSinceEpoch') ?? 0,
  };
}

function readParameter(resource: Resource): Scalar {
  const value = readText(resource, 'value') ?? '';
  const type = readText(resource, 'parameterType');
  if (type === 'boolean' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  const number = Number(value);
  return type === 'number' && value.trim() !== '' && Number.isFinite(number) ? number : value;
}
