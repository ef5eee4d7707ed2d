import assert from 'node:assert/strict';
import type { ModelCardCheck } from '../../../schemas/generated/files.ts';
import type { CheckResult, CheckState } from '../../../schemas/generated/messages.ts';
import { cardCheck, day, now } from '../../../test/fakes/assessed.ts';
import { checkModelCard, type CardEvidence } from './model-card.ts';

const card = `---
license: Apache-2.0
language: [en, de]
tags: []
model: {risk_tier: 2, owner: ""}
dotted.key: yes
contact: TODO
---

# Triage

## Intended use

Routing of tickets.
<!-- Not for anything else. -->

### Users

Support desks.

## Limitations

- [More Information Needed]
- TODO.

## Out of Scope Use & Misuse

Not for
medical advice.

## Empty

## Commented

<!--
Nothing here.

## Hidden
-->

## Code

\`\`\`md
## Not a heading
\`\`\`

## Closed ##

Yes.
`;

function judge(check: Partial<ModelCardCheck>, text = card, changes: Partial<CardEvidence> = {}): CheckResult {
  const evidence = {
    digest: 'c'.repeat(64),
    path: 'cards/a.md',
    storedAt: now - 10 * day,
    content: { text },
    ...changes,
  };
  return checkModelCard(cardCheck(check), evidence, now);
}

describe('checkModelCard', () => {
  const cases: readonly [what: string, check: Partial<ModelCardCheck>, state: CheckState, line?: number][] = [
    ['a section with text', { path: '#intended-use' }, 'pass', 12],
    ['a section in another case', { path: '#Intended-Use' }, 'pass', 12],
    ['a section inside another', { path: '#users' }, 'pass', 17],
    ['a section of placeholders', { path: '#limitations' }, 'fail', 21],
    ['a heading with signs in it', { path: '#out-of-scope-use--misuse' }, 'pass', 26],
    ['an empty section', { path: '#empty' }, 'fail', 31],
    ['a section of comments', { path: '#commented' }, 'fail', 33],
    ['a heading in a comment', { path: '#hidden' }, 'fail'],
    ['a heading in code', { path: '#not-a-heading' }, 'fail'],
    ['a heading closed with signs', { path: '#closed' }, 'pass', 47],
    ['a section that is not there', { path: '#ethics' }, 'fail'],
    ['the title, with all below it', { path: '#triage' }, 'pass', 10],
    ['a key', { path: 'license' }, 'pass', 2],
    ['a list', { path: 'language' }, 'pass', 3],
    ['an empty list', { path: 'tags' }, 'fail', 4],
    ['a key inside a key', { path: 'model.risk_tier' }, 'pass', 5],
    ['an empty text', { path: 'model.owner' }, 'fail', 5],
    ['a key with a dot', { path: 'dotted.key' }, 'pass', 6],
    ['a placeholder', { path: 'contact' }, 'fail', 7],
    ['a key that is not there', { path: 'model.size' }, 'fail'],
    ['a key all objects inherit', { path: 'constructor' }, 'fail'],
    ['a pattern met', { path: 'license', pattern: 'apache-*' }, 'pass', 2],
    ['a pattern missed', { path: 'license', pattern: 'mit' }, 'fail', 2],
    ['a pattern one item of a list meets', { path: 'language', pattern: 'de' }, 'pass', 3],
    ['a pattern the list as a whole meets', { path: 'language', pattern: 'en*de' }, 'pass', 3],
    ['a pattern over a line break', { path: '#out-of-scope-use--misuse', pattern: '*not for medical*' }, 'pass', 26],
    ['a pattern only a comment would meet', { path: '#intended-use', pattern: '*anything else*' }, 'fail', 12],
    ['a number like a pattern', { path: 'model.risk_tier', pattern: '?' }, 'pass', 5],
    ['a card that is fresh enough', { path: 'license', freshness: 'P10D' }, 'pass', 2],
    ['a card that is too old', { path: 'license', freshness: 'P9D' }, 'stale'],
  ];
  for (const [what, check, state, line] of cases) {
    it(`is ${state} for ${what}`, () => {
      const result = judge(check);
      assert.equal(result.state, state, result.reason);
      assert.deepEqual([result.evidence[0]?.line, result.evidence[0]?.path], [line, 'cards/a.md']);
    });
  }

  it('quotes what it found, on one line and not at length', () => {
    assert.equal(judge({ path: '#intended-use' }).evidence[0]?.quote, 'Routing of tickets. Support desks.');
    const long = judge({ path: '#a' }, `# A\n\n${'word '.repeat(500)}`).evidence[0]?.quote ?? '';
    assert.ok(long.length <= 200 && long.endsWith('…'));
  });

  it('reads a card with Windows line ends, a byte order mark, or no front matter', () => {
    assert.equal(judge({ path: 'license' }, card.replaceAll('\n', '\r\n')).state, 'pass');
    assert.equal(judge({ path: 'license' }, `\uFEFF${card}`).state, 'pass');
    assert.equal(judge({ path: '#a' }, '# A\ntext').state, 'pass');
    assert.equal(judge({ path: 'license' }, '# A\ntext').state, 'fail');
    assert.equal(judge({ path: '#a' }, '# A\ntext <!-- never closed').state, 'pass');
  });

  it('is missing without a card', () => {
    assert.equal(checkModelCard(cardCheck(), undefined, now).state, 'missing');
  });

  const broken: readonly [what: string, text: string][] = [
    ['front matter that never ends', '---\nlicense: mit\n'],
    ['broken YAML', '---\nlicense: [mit\n---\n'],
    ['a repeated key', '---\nlicense: mit\nlicense: gpl\n---\n'],
    ['an alias of nothing', '---\nlicense: *mit\n---\n'],
    [
      'aliases of aliases of aliases',
      `---\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'.charAt(index)},`.repeat(9)}]`)
        .join('\n')}\n---\n`,
    ],
    ['deep nesting', `---\nlicense: ${'['.repeat(5000)}\n---\n`],
  ];
  for (const [what, text] of broken) {
    it(`is an error for ${what}`, () => {
      assert.equal(judge({ path: 'license' }, text).state, 'error');
    });
  }

  it('is an error when the stored card cannot be trusted', () => {
    const result = judge({}, '', { content: { fault: 'Its digest differs.' } });
    assert.deepEqual([result.state, result.reason], ['error', 'Its digest differs.']);
  });
});
