import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createDocumentReader } from '../../platform/documents/reader.ts';
import { makeDocx, makePdf } from '../../test/fakes/documents.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { verifyAudit } from '../audit/verify.ts';
import { WorkbenchError } from '../base/errors.ts';
import { addDocument, listDocuments, type DocumentPorts } from './documents.ts';
import { findDocument, readSourceText } from './read-source-text.ts';
import { tellMediaType } from './media-type.ts';

describe('documents of the store', () => {
  let governed: Governed;
  let ports: DocumentPorts;
  beforeEach(async () => {
    governed = await openGoverned();
    ports = { ...governed.ports, reader: createDocumentReader() };
  });
  afterEach(() => governed.close());

  const add = (name: string, content: string | Uint8Array, about?: { model: string; version: string }) => {
    const file = path.join(governed.folder, name);
    writeFileSync(file, content);
    return addDocument(
      { path: file, folder: governed.folder, ...(about === undefined ? {} : { about }) },
      ports,
      signal,
    );
  };
  const fails = (work: Promise<unknown>, code: string, message: RegExp): Promise<void> =>
    assert.rejects(work, error => {
      assert.ok(error instanceof WorkbenchError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });

  it('keeps bytes and text, and finds both again', async () => {
    const bytes = makePdf([['Owners must sign.'], ['Models shall be tested.']]);
    const { document, isNew } = await add('policy.pdf', bytes);
    assert.ok(isNew);
    const { digest, state, pages, characters, addedBy, model } = document;
    assert.deepEqual([state, pages, model, addedBy.email], ['read', 2, undefined, 'author@x.example']);
    assert.deepEqual(Buffer.from(await ports.store.blobs.read(digest)), bytes);
    const text = await readSourceText(digest.slice(0, 12), ports);
    assert.equal(text.text, 'Owners must sign.\n\nModels shall be tested.');
    assert.equal(text.text.length, characters);
    assert.deepEqual([text.digest, text.name, text.pages.length], [digest, 'policy.pdf', 2]);
    assert.deepEqual(await listDocuments({}, ports, signal), [document]);
    assert.ok((await verifyAudit(ports.store, ports.digest, signal)).intact);
  });

  it('knows the same bytes again, of the same version only', async () => {
    const version = await governed.register('weights');
    const first = await add('policy.md', 'Owners must sign.');
    const again = await add('copy.md', 'Owners must sign.');
    assert.deepEqual(again, { document: first.document, isNew: false });
    const other = await add('policy.md', 'Owners must sign.', version);
    assert.ok(other.isNew);
    assert.equal(other.document.version, version.version);
    assert.equal(other.document.textDigest, first.document.textDigest);
    assert.deepEqual(await listDocuments(version, ports, signal), [other.document]);
    assert.deepEqual(await listDocuments({}, ports, signal), [first.document]);
    assert.ok((await verifyAudit(ports.store, ports.digest, signal)).intact);
  });

  it('keeps what cannot be read, with the reason, once', async () => {
    const { document } = await add('scan.pdf', makePdf([[]], { scanned: true }));
    assert.equal(document.state, 'no-text');
    assert.match(document.fault ?? '', /OCR/);
    assert.equal((await add('scan.pdf', makePdf([[]], { scanned: true }))).isNew, false);
    await fails(readSourceText(document.digest, ports), 'file-invalid', /scan\.pdf has no text.*OCR/);
  });

  it('survives clearing the store of what nobody refers to', async () => {
    const { document } = await add('policy.md', 'Owners must sign.');
    const loose = await ports.store.blobs.put(new TextEncoder().encode('loose'));
    governed.clock.advance(1e12);
    await ports.store.collectGarbage(governed.clock.now());
    assert.equal(await ports.store.blobs.has(loose.digest), false);
    assert.equal((await readSourceText(document.digest, ports)).text, 'Owners must sign.');
    assert.ok(await ports.store.blobs.has(document.digest));
  });

  it('notices a record and a text that were changed', async () => {
    const { document } = await add('policy.md', 'Owners must sign.');
    writeFileSync(ports.store.blobs.locate(document.textDigest ?? ''), '{}');
    await fails(readSourceText(document.digest, ports), 'record-tampered', /./);
    governed.edit("UPDATE audit_payloads SET payload = replace(payload, 'policy.md', 'another.md')");
    await fails(listDocuments({}, ports, signal), 'record-tampered', /was changed/);
  });

  it('refuses what is no document', async () => {
    await fails(add('empty.md', ''), 'file-invalid', /is empty/);
    await fails(add('tool.exe', 'MZ\0\0'), 'file-invalid', /holds no text/);
    await fails(add('notes', 'some words'), 'file-invalid', /does not say/);
    await fails(add('policy.md', makeDocx(['x'])), 'file-invalid', /its name says something else/);
    await fails(add('large.pdf', new Uint8Array(32 * 2 ** 20 + 1)), 'file-too-large', /32 MiB/);
    await fails(addDocument({ path: '/nowhere.pdf', folder: '/' }, ports, signal), 'file-not-found', /nowhere/);
    await fails(findDocument('ab', ports), 'record-not-found', /no document ab/);
    await fails(findDocument('', ports), 'record-not-found', /no document/);
    assert.deepEqual(await listDocuments({}, ports, signal), []);
  });
});

describe('tellMediaType', () => {
  const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
  const cases: readonly [name: string, content: string, type: string][] = [
    ['a.pdf', '%PDF-1.7', 'application/pdf'],
    ['a.txt', '\n\n%PDF-1.7', 'application/pdf'],
    ['a.docx', 'PK\x03\x04', word],
    ['a.DOCM', 'PK\x03\x04', word],
    ['noname', 'PK\x03\x04', word],
    ['a.docx', 'no zip', word],
    ['a.pdf', 'no pdf', 'application/pdf'],
    ['a.Markdown', '# x', 'text/markdown'],
    ['a.htm', 'x', 'text/html'],
    ['noname', ' <!DOCTYPE html>', 'text/html'],
    ['a.txt', 'x', 'text/plain'],
  ];
  for (const [name, content, type] of cases) {
    it(`takes ${JSON.stringify(content)} in ${name} for ${type}`, async () => {
      assert.equal(await tellMediaType(`/w/${name}`, Buffer.from(content, 'latin1'), signal), type);
    });
  }
});
