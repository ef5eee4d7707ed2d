import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { diagnosticCodes, type CodeFacts } from '../engine/documents/codes.ts';

const root = path.dirname(import.meta.dirname);
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

interface Manifest {
  activationEvents: string[];
  contributes: {
    commands: { command: string; title: string; category?: string; icon?: string }[];
    keybindings?: { command: string }[];
    menus: Record<string, { command: string; when?: string; group?: string }[]>;
    views: Record<string, { id: string; name: string; icon?: string; contextualTitle?: string }[]>;
    viewsWelcome: { view: string; contents: string; when: string }[];
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
    // A view's filter, and a view over a list, register theirs by the view's name.
    for (const [, name = ''] of sources.matchAll(/\bname: '(\w+)',\s*viewId: '/g)) {
      registered.add(`aiwb.filter${name}`).add(`aiwb.clear${name}Filter`);
    }
    for (const [, name = ''] of sources.matchAll(/createListView<\w+>\(engines, \{\s*name: '(\w+)'/g)) {
      registered.add(`aiwb.refresh${name}`);
    }
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

  describe('its views', () => {
    const views = contributes.views['aiwb'] ?? [];
    /** The results are those of a notebook that is open, in whatever window: they are read from it, and few. */
    const ofWorkspace = views.filter(({ id }) => id !== 'aiwb.results');

    it('stand in one container, each with a name and an icon of its own', () => {
      assert.deepEqual(Object.keys(contributes.views), ['aiwb']);
      const names = new Set(views.map(({ name }) => name));
      const icons = new Set(views.map(({ icon }) => icon));
      assert.deepEqual([names.size, icons.size], [views.length, views.length]);
      for (const { id, name, icon = '' } of views) {
        assert.match(name, /^%view\.\w+%$/, id);
        assert.ok(/^\$\([a-z-]+\)$/.test(icon) || existsSync(path.join(root, icon)), `${id}: ${icon}`);
      }
    });

    it('say what to do where there is no folder and where it is not trusted', () => {
      for (const { id } of ofWorkspace) {
        const conditions = contributes.viewsWelcome.filter(({ view }) => view === id).map(({ when }) => when);
        assert.ok(conditions.includes('workspaceFolderCount == 0'), id);
        assert.ok(conditions.includes('workspaceFolderCount > 0 && !isWorkspaceTrusted'), id);
      }
    });

    it('say what to do where they are empty, but for the models, of which there are always some', () => {
      const texts = read('package.nls.json') as Record<string, string>;
      for (const { id } of ofWorkspace.filter(view => view.id !== 'aiwb.models')) {
        const empty = contributes.viewsWelcome.filter(({ view, when }) => view === id && when.includes('== loaded'));
        assert.ok(empty.length > 0, id);
        for (const { contents } of empty) assert.match(texts[contents.slice(1, -1)] ?? '', /\(command:/, contents);
      }
    });

    it('say how a result of a notebook gets its name', () => {
      const texts = read('package.nls.json') as Record<string, string>;
      const [welcome] = contributes.viewsWelcome.filter(({ view }) => view === 'aiwb.results');
      assert.match(texts[welcome?.contents.slice(1, -1) ?? ''] ?? '', /"as: first"/);
    });

    it('can each be filtered, and be told to look again', () => {
      const titles = contributes.menus['view/title'] ?? [];
      for (const { id } of ofWorkspace) {
        const own = titles.filter(({ when = '' }) => when.split(' && ')[0] === `view == ${id}`);
        for (const pattern of [/^aiwb\.filter\w+$/, /^aiwb\.clear\w+Filter$/, /^aiwb\.refresh\w+$/]) {
          assert.ok(
            own.some(({ command }) => pattern.test(command)),
            `${id}: ${pattern}`,
          );
        }
      }
    });
  });

  it('gives every command a title, and a way to it from the keyboard', () => {
    const { menus, keybindings = [] } = contributes;
    const hidden = new Set(menus['commandPalette']?.filter(({ when }) => when === 'false').map(one => one.command));
    // A view's title bar is reached with Tab, a row's context menu with the menu key; what is only inline in a row is not reached.
    const reached = new Set([
      ...keybindings.map(({ command }) => command),
      ...(menus['view/title'] ?? []).map(({ command }) => command),
      ...(menus['view/item/context'] ?? [])
        .filter(({ group = '' }) => !group.startsWith('inline'))
        .map(({ command }) => command),
    ]);
    for (const { command, title, category } of contributes.commands) {
      assert.match(title, /^%command\.\w+%$/, command);
      assert.equal(category, 'AI Workbench', command);
      assert.ok(!hidden.has(command) || reached.has(command), `${command} is reached by the mouse alone`);
    }
  });

  it('puts into the context menu whatever a row has inline', () => {
    const rows = contributes.menus['view/item/context'] ?? [];
    for (const { command, when, group = '' } of rows) {
      if (!group.startsWith('inline')) continue;
      const inMenu = rows.some(other => other.command === command && !other.group?.startsWith('inline'));
      assert.ok(inMenu, `${command} (${when})`);
    }
  });

  it('shows a command with an icon where a view shows icons', () => {
    const icons = new Map(contributes.commands.map(({ command, icon }) => [command, icon]));
    for (const menu of ['view/title', 'view/item/context'] as const) {
      for (const { command, group = '' } of contributes.menus[menu] ?? []) {
        if (group.startsWith('inline') || group.startsWith('navigation')) assert.ok(icons.get(command), command);
      }
    }
  });
});
