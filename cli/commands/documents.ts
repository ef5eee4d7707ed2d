import path from 'node:path';
import type { Command } from 'commander';
import type { SourceDocument } from '../../schemas/generated/messages.ts';
import type { ExitCode } from '../../engine/base/errors.ts';
import { nameOfVersion } from '../../engine/base/version-name.ts';
import { describeDate } from '../../engine/base/dates.ts';
import { describePerson } from '../../engine/people/describe-person.ts';
import { countOf, groupDigits } from '../../engine/reports/format.ts';
import { addDocument, listDocuments } from '../../engine/source-documents/documents.ts';
import { findDocument, listAllDocuments, readSourceText } from '../../engine/source-documents/read-source-text.ts';
import { createDocumentReader } from '../../platform/documents/reader.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { layTable, printNote } from '../output.ts';
import { requireLocalVersion } from '../version-reference.ts';
import { print, withGovernance, type Run } from './governed.ts';

const stateWords: Readonly<Record<SourceDocument['state'], string>> = {
  read: 'read',
  'no-text': 'no text',
  encrypted: 'encrypted',
  broken: 'broken',
  'too-large': 'too large',
};

export function addDocuments(program: Command, run: Run): void {
  const documents = program.command('documents');
  documents
    .command('add')
    .description('Keep a PDF, Word, Markdown, HTML or text file in the store; exit code 1 when no text could be read')
    .argument('<file>')
    .argument('[version]', "MODEL@V it is about; without one it is a policy's")
    .action((file: string, version: string | undefined, _options: unknown, command: Command) =>
      run(() => add(file, version, globalOptions(command))),
    );
  documents
    .command('list', { isDefault: true })
    .description('Documents of the store, newest first')
    .argument('[version]', 'only those about MODEL@V')
    .action((version: string | undefined, _options: unknown, command: Command) =>
      run(() => list(version, globalOptions(command))),
    );
  documents
    .command('show')
    .description('What is known of a document, or its text')
    .argument('<digest>', 'SHA-256 of the document, or its beginning')
    .option('--text', 'print the text that was read')
    .action((digest: string, options: { readonly text?: boolean }, command: Command) =>
      run(() => show(digest, options.text === true, globalOptions(command))),
    );
}

function add(file: string, version: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, folder, signal) => {
    const about = version === undefined ? {} : { about: requireLocalVersion(version) };
    const reader = createDocumentReader();
    const added = await addDocument({ path: path.resolve(file), folder, ...about }, { ...ports, reader }, signal);
    print(added.document, describe(added.document), options);
    if (!added.isNew) printNote('These very bytes were in the store already: nothing was added.');
    return added.document.state === 'read' ? 0 : 1;
  });
}

function list(version: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, _folder, signal) => {
    const documents =
      version === undefined
        ? await listAllDocuments(ports)
        : await listDocuments(requireLocalVersion(version), ports, signal);
    const header = ['Digest', 'Name', 'About', 'State', 'Pages', 'Characters', 'Added'].map(text => ({ text }));
    const rows = documents.map(document => [
      { text: document.digest.slice(0, 12) },
      { text: document.name },
      { text: describeSubject(document) },
      { text: stateWords[document.state] },
      { text: document.pages === undefined ? '' : groupDigits(document.pages), align: 'right' as const },
      { text: groupDigits(document.characters), align: 'right' as const },
      { text: describeDate(document.addedAt) },
    ]);
    if (documents.length > 0 || options.json === true)
      print({ documents }, layTable(header, rows, ['Name', 'About']), options);
    else printNote('There are no documents. `aiwb documents add FILE` adds one.');
    return 0;
  });
}

function show(digest: string, wantsText: boolean, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async ports => {
    if (wantsText) {
      const text = await readSourceText(digest, ports);
      print(text, text.text, options);
    } else {
      const document = await findDocument(digest, ports);
      print(document, describe(document), options);
    }
    return 0;
  });
}

function describe(document: SourceDocument): string {
  const { name, digest, size, pages, characters, state, fault, notes, addedAt, addedBy } = document;
  const length = countOf(characters, 'character');
  const extent = pages === undefined ? length : `${countOf(pages, 'page')}, ${length}`;
  return [
    `${name}: ${stateWords[state]}${state === 'read' ? `, ${extent}` : ''}`,
    ...(fault === undefined ? [] : [fault]),
    ...notes,
    `SHA-256 ${digest}, ${groupDigits(size)} bytes`,
    `About ${describeSubject(document)}; added ${describeDate(addedAt)} by ${describePerson(addedBy)}`,
  ].join('\n');
}

function describeSubject({ model, version }: SourceDocument): string {
  return model === undefined || version === undefined ? 'policies' : nameOfVersion({ model, version });
}
