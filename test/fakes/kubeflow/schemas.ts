import { Ajv, type ValidateFunction } from 'ajv';

/** Shapes of the Model Registry's REST API v1alpha3, as its OpenAPI file gives them, for requests and for responses. */

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const id = { type: 'string', pattern: '^[1-9][0-9]{0,8}$' };
const time = { type: 'string', pattern: '^[0-9]+$' };
const state = { enum: ['LIVE', 'ARCHIVED'] };

const valueTypes = [
  ['MetadataStringValue', 'string_value', text],
  ['MetadataDoubleValue', 'double_value', { type: 'number' }],
  ['MetadataIntValue', 'int_value', { type: 'string', pattern: '^-?[0-9]{1,10}$' }],
  ['MetadataBoolValue', 'bool_value', { type: 'boolean' }],
  ['MetadataStructValue', 'struct_value', text],
] as const;

const customProperties = {
  type: 'object',
  additionalProperties: {
    oneOf: valueTypes.map(([metadataType, field, value]) => ({
      type: 'object',
      additionalProperties: false,
      required: ['metadataType', field],
      properties: { metadataType: { const: metadataType }, [field]: value },
    })),
  },
};

const base = { customProperties, description: text, externalId: text };
const made = { ...base, id, createTimeSinceEpoch: time, lastUpdateTimeSinceEpoch: time };
const always = ['id', 'createTimeSinceEpoch', 'lastUpdateTimeSinceEpoch', 'customProperties'];
const name = { type: 'string', minLength: 1 };

const modelFields = {
  ...base,
  readme: text,
  maturity: text,
  language: texts,
  tasks: texts,
  provider: text,
  logo: text,
  license: text,
  licenseLink: text,
  libraryName: text,
  owner: text,
  state,
};
const versionFields = { ...base, state, author: text };
const artifactState = {
  enum: ['UNKNOWN', 'PENDING', 'LIVE', 'MARKED_FOR_DELETION', 'DELETED', 'ABANDONED', 'REFERENCE'],
};
const serviceFields = {
  ...base,
  modelVersionId: id,
  runtime: text,
  desiredState: { enum: ['DEPLOYED', 'UNDEPLOYED'] },
};

const experimentFields = { ...base, owner: text, state };
const runFields = {
  ...experimentFields,
  status: { enum: ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] },
  endTimeSinceEpoch: time,
};

/** Fields of each kind of artifact beside the common ones. */
const artifactKinds: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  'model-artifact': {
    uri: text,
    modelFormatName: text,
    modelFormatVersion: text,
    storageKey: text,
    storagePath: text,
    serviceAccountName: text,
    modelSourceKind: text,
    modelSourceClass: text,
    modelSourceGroup: text,
    modelSourceId: text,
    modelSourceName: text,
  },
  'doc-artifact': { uri: text },
  'dataset-artifact': { uri: text, digest: text, sourceType: text, source: text, schema: text, profile: text },
  metric: { value: { type: 'number' }, timestamp: time, step: { type: 'integer' } },
  parameter: { value: text, parameterType: { enum: ['string', 'number', 'boolean', 'object'] } },
};

function object(properties: object, required: readonly string[] = []): object {
  return { type: 'object', additionalProperties: false, required, properties };
}

function artifact(fields: object, required: readonly string[]): object {
  return {
    oneOf: Object.entries(artifactKinds).map(([artifactType, own]) =>
      object({ ...fields, ...own, name, state: artifactState, artifactType: { const: artifactType } }, [
        'artifactType',
        ...required,
      ]),
    ),
  };
}

const modelResponse = object({ ...modelFields, ...made, name }, [...always, 'name', 'state']);
const versionResponse = object({ ...versionFields, ...made, name, registeredModelId: id }, [
  ...always,
  'name',
  'state',
  'registeredModelId',
]);
const serviceResponse = object({ ...serviceFields, ...made, name, registeredModelId: id, servingEnvironmentId: id }, [
  ...always,
  'registeredModelId',
  'servingEnvironmentId',
]);
const experimentResponse = object({ ...experimentFields, ...made, name }, [...always, 'name']);
const runResponse = object({ ...runFields, ...made, name, experimentId: id, startTimeSinceEpoch: time }, [
  ...always,
  'experimentId',
]);
const artifactResponse = artifact({ ...made, experimentId: id, experimentRunId: id }, [...always, 'name']);

function list(items: object): object {
  return object(
    { items: { type: 'array', items }, nextPageToken: text, pageSize: { type: 'integer' }, size: { type: 'integer' } },
    ['items', 'nextPageToken', 'pageSize', 'size'],
  );
}

export interface ResourceSchemas {
  readonly create: ValidateFunction;
  readonly update: ValidateFunction;
  readonly response: ValidateFunction;
  readonly list: ValidateFunction;
}

const ajv = new Ajv({ strict: false, allErrors: false });

function compile(create: object, update: object, response: object): ResourceSchemas {
  return {
    create: ajv.compile(create),
    update: ajv.compile(update),
    response: ajv.compile(response),
    list: ajv.compile(list(response)),
  };
}

export const resourceSchemas = {
  registered_models: compile(object({ ...modelFields, name }, ['name']), object(modelFields), modelResponse),
  model_versions: compile(
    object({ ...versionFields, name, registeredModelId: id }, ['name', 'registeredModelId']),
    object(versionFields),
    versionResponse,
  ),
  artifacts: compile(artifact(base, []), artifact(base, []), artifactResponse),
  experiments: compile(object({ ...experimentFields, name }, ['name']), object(experimentFields), experimentResponse),
  experiment_runs: compile(
    object({ ...runFields, name, experimentId: id, startTimeSinceEpoch: time }, ['experimentId']),
    object(runFields),
    runResponse,
  ),
  serving_environments: compile(object({ ...base, name }, ['name']), object(base), object({ ...made, name }, always)),
  inference_services: compile(
    object({ ...serviceFields, name, registeredModelId: id, servingEnvironmentId: id }, [
      'registeredModelId',
      'servingEnvironmentId',
    ]),
    object(serviceFields),
    serviceResponse,
  ),
} as const satisfies Readonly<Record<string, ResourceSchemas>>;

export type Collection = keyof typeof resourceSchemas;

export const errorSchema = ajv.compile(object({ code: text, message: text }, ['code', 'message']));
