import assert from 'node:assert/strict';
import { Command } from 'commander';
import { describe, it } from 'mocha';
import { commandGroups } from './command-list.ts';
import { addCommands, namedCommand } from './program.ts';

describe('The list of commands', () => {
  const list = async (named?: string): Promise<string> => {
    const program = new Command('aiwb');
    await addCommands(program, () => Promise.resolve(), named);
    return program.helpInformation().replace(/^Options:[^]*?\n\n/m, '');
  };

  for (const { commands } of commandGroups) {
    const [first = ''] = Object.keys(commands);
    it(`says of ${Object.keys(commands).join(', ')} what the module itself would`, async () => {
      assert.equal(await list(first), await list());
    }).timeout(60_000);
  }
});

describe('The command that arguments name', () => {
  for (const [args, name] of [
    ['runs list', 'runs'],
    ['--store run runs list', 'runs'],
    ['--store=x --json runs', 'runs'],
    ['help runs', 'runs'],
    ['--json help documents list', 'documents'],
    ['--version', undefined],
    ['help', undefined],
    ['', undefined],
  ] as const) {
    it(`is ${name ?? 'none'} in "${args}"`, () => {
      assert.equal(namedCommand(args === '' ? [] : args.split(' ')), name);
    });
  }
});
