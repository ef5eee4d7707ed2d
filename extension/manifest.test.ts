import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { diagnosticCodes, type CodeFacts } from '../engine/documents/codes.ts';

const root = path.dirname(import.meta.dirname);
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

interface Manifest {
  activationEvents: string[];
  contributes: {
    commands: { command: string; icon?: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    walkthroughs: { steps: { media: { markdown: string }; completionEvents: string[] }[] }[];
  } & Record<string, unknown>;
}
const manifest = read('package.json') as Manifest;
const { contributes } = manifest;
const commands = contributes.commands.map(({ command }) => command);

describe('the manifest', () => {
  it('is sorted', () => {
    assert.deepEqual(commands, [...commands].sort());
    assert.deepEqual(Object.keys(contributes), Object.keys(contributes).sort());
    assert.deepEqual(manifest.activationEvents, [...manifest.activationEvents].sort());
  });

  it('names only commands that the code registers', () => {
    const sources = globSync('**/*.ts', { cwd: import.meta.dirname })
      .filter(file => !file.endsWith('.test.ts'))
      .map(file => readFileSync(path.join(import.meta.dirname, file), 'utf8'))
      .join('\n');
    const registered = new Set(
      [...sources.matchAll(/(?:registerCommand\(\s*(?:\w+,\s*)?|\[)'(aiwb\.\w+)'/g)].map(match => match[1]),
    );
    assert.deepEqual(
      commands.filter(command => !registered.has(command)),
      [],
    );
  });

  it('puts only its own commands into menus, and says of each whether the palette offers it', () => {
    const inMenus = Object.values(contributes.menus)
      .flat()
      .map(({ command }) => command);
    assert.deepEqual(
      inMenus.filter(command => !commands.includes(command)),
      [],
    );
    const inPalette = contributes.menus['commandPalette']?.map(({ command }) => command) ?? [];
    assert.equal(new Set(inPalette).size, inPalette.length);
  });

  it('leaves no text untranslatable and no translation unused', () => {
    const used = new Set([...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(match => match[1] ?? ''));
    const texts = Object.keys(read('package.nls.json') as object);
    assert.deepEqual(texts, [...texts].sort());
    assert.deepEqual([...used].sort(), texts);
  });

  it('offers a severity for every finding that can be hidden', () => {
    const { configuration } = contributes as unknown as {
      configuration: { properties: Record<string, { propertyNames?: { enum: string[] } }> };
    };
    const hideable = Object.entries(diagnosticCodes).flatMap(([code, facts]: [string, CodeFacts]) =>
      facts.isSyntax === true ? [] : [code],
    );
    assert.deepEqual(
      configuration.properties['aiWorkbench.diagnostics.severity']?.propertyNames?.enum,
      hideable.toSorted(),
    );
  });

  it('has a text and a way to completion for every step of the walkthrough', () => {
    for (const { media, completionEvents } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
      assert.ok(existsSync(path.join(root, media.markdown)), media.markdown);
      const unknown = completionEvents
        .filter(event => event.startsWith('onCommand:'))
        .map(event => event.slice('onCommand:'.length))
        .filter(command => !commands.includes(command));
      assert.deepEqual(unknown, [], media.markdown);
    }
  });

  it('links only to commands that there are', () => {
    const texts = Object.values(read('package.nls.json') as Record<string, string>).join('\n');
    const linked = [...texts.matchAll(/\(command:(aiwb\.\w+)\)/g)].map(match => match[1] ?? '');
    assert.ok(linked.length > 10);
    assert.deepEqual(
      linked.filter(command => !commands.includes(command)),
      [],
    );
  });
});
