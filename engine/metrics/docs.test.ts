import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { schemaAt } from '../documents/schema.ts';
import { metricCatalogue } from './catalogue.ts';
import { metricCautions } from './cautions.ts';

const rows = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| `'));

function rowOf(name: string): string {
  return rows.find(line => line.split('|')[1]?.includes(`\`${name}\``)) ?? assert.fail(`no row for ${name}`);
}

describe('docs/metrics.md', () => {
  it('has a row for every metric with all its parameters', () => {
    for (const name of metricCatalogue.keys()) {
      const row = rowOf(name);
      const parameters = Object.keys(schemaAt('bench', ['metrics', 0, name])?.properties ?? {});
      for (const parameter of parameters.filter(one => one !== 'name'))
        assert.ok(row.includes(`\`${parameter}\``), `${name} does not tell \`${parameter}\``);
    }
  });

  it('tells interval and limits as the help in the editor does', () => {
    assert.deepEqual(Object.keys(metricCautions).sort(), [...metricCatalogue.keys()].sort());
    for (const [name, { interval, notFor }] of Object.entries(metricCautions)) {
      const cells = rowOf(name)
        .split(/(?<!\\)\|/)
        .map(cell => cell.trim());
      if (!cells.includes('as above')) assert.ok(cells.includes(interval), `${name}: ${interval}`);
      if (notFor !== undefined) assert.ok(cells.includes(notFor), `${name}: ${notFor}`);
    }
  });
});
