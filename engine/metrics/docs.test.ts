import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { schemaAt } from '../documents/schema.ts';
import { metricCatalogue } from './catalogue.ts';

describe('docs/metrics.md', () => {
  it('has a row for every metric with all its parameters', () => {
    const rows = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
      .split('\n')
      .filter(line => line.startsWith('| `'));
    for (const name of metricCatalogue.keys()) {
      const row = rows.find(line => line.split('|')[1]?.includes(`\`${name}\``)) ?? assert.fail(`no row for ${name}`);
      const parameters = Object.keys(schemaAt('bench', ['metrics', 0, name])?.properties ?? {});
      for (const parameter of parameters.filter(one => one !== 'name'))
        assert.ok(row.includes(`\`${parameter}\``), `${name} does not tell \`${parameter}\``);
    }
  });
});
