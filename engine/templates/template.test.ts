import assert from 'node:assert/strict';
import { WorkbenchError } from '../base/errors.ts';
import { compileTemplate } from './template.ts';

describe('prompt templates', () => {
  it('fill placeholders from a row and name the variables they read', () => {
    const template = compileTemplate(
      '{{greeting}} {{ text | trim }}{% if channel %} via {{channel}}{% endif %}',
      'p.yml',
    );
    assert.deepEqual(template.variables, ['greeting', 'text', 'channel']);
    assert.equal(template.render({ greeting: 'Hi', text: '  x ', channel: 'chat' }), 'Hi x via chat');
    assert.equal(template.render({ greeting: 'Hi', text: 'x' }), 'Hi x');
  });

  it('do not take loop variables, filters, tests or properties for columns', () => {
    const text =
      '{% set n = rows | length %}{% for r in rows %}{{ loop.index }}{{ r.name | default("x") }}{% endfor %}{{ n }}{% if a is defined %}{% endif %}';
    assert.deepEqual([...compileTemplate(text, 'p.yml').variables].sort(), ['a', 'rows']);
  });

  it('treat braces in a row as text', () => {
    assert.equal(
      compileTemplate('{{text}}', 'p.yml').render({ text: '{{secret}} {% raise %}' }),
      '{{secret}} {% raise %}',
    );
  });

  it('refuse a template that does not parse, naming the file', () => {
    assert.throws(
      () => compileTemplate('{{ text ', 'prompts/a.prompt.yml'),
      (error: unknown) =>
        error instanceof WorkbenchError &&
        error.code === 'prompt-invalid' &&
        error.message.includes('prompts/a.prompt.yml'),
    );
  });
});
