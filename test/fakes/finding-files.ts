/** A small workspace that the tests of findings share. */
const rows = ['card mail train', 'transfer chat train', 'card mail test', 'card chat test', 'transfer mail test'];
export const files = {
  'workbench.yaml': 'connections:\n  gpt: {provider: openai, model: m}\n',
  'data/t.jsonl': `${rows
    .map((row, index) => {
      const [label, channel, split] = row.split(' ');
      return JSON.stringify({ text: `row ${String(index)}`, label, channel, split });
    })
    .join('\n')}\n`,
  'good.bench.yaml':
    'name: good\ndataset: {path: data/t.jsonl, input: text, target: label, slices: [channel]}\nprompts: [p.prompt.yml]\nmodels: [gpt]\nmetrics: [accuracy]\n',
  'p.prompt.yml': 'messages:\n  - {role: user, content: "{{text}}"}\n',
  'fixed.prompt.yml': 'messages:\n  - {role: user, content: Label it.}\n',
  'wrong.prompt.yml': 'messages:\n  - role: user\n    content: |\n      😀 {{ txt }} and {{label}}\n',
  'rubric.md': 'Is {{answer}} kind?\n',
  'bank.policy.yaml': `id: bank.fair
version: 1.0.0
level: corporate
controls:
  - id: FAIR-01
    title: Alike
    severity: high
    checks: [{id: FAIR-01.c, type: lineage, require: [license]}]
`,
};
/** A benchmark in it, with more fields of its dataset and of its own. */
export const bench = (dataset: string, rest = ''): string =>
  `name: x\ndataset: {path: data/t.jsonl, input: text, target: label${dataset}}\nmodels: [gpt]\n${rest}`;
