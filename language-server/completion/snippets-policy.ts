import { choice, fields, flow, items, stop, type Fields, type Snippet } from './sketch.ts';

const severity = choice('high', 'critical', 'medium', 'low');
const framework = flow(fields({ id: stop('nist-ai-rmf'), version: stop('"1.0"') }));
const parent = flow(fields({ id: stop('parent'), version: stop('^1.0.0') }));
const mapping = flow(
  fields({
    framework: stop('nist-ai-rmf'),
    id: stop('MEASURE 2.11'),
    relation: choice('addresses', 'supports', 'mitigates'),
  }),
);
const asserted = flow(fields({ op: choice('">="', '">"', '"<="', '"<"'), value: stop('0.9') }));

const metricCheck = fields({
  id: stop('CTL-01.metric'),
  type: 'metric',
  benchmark: stop('benchmark'),
  metric: stop('accuracy'),
  assert: asserted,
});
const gapCheck = fields({
  id: stop('CTL-01.gap'),
  type: 'metric',
  benchmark: stop('benchmark'),
  metric: stop('accuracy'),
  slice: stop('group'),
  statistic: choice('max-gap', 'worst'),
  assert: flow(fields({ op: choice('"<="', '"<"', '">="', '">"'), value: stop('0.1') })),
});
const cardCheck = fields({ id: stop('CTL-01.card'), type: 'model-card', path: stop('"#intended-use"') });
const lineageCheck = fields({
  id: stop('CTL-01.lineage'),
  type: 'lineage',
  require: flow(items(stop('dataset-card'), stop('license'))),
});
const attestationCheck = fields({
  id: stop('CTL-01.review'),
  type: 'attestation',
  role: stop('model-risk reviewer'),
  statement: stop('I have read twenty wrong answers of each group.'),
  validity: stop('P1Y'),
});
const scanCheck = fields({
  id: stop('CTL-01.scan'),
  type: 'scan',
  source: choice('garak', 'promptfoo', 'sarif', 'json'),
  select: flow(fields({ probe: stop('promptinject') })),
  assert: flow(fields({ op: choice('"<="', '"<"', '">="', '">"'), value: stop('0.05') })),
  freshness: stop('P90D'),
});
const documentCheck = fields({
  id: stop('CTL-01.document'),
  type: 'document',
  question: stop('Does the validation report name the groups the model was tested on?'),
  documents: flow(items(stop('"validation*"'))),
});
const test = fields({
  name: stop('Passes with everything in place'),
  model: fields({
    card: flow(fields({ license: stop('apache-2.0') })),
    lineage: flow(items(stop('dataset-card'), stop('license'))),
  }),
  expect: flow(fields({ gate: choice('passed', 'failed', 'not-computed') })),
});
const control = (check: Fields): Fields =>
  fields({
    id: stop('CTL-01'),
    title: stop('What must hold'),
    severity,
    mappings: items(mapping),
    checks: items(check),
  });

/** What a policy is usually made of. */
export const policySnippets: readonly Snippet[] = [
  {
    at: '',
    label: 'policy of its own',
    detail: 'Controls with checks, and a gate over them',
    whole: true,
    sketch: fields({
      id: stop('acme.ai-policy'),
      version: stop('1.0.0'),
      title: stop('AI policy'),
      level: choice('corporate', 'team', 'industry', 'country'),
      owner: stop('model-risk@acme.example'),
      frameworks: items(framework),
      scoring: fields({ gate: flow(fields({ failOn: flow(items('critical', 'high')), minScore: stop('85') })) }),
      controls: items(control(metricCheck)),
    }),
  },
  {
    at: '',
    label: 'policy that extends another',
    detail: "A team's own rules on top of wider ones",
    whole: true,
    sketch: fields({
      id: stop('team.ai-policy'),
      version: stop('1.0.0'),
      level: choice('team', 'corporate', 'industry'),
      extends: items(parent),
      controls: items(
        fields({ id: stop('TEAM-01'), title: stop('What must hold'), severity, checks: items(attestationCheck) }),
      ),
    }),
  },
  {
    at: '',
    label: 'release policy',
    detail: 'What a model version must meet before a release',
    whole: true,
    sketch: fields({
      id: stop('team.release'),
      version: stop('1.0.0'),
      level: 'team',
      extends: items(parent),
      assess: fields({ model: stop('model@candidate'), scorecard: stop('scorecards/model.scorecard.json') }),
    }),
  },
  {
    at: '',
    label: 'scoring: with a gate',
    detail: 'When an assessment fails',
    sketch: fields({
      scoring: fields({
        gate: fields({
          failOn: flow(items('critical', 'high')),
          minScore: stop('85'),
          minEvidenceCoverage: stop('80'),
        }),
      }),
    }),
  },
  { at: 'extends.*', label: 'parent policy', detail: 'A policy whose controls hold here too', sketch: parent },
  { at: 'frameworks.*', label: 'framework', detail: 'A framework whose ids the mappings name', sketch: framework },
  {
    at: 'controls.*',
    label: 'control with a metric check',
    detail: 'A figure of a benchmark decides',
    sketch: control(metricCheck),
  },
  {
    at: 'controls.*',
    label: 'control with an attestation',
    detail: 'A person decides',
    sketch: control(attestationCheck),
  },
  { at: 'controls.*.mappings.*', label: 'mapping', detail: 'What of a framework it answers', sketch: mapping },
  {
    at: 'controls.*.checks.*',
    label: 'metric check',
    detail: 'A figure against a threshold',
    sketch: metricCheck,
  },
  {
    at: 'controls.*.checks.*',
    label: 'metric check between groups',
    detail: 'The gap between slices, or the worst of them',
    sketch: gapCheck,
  },
  {
    at: 'controls.*.checks.*',
    label: 'model-card check',
    detail: 'The card says something',
    sketch: cardCheck,
  },
  {
    at: 'controls.*.checks.*',
    label: 'lineage check',
    detail: 'Cards, licence and review of the data',
    sketch: lineageCheck,
  },
  {
    at: 'controls.*.checks.*',
    label: 'attestation check',
    detail: 'A person has looked and says so',
    sketch: attestationCheck,
  },
  {
    at: 'controls.*.checks.*',
    label: 'scan check',
    detail: "A figure of a scanner's report",
    sketch: scanCheck,
  },
  {
    at: 'controls.*.checks.*',
    label: 'document check',
    detail: 'A question that a document answers',
    sketch: documentCheck,
  },
  { at: 'tests.*', label: 'policy test', detail: 'A made-up model, and how it must come out', sketch: test },
  ...['', 'controls.*'].map((at): Snippet => ({
    at,
    label: 'appliesTo: a fact of the model',
    beside: true,
    detail: 'Only models of which this is true',
    sketch: fields({
      appliesTo: fields({ all: items(flow(fields({ field: stop('model.riskTier'), atLeast: stop('2') }))) }),
    }),
  })),
];
