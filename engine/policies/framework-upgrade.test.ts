import assert from 'node:assert/strict';
import { kindOfPath } from '../documents/kinds.ts';
import type { DocumentLibrary, LibraryDocument } from '../documents/library.ts';
import { parseDocument } from '../documents/parse.ts';
import { coverFrameworks } from '../governance/frameworks-coverage.ts';
import { controlIn } from '../../test/fakes/assessed.ts';
import { refuse, resolveSet } from '../../test/fakes/policies.ts';
import { compareForPolicies } from './framework-changes.ts';
import { planUpgrade } from './framework-upgrade.ts';

const signal = new AbortController().signal;
const step = { id: 'owasp-llm-top10', from: '2025', to: '2026' };

const parent = `# The bank's rules.
id: bank
version: 1.0.0
level: corporate
frameworks:
  - {id: owasp-llm-top10, version: "2025"} # until the auditors move
  - id: mitre-atlas
    version: '2026.07'
controls:
  - id: B-1
    title: Agents
    severity: high
    mappings:
      # Two of them.
      - {framework: owasp-llm-top10, id: 'LLM06:2025', relation: mitigates} # agency
      - framework: owasp-llm-top10
        id: LLM10:2025
      - {framework: mitre-atlas, id: AML.T0053}
    checks: [{id: B-1.c, type: lineage, require: [license]}]
`;
const child = `id: team
version: 1.0.0
level: team
extends: [{id: bank, version: ^1.0.0}]
controls:
  - id: T-1
    title: Injection
    severity: high
    mappings: [{framework: owasp-llm-top10, id: "LLM01:2025"}]
    checks: [{id: T-1.c, type: lineage, require: [license]}]
`;
const other = `id: other
version: 1.0.0
level: team
frameworks: [{id: owasp-llm-top10, version: "2026"}]
controls:
  - {id: O-1, title: O, severity: low, mappings: [{framework: owasp-llm-top10, id: "LLM01:2026"}], checks: [{id: O-1.c, type: lineage, require: [license]}]}
`;
const files = { 'bank.policy.yaml': parent, 'team.policy.yaml': child, 'other.policy.yaml': other };

function libraryOf(texts: Readonly<Record<string, string>>): DocumentLibrary {
  return {
    all: kind =>
      Promise.resolve(
        Object.entries(texts)
          .filter(([file]) => kindOfPath(file) === kind)
          .map(([file, text]): LibraryDocument<typeof kind> => ({
            path: `/w/${file}`,
            file,
            parsed: parseDocument(kind, text),
          })),
      ),
  };
}

describe('compareForPolicies', () => {
  it('lists the mappings that mean an id that changed, inherited versions too, with their lines', async () => {
    const { comparison } = await compareForPolicies(step, libraryOf(files), signal);
    assert.deepEqual(comparison.policies, ['bank.policy.yaml', 'team.policy.yaml']);
    assert.deepEqual(
      comparison.affected.map(({ file, line, control, id, changes }) => [
        `${file}:${line}`,
        control,
        id,
        changes.map(({ replacement }) => replacement?.id),
      ]),
      [
        ['bank.policy.yaml:15', 'B-1', 'LLM06:2025', ['LLM03:2026']],
        ['bank.policy.yaml:17', 'B-1', 'LLM10:2025', ['LLM06:2026']],
        ['team.policy.yaml:9', 'T-1', 'LLM01:2025', ['LLM01:2026']],
      ],
    );
  });

  it('finds nothing between a version and itself', async () => {
    const { comparison } = await compareForPolicies({ ...step, to: '2025' }, libraryOf(files), signal);
    assert.deepEqual([comparison.changes, comparison.affected, comparison.unchanged], [[], [], 10]);
  });

  it('asks for a framework and versions that are there', async () => {
    const library = libraryOf(files);
    await assert.rejects(compareForPolicies({ ...step, id: 'owasp' }, library, signal), { code: 'usage' });
    await assert.rejects(compareForPolicies({ ...step, to: '2027' }, library, signal), {
      code: 'usage',
      remedy: /2025, 2026/,
    });
  });
});

describe('planUpgrade', () => {
  it('changes the version and the ids, and not a byte beside them', async () => {
    const { policies } = await planUpgrade(step, undefined, libraryOf(files), signal);
    assert.deepEqual(
      policies.map(({ file, open }) => [file, open]),
      [
        ['bank.policy.yaml', []],
        ['team.policy.yaml', []],
      ],
    );
    const [bank, team] = policies;
    assert.ok(bank && team);
    assert.equal(
      bank.text,
      parent
        .replace('"2025"', '"2026"')
        .replace("'LLM06:2025'", "'LLM03:2026'")
        .replace('id: LLM10:2025', 'id: LLM06:2026'),
    );
    assert.equal(team.text, child.replace('"LLM01:2025"', '"LLM01:2026"'));
    assert.deepEqual(bank.edits[0], {
      line: 5,
      character: 35,
      endLine: 5,
      endCharacter: 41,
      before: '"2025"',
      after: '"2026"',
    });
    const upgraded = { 'bank.policy.yaml': bank.text, 'team.policy.yaml': team.text };
    const set = await resolveSet(upgraded, ['team.policy.yaml']);
    assert.deepEqual(
      set.controls.flatMap(({ mappings }) => mappings.map(({ version, id }) => `${version} ${id}`)),
      ['2026 LLM03:2026', '2026 LLM06:2026', '2026.07 AML.T0053', '2026 LLM01:2026'],
    );
  });

  it('leaves to a person what nothing took the place of, and what an alias writes', async () => {
    const framework = (version: string, rest: string): string =>
      `id: acme\nversion: "${version}"\ntitle: Acme\nentries:\n  - {id: A-1, name: First}\n${rest}`;
    const policy = `id: p
version: 1.0.0
level: team
frameworks: [{id: acme, version: "1"}]
controls:
  - id: C
    title: T
    severity: low
    mappings: [{framework: acme, id: A-2}, {framework: acme, id: &third A-3}]
    checks: [{id: C.c, type: lineage, require: [license]}]
  - id: D
    title: T
    severity: low
    mappings: [{framework: acme, id: *third}]
    checks: [{id: D.c, type: lineage, require: [license]}]
`;
    const texts = {
      'a1.framework.yaml': framework('1', '  - {id: A-2, name: Second}\n  - {id: A-3, name: Third}\n'),
      'a2.framework.yaml': framework(
        '2',
        '  - {id: B-3, name: New third}\nretired: [{id: A-3, name: Third, replacedBy: B-3}]\n',
      ),
      'p.policy.yaml': policy,
    };
    const asked = { id: 'acme', from: '1', to: '2' };
    const { policies } = await planUpgrade(asked, ['p.policy.yaml'], libraryOf(texts), signal);
    const [plan] = policies;
    assert.equal(plan?.text, policy.replace('version: "1"', 'version: "2"'));
    assert.deepEqual(
      plan.open.map(({ line, control, id, why }) => [line, control, id, why.slice(0, 24)]),
      [
        [9, 'C', 'A-2', 'It was retired, and noth'],
        [9, 'C', 'A-3', 'It is written by an alia'],
        [14, 'D', 'A-3', 'It is written by an alia'],
      ],
    );
    const refused = await refuse({ ...texts, 'p.policy.yaml': plan.text }, ['p.policy.yaml']);
    assert.equal(refused.length, 3);
  });

  it('refuses a file that does not mean the version', async () => {
    await assert.rejects(planUpgrade(step, ['other.policy.yaml'], libraryOf(files), signal), {
      code: 'usage',
      remedy: /bank\.policy\.yaml, team\.policy\.yaml/,
    });
  });

  it('leaves earlier assessments on the version they were made by', async () => {
    const before = await resolveSet(files, ['bank.policy.yaml']);
    const assessed = controlIn(['pass'], { id: 'B-1', mappings: [...(before.controls[0]?.mappings ?? [])] });
    const { policies } = await planUpgrade(step, undefined, libraryOf(files), signal);
    const after = await resolveSet({ 'bank.policy.yaml': policies[0]?.text ?? '' });
    const satisfied = (frameworks: typeof before.frameworks): readonly string[] =>
      coverFrameworks(frameworks, [assessed]).flatMap(({ version, entries }) =>
        entries.filter(({ state }) => state === 'satisfied').map(({ id }) => `${version} ${id}`),
      );
    assert.deepEqual(satisfied(before.frameworks), ['2025 LLM06:2025', '2025 LLM10:2025', '2026.07 AML.T0053']);
    // What was recorded by the old edition says nothing of the new one, and is not read as if it did.
    assert.deepEqual(satisfied(after.frameworks), ['2026.07 AML.T0053']);
  });
});
