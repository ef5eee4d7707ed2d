import assert from 'node:assert/strict';
import { runFlow, type Step, type StepPlace, type StepResult } from './flow.ts';

interface Answers {
  readonly values: readonly string[];
  readonly short?: boolean;
}

/** Steps that answer by a script, which also says where each question stood. */
function scripted(script: readonly (readonly [id: string, result: StepResult<Answers> | `=${string}`])[]) {
  const places: string[] = [];
  let at = 0;
  const step = (id: string, isFor: (state: Answers) => boolean = () => true): Step<Answers> => ({
    id,
    isFor,
    async ask(state, { step: number, total, canGoBack }: StepPlace) {
      places.push(`${id} ${number}/${total}${canGoBack ? ' back' : ''} [${state.values.join()}]`);
      const [expected, result] = script[at++] ?? assert.fail(`${id} was asked after the script's end`);
      assert.equal(id, expected);
      if (typeof result !== 'string' || result === 'back') return result;
      const value = result.slice(1);
      return { state: { values: [...state.values, value], short: state.short === true || value === 'short' } };
    },
  });
  const steps = [step('a'), step('b', ({ short }) => short !== true), step('c')];
  return { steps, places, run: () => runFlow<Answers>({ values: [] }, steps) };
}

describe('a flow of questions', () => {
  it('asks those that are for the answers so far, and counts only them', async () => {
    const flow = scripted([
      ['a', '=short'],
      ['c', '=end'],
    ]);
    assert.deepEqual((await flow.run())?.values, ['short', 'end']);
    assert.deepEqual(flow.places, ['a 1/3 []', 'c 2/2 back [short]']);
  });

  it('goes back with what was answered, past what is not asked', async () => {
    const flow = scripted([
      ['a', '=short'],
      ['c', 'back'],
      ['a', '=1'],
      ['c', { to: 'a' }],
      ['a', 'back'],
      ['a', '=2'],
      ['c', '=end'],
    ]);
    assert.deepEqual((await flow.run())?.values, ['short', '1', '2', 'end']);
  });

  it('ends without an answer where the person gives up, wherever they are', async () => {
    for (const given of [1, 2]) {
      const flow = scripted([...[['a', '=x'] as const].slice(0, given - 1), [given === 1 ? 'a' : 'b', undefined]]);
      assert.equal(await flow.run(), undefined);
    }
  });
});
