import { checkKey, invalid, missing, Refusal, type Fields } from './rules.ts';
import { list, pairs, tagsOf } from './registry.ts';
import { cut, parseFilter } from './search.ts';
import type { Route } from './routes.ts';

interface Metric {
  readonly key: string;
  readonly value: number | string;
  readonly timestamp: number;
  readonly step: number;
}

interface Run {
  readonly id: string;
  readonly experiment: string;
  readonly startedAt: number;
  status: string;
  endedAt: number | undefined;
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  readonly metrics: Map<string, Metric>;
}

/** MLflow's experiments and runs. */
export function trackingRoutes(servesArtifacts: boolean, nextId: () => string): Record<string, Route> {
  const experiments = new Map<string, string>();
  const runs = new Map<string, Run>();

  function find(id: unknown): Run {
    const run = runs.get(String(id));
    if (run === undefined) throw missing(`Run with id=${String(id)}`);
    return run;
  }

  function show(run: Run): unknown {
    const path = `${run.experiment}/${run.id}/artifacts`;
    const info = {
      run_uuid: run.id,
      run_id: run.id,
      experiment_id: run.experiment,
      run_name: run.tags.get('mlflow.runName') ?? '',
      user_id: '',
      status: run.status,
      start_time: run.startedAt,
      ...(run.endedAt === undefined ? {} : { end_time: run.endedAt }),
      artifact_uri: servesArtifacts ? `mlflow-artifacts:/${path}` : `/srv/mlruns/${path}`,
      lifecycle_stage: 'active',
    };
    const data = {
      ...list('metrics', [...run.metrics.values()]),
      ...list('params', pairs(run.params)),
      ...list('tags', pairs(run.tags)),
    };
    return { info, data, inputs: {} };
  }

  function logBatch({ run_id: id, metrics = [], params = [], tags = [] }: Fields): unknown {
    const run = find(id);
    const batch = { metrics: metrics as Metric[], params: params as Fields[], tags: tags as Fields[] };
    const sizes = [batch.metrics.length, batch.params.length, batch.tags.length];
    if (
      (sizes[0] ?? 0) > 1000 ||
      (sizes[1] ?? 0) > 100 ||
      (sizes[2] ?? 0) > 100 ||
      sizes.reduce((a, b) => a + b) > 1000
    ) {
      throw invalid('A batch logging request can contain at most 1000 metrics, 100 params, and 100 tags.');
    }
    for (const [index, { key, value, timestamp }] of batch.metrics.entries()) {
      checkKey(key, `metrics[${index}].name`);
      if (typeof value !== 'number' || !Number.isInteger(timestamp) || timestamp < 0) {
        throw invalid(`Invalid value for parameter 'metrics[${index}]' supplied.`);
      }
    }
    for (const [index, { key, value }] of batch.params.entries()) {
      checkKey(String(key), `params[${index}].key`);
      const old = run.params.get(String(key));
      const kept = String(value).slice(0, 6000);
      if (old !== undefined && old !== kept) throw invalid(`Changing param values is not allowed: ${String(key)}`);
    }
    const kept = tagsOf(
      batch.tags.map(({ key, value }) => ({ key, value: String(value).slice(0, 8000) })),
      8000,
    );
    for (const metric of batch.metrics) run.metrics.set(metric.key, metric);
    for (const { key, value } of batch.params) run.params.set(String(key), String(value).slice(0, 6000));
    for (const [key, value] of kept) run.tags.set(key, value);
    return {};
  }

  return {
    'POST experiments/create': [
      { name: '!:' },
      ({ name }) => {
        if (String(name).length > 500) throw invalid("'name' exceeds the maximum length of 500 characters");
        if (experiments.has(String(name))) {
          throw new Refusal('RESOURCE_ALREADY_EXISTS', `Experiment(name=${String(name)}) already exists.`);
        }
        experiments.set(String(name), String(experiments.size + 1));
        return { experiment_id: experiments.get(String(name)) };
      },
    ],
    'GET experiments/get-by-name': [
      { experiment_name: '!:' },
      ({ experiment_name: name }) => {
        const id = experiments.get(String(name));
        if (id === undefined) throw missing(`Experiment with name '${String(name)}'`);
        return {
          experiment: {
            experiment_id: id,
            name,
            artifact_location: `mlflow-artifacts:/${id}`,
            lifecycle_stage: 'active',
          },
        };
      },
    ],
    'POST runs/create': [
      { experiment_id: '!:', run_name: ':', start_time: '#', tags: '[]' },
      ({ experiment_id: experiment, run_name: name = '', start_time: startedAt = 0, tags = [] }) => {
        if (![...experiments.values()].includes(String(experiment)))
          throw missing(`Experiment with id=${String(experiment)}`);
        const run: Run = {
          id: nextId(),
          experiment: String(experiment),
          startedAt: Number(startedAt),
          status: 'RUNNING',
          endedAt: undefined,
          tags: tagsOf(tags, 8000).set('mlflow.runName', String(name)),
          params: new Map(),
          metrics: new Map(),
        };
        runs.set(run.id, run);
        return { run: show(run) };
      },
    ],
    'GET runs/get': [{ run_id: '!:' }, ({ run_id: id }) => ({ run: show(find(id)) })],
    'POST runs/update': [
      { run_id: '!:', status: ':', end_time: '#' },
      ({ run_id: id, status = 'RUNNING', end_time: endedAt }) => {
        const run = find(id);
        Object.assign(run, { status: String(status), endedAt });
        return { run_info: (show(run) as { info: unknown }).info };
      },
    ],
    'POST runs/set-tag': [
      { run_id: '!:', key: '!:', value: ':' },
      ({ run_id: id, key, value = '' }) => {
        find(id).tags.set(String(key), String(value));
        return {};
      },
    ],
    'POST runs/log-batch': [{ run_id: '!:', metrics: '[]', params: '[]', tags: '[]' }, logBatch],
    'POST runs/search': [
      { experiment_ids: '[]', filter: ':', max_results: '#', order_by: '[]', page_token: ':' },
      ({ experiment_ids: ids = [], filter = '', max_results: limit = 1000, page_token: token }) => {
        const matches = parseFilter(String(filter), ['run_id', 'status']);
        const found = [...runs.values()]
          .filter(run => (ids as string[]).includes(run.experiment))
          .filter(run => matches({ attributes: { run_id: run.id }, tags: run.tags }))
          .sort((a, b) => a.startedAt - b.startedAt);
        const { page, next } = cut(found, Number(limit), 50_000, token as string | undefined);
        return { ...list('runs', page.map(show)), ...(next === undefined ? {} : { next_page_token: next }) };
      },
    ],
  };
}
