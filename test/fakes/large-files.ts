import type { FileKind } from '../../engine/documents/kinds.ts';

/** A valid file of a kind with about so many lines, in various styles of YAML chosen at random. */
export function generateFile(kind: FileKind, lines: number, random: () => number): string {
  const write = writers[kind];
  const blocks = [write.head];
  let count = write.head.split('\n').length;
  for (let index = 0; count < lines; index += 1) {
    const block = write.item(index, random);
    blocks.push(block, random() < 0.1 ? '\n' : '', random() < 0.1 ? '  # A note.\n' : '');
    count += block.split('\n').length - 1;
  }
  return `${blocks.join('')}${write.tail}`;
}

interface Writer {
  readonly head: string;
  readonly item: (index: number, random: () => number) => string;
  readonly tail: string;
}

const writers: Readonly<Record<FileKind, Writer>> = {
  bench: {
    head: 'name: triage\n# Rows of last year.\ndataset: {path: d.csv, input: text, target: label}\nmodels: [gpt, "embedded:knn"]\nmetrics:\n  - accuracy\n  - f1: {average: macro}\nprompts:\n',
    item: index => `  - prompts/${index}/text.prompt.yml\n`,
    tail: 'limits:\n  budget: 5.00 USD\n  concurrency: 8\n\ngate:\n- {metric: accuracy, model: gpt, atLeast: 0.9}\n- metric: f1\n  model: gpt\n  atLeast: 0.5\n',
  },
  tune: {
    head: `name: job
base: embedded:linear
platform: local
aspects:
  core-performance: {dataset: {path: d.csv, input: text, target: label, split: {field: split, train: a, test: b}}}
  robustness:
    dataset:
      path: e.csv
      input: text
      target: label
      split: {field: split, train: a, test: b}
    weight: 2
evaluation: {metrics: [accuracy, f1: {average: macro}], select: {aspect: robustness, metric: loss}}
register:
  model: triage
  properties:
`,
    item: index => `    property${index}: value ${index}\n`,
    tail: 'confidence: 0.9\nlimits:\n  budget: 5.00 USD\n',
  },
  policy: {
    head: 'id: team\nversion: 1.0.0\nlevel: team\nframeworks: [{id: mitre-atlas, version: "2026.07"}]\ncontrols:\n',
    item: (index, random) =>
      `  - id: F${index}\n    title: "Control \\"${index}\\""\n    severity: ${random() < 0.5 ? 'critical' : 'high'}\n    mappings: [{framework: mitre-atlas, id: AML.T0051, relation: mitigates}]\n    checks:\n      - {id: F${index}.c, type: metric, benchmark: triage, metric: accuracy, assert: {op: ">=", value: 0.9}}\n      - id: F${index}.d\n        type: attestation\n        role: reviewer\n        statement: ${random() < 0.5 ? 'I looked.' : `|\n          I looked\n          at all ${index}.`}\n`,
    tail: 'scoring:\n  gate: {failOn: [critical], minScore: 80}\n',
  },
  framework: {
    head: 'id: acme\nversion: "2027"\ntitle: Acme controls\nretired:\n  - {id: B-1, name: Gone, replacedBy: A-0}\nentries:\n',
    item: (index, random) =>
      random() < 0.5
        ? `  - {id: A-${index}, name: Control ${index}, group: A, related: [A-0]}\n`
        : `  - id: A-${index}\n    name: 'Control ${index}'\n    description: >-\n      What it is\n      about.\n`,
    tail: '',
  },
  workbench: {
    head: 'store: .aiwb\nconnections:\n',
    item: (index, random) =>
      random() < 0.5
        ? `  c${index}: {provider: openai, model: gpt-4o, price: {input: 2.5, output: 10}}\n`
        : `  c-${index}:\n    provider: openai\n    model: 'm ${index}'\n    apiKey: {env: KEY}\n    headers:\n      X-Team: "a\n        b"\n`,
    tail: 'compute:\n  local: {type: local}\n',
  },
  prompt: {
    head: 'messages:\n',
    item: (index, random) =>
      random() < 0.3
        ? `  - {role: user, content: 'x ${index}'}\n`
        : random() < 0.5
          ? `  - role: system\n    content: |\n      Say {{ text }}\n\n      # twice\n      ${index} times.\n`
          : `- role: user\n  content: >+\n    So ${index}\n\n    it\n\n`.replaceAll(/^(?=.)/gm, '  '),
    tail: '',
  },
};
