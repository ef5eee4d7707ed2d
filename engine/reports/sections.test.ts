import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../schemas/generated/messages.ts';
import * as validators from '../../schemas/generated/validators.js';
import { renderJunit } from './junit.ts';
import { comparisonLines, frontLines, latencyTable, regressionLines, sliceTable, worstLines } from './sections.ts';
import { renderMarkdown, renderText } from './text.ts';

const folder = path.resolve(import.meta.dirname, '../../test/fixtures/reports');
const readReport = (name: string): Report => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Report;

describe('the parts of a report in words', () => {
  it('are there for reports of today and absent for those of before', () => {
    const full = readReport('full.json');
    const lines = comparisonLines(full);
    assert.deepEqual(
      lines.map(line => line.slice(0, line.indexOf(' against ') + 9)).filter(start => start.endsWith(' against ')),
      ['F1 (macro) against ', 'Precision (macro) against ', 'Recall (macro) against ', 'Latency (mean) against '],
    );
    assert.equal(lines.length, 3 + 4, 'the leading metric in full, every other one in a line');
    assert.match(
      lines.find(line => line.startsWith('F1')) ?? '',
      /^F1 \(macro\) against embedded:keyword: embedded:majority worse by 0\.5\d, /,
    );
    assert.equal(frontLines(full).length, 2);
    assert.equal(regressionLines(full).length, 4);
    assert.equal(sliceTable(full)?.header.length, 5);
    assert.equal(latencyTable(full)?.rows.length, 4);
    assert.equal(worstLines(full).length, 12);

    const before = readReport('finished.json');
    assert.deepEqual(
      comparisonLines(before),
      before.comparisons.map(({ sentence }) => sentence),
    );
    for (const part of [frontLines(before), regressionLines(before), worstLines(before)]) assert.deepEqual(part, []);
    assert.equal(latencyTable(before), undefined);
  });

  it('are valid and safe in every fixture', () => {
    const names = readdirSync(folder).filter(name => name.endsWith('.json'));
    assert.ok(names.length >= 6);
    for (const name of names) {
      const report = readReport(name);
      assert.ok(validators.validateReport(report), `${name}: ${JSON.stringify(validators.validateReport.errors)}`);
      const markdown = renderMarkdown(report);
      assert.ok(!/<\w/.test(markdown), name);
      assert.ok(renderText(report, 80).startsWith(report.title));
      const xml = renderJunit(report);
      assert.ok(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(xml), name);
      assert.ok(!/<(?!\/?(testsuites?|testcase|failure|error|skipped)\b|\?xml)/.test(xml), name);
    }
  });
});
