import assert from 'node:assert/strict';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { describeImport, describeImportFailures, filesOfUriList, importedFrom } from './import-words.ts';

const run = (name: string) => ({ name }) as RunSummary;
const failure = { path: '/w/a.txt', failure: { code: 'file-invalid', message: 'Not known.', remedy: 'Name results.' } };

describe('words of an import', () => {
  it('tell what is new, what was known and what failed', () => {
    assert.equal(describeImport({ runs: [run('mmlu')], known: [], failures: [] }), 'Imported mmlu.');
    assert.equal(
      describeImport({ runs: [run('a'), run('b')], known: [run('c')], failures: [failure] }),
      'Imported 2 runs. c was known already. 1 file was not imported.',
    );
    assert.match(describeImportFailures({ failures: [failure] }), /## `\/w\/a\.txt`\n\nNot known\. Name results\./);
  });

  it('take files from a drop, and nothing else', () => {
    assert.deepEqual(filesOfUriList('file:///a%20b.json\r\nhttps://x.example/y\n# c\nfile:///d.eval'), [
      'file:///a%20b.json',
      'file:///d.eval',
    ]);
  });

  it('name where an imported run came from', () => {
    assert.equal(importedFrom({ origin: 'import', file: 'out/results.json' }), 'imported from results.json');
    assert.equal(importedFrom({ origin: 'editor', file: 'a.bench.yaml' }), undefined);
  });
});
