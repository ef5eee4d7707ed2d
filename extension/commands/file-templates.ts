/** What a new benchmark starts with, as a snippet. */
export const benchmarkSnippet = `name: \${1:my-benchmark}
dataset:
  path: \${2:data/rows.jsonl}
  input: \${3:text}
  target: \${4:label}
  split: {field: \${5:split}, train: train, test: test}
models: [embedded:majority, embedded:knn, embedded:linear]
metrics:
  - accuracy
  - f1: {average: macro}
  - latency
compare: {baseline: embedded:majority, confidence: 0.95}
`;

/** What a new tuning job starts with. */
export const tuningSnippet = `name: \${1:my-model-tuned}
# What training starts from: embedded:linear (from nothing), registry:MODEL@ALIAS, checkpoint:JOB, or a model of a hub, a folder or a
# service: hub:ORG/NAME, folder:PATH, service:MODEL.
base: embedded:linear
# Where it is trained: a platform declared under compute in workbench.yaml.
# platform: local
# What the model is to be good at; each aspect has rows of its own, and is measured on them.
aspects:
  core-performance:
    # benchmark: my.bench.yaml   what Evaluate runs on the base and the tuned model
    dataset:
      path: \${2:data/rows.jsonl}
      input: \${3:text}
      target: \${4:label}
      split: {field: \${5:split}, train: train, test: test, validation: 0.1}
  # robustness: …        the same task under noise
  # ethical-alignment: … the same task as different groups of people meet it
hyperparameters: {epochs: 25, learningRate: 0.5}
evaluation:
  metrics: [accuracy, {f1: {average: macro}}]
checkpoints: {every: 5}
limits: {deadline: PT10M}
# Registers the best checkpoint as a new version when training has succeeded.
# register: {model: \${1:my-model-tuned}, alias: candidate, card: cards/model.md}
`;

/** What a new policy starts with. */
export const policySnippet = `id: \${1:team.my-policy}
version: 1.0.0
title: \${2:What every model must show}
# Whose rule it is: country, industry, corporate or team. It may build on policies of its own or a wider level.
level: team
# extends: [{id: other.policy, version: ^1.0.0}]
scoring:
  gate: {failOn: [critical, high], minScore: 80}
controls:
  - id: PERF-01
    title: Right often enough
    severity: high
    remediation: Add training rows of the classes that are mixed up.
    checks:
      # The lower bound of the interval is judged, on the rows of the benchmark of this name.
      - id: PERF-01.accuracy
        type: metric
        benchmark: \${3:my-benchmark}
        metric: accuracy
        assert: {op: ">=", value: 0.8, minSamples: 200}
  - id: DATA-01
    title: Training data may be used
    severity: high
    checks:
      - {id: DATA-01.cards, type: lineage, require: [dataset-card, license, pii-review]}
# Which version it assesses in a notebook, or when none is named.
assess: {model: \${4:my-model}@candidate}
`;

/** What a new prompt starts with. Names in double braces are columns of the dataset. */
export const promptSnippet = `name: \${1:My prompt}
description: \${2:What it asks of a model}
modelParameters: {temperature: 0, maxTokens: \${3:64}}
messages:
  - role: system
    content: |
      \${4:Say which label fits the text. Answer with the label and nothing else.}
  - role: user
    content: "{{\${5:text}}}"
`;

/** A snippet with its placeholders' own words, for places that take plain text. */
export function plainText(snippet: string): string {
  return snippet.replace(/\$\{\d+:([^}]*)\}/g, '$1');
}
