type Check = (value: unknown) => boolean;

const text: Check = value => typeof value === 'string';
const whole: Check = value => Number.isInteger(value);
const listOf =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.length > 0 && value.every(check);
/** Fields with `?` may be absent; others than these may not be there. */
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  value => {
    if (typeof value !== 'object' || value === null) return false;
    const known = new Map(Object.entries(fields).map(([name, check]) => [name.replace('?', ''), check]));
    return (
      Object.entries(value).every(([name, content]) => known.get(name)?.(content) === true) &&
      Object.keys(fields).every(name => name.endsWith('?') || name in value)
    );
  };

const tag = shape({ key: text, value: text });
const version = shape({
  name: text,
  version: value => /^[1-9]\d*$/.test(String(value)),
  creation_timestamp: whole,
  last_updated_timestamp: whole,
  current_stage: text,
  description: text,
  source: text,
  run_id: text,
  status: value => ['READY', 'PENDING_REGISTRATION', 'FAILED_REGISTRATION'].includes(String(value)),
  run_link: text,
  'tags?': listOf(tag),
  'aliases?': listOf(text),
});
const model = shape({
  name: text,
  creation_timestamp: whole,
  last_updated_timestamp: whole,
  'description?': text,
  'latest_versions?': listOf(version),
  'tags?': listOf(tag),
  'aliases?': listOf(shape({ alias: text, version: text })),
});
const info = shape({
  run_uuid: text,
  run_id: text,
  experiment_id: text,
  run_name: text,
  user_id: text,
  status: text,
  start_time: whole,
  'end_time?': whole,
  artifact_uri: text,
  lifecycle_stage: text,
});
const metric = shape({
  key: text,
  value: value => typeof value === 'number' || text(value),
  timestamp: whole,
  step: whole,
});
const data = shape({ 'metrics?': listOf(metric), 'params?': listOf(tag), 'tags?': listOf(tag) });
const run = shape({ info, data, inputs: () => true });
const experiment = shape({ experiment_id: text, name: text, artifact_location: text, lifecycle_stage: text });

const answers: Readonly<Record<string, Check>> = {
  'POST registered-models/create': shape({ registered_model: model }),
  'GET registered-models/get': shape({ registered_model: model }),
  'PATCH registered-models/update': shape({ registered_model: model }),
  'GET registered-models/search': shape({ 'registered_models?': listOf(model), 'next_page_token?': text }),
  'POST model-versions/create': shape({ model_version: version }),
  'GET model-versions/get': shape({ model_version: version }),
  'PATCH model-versions/update': shape({ model_version: version }),
  'GET model-versions/search': shape({ 'model_versions?': listOf(version), 'next_page_token?': text }),
  'POST experiments/create': shape({ experiment_id: text }),
  'GET experiments/get-by-name': shape({ experiment }),
  'POST runs/create': shape({ run }),
  'GET runs/get': shape({ run }),
  'POST runs/update': shape({ run_info: info }),
  'POST runs/search': shape({ 'runs?': listOf(run), 'next_page_token?': text }),
};
const nothing = shape({});

/** Throws where the fake would answer what MLflow never does, as seen of version 3.17.2. */
export function checkResponse(route: string, body: unknown): void {
  if (!(answers[route] ?? nothing)(body)) throw new Error(`MLflow never answers ${route} with ${JSON.stringify(body)}`);
}
