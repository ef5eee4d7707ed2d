import assert from 'node:assert/strict';
import type { Asker, Choice } from './ask.ts';
import { runFlow } from './flow.ts';
import { checkRegistryAddress, declarationOf, registrySteps, type RegistryDraft } from './registry-steps.ts';

interface Seen {
  readonly title: string;
  readonly remark: string | undefined;
}

function scripted(script: readonly string[]) {
  let at = 0;
  const seen: Seen[] = [];
  const asker: Asker = {
    async pick<T>({ title, choices }: { title: string; choices: readonly Choice<T>[] }) {
      const wanted = script[at++];
      seen.push({ title, remark: undefined });
      const choice = choices.find(({ label }) => label === wanted);
      if (choice?.value === undefined) return assert.fail(`${title} has no ${String(wanted)}`);
      return { value: choice.value };
    },
    async input({ title, check, value = '' }) {
      const text = script[at++] ?? '';
      const answer = text === '' ? value : text;
      seen.push({ title, remark: check(answer)?.message });
      return { value: answer };
    },
    file: () => assert.fail('no file is asked for'),
  };
  return { asker, seen };
}

const desk = { taken: ['local', 'shared'], isSet: (variable: string) => variable === 'SET' };

describe('adding a registry', () => {
  it('asks for what workbench.yaml needs, and never for the token itself', async () => {
    const script = ['Kubeflow Model Registry', 'https://r.example/', 'An Environment Variable', '', ''];
    const { asker, seen } = scripted(script);
    const draft = await runFlow<RegistryDraft>({}, registrySteps(asker, desk));
    assert.ok(draft);
    assert.equal(draft.name, 'shared-2');
    assert.deepEqual(declarationOf(draft), {
      type: 'kubeflow',
      url: 'https://r.example',
      token: { env: 'MODEL_REGISTRY_TOKEN' },
    });
    assert.equal(seen[3]?.remark, 'MODEL_REGISTRY_TOKEN is not set where VS Code runs.');
  });

  it('asks for no key where none is needed', async () => {
    const { asker, seen } = scripted(['MLflow', 'http://127.0.0.1:5000', 'It Asks for None', 'tracking']);
    const draft = await runFlow<RegistryDraft>({}, registrySteps(asker, desk));
    assert.equal(seen.length, 4);
    assert.deepEqual(declarationOf(draft ?? {}), { type: 'mlflow', url: 'http://127.0.0.1:5000' });
  });

  it('takes no name that means another registry, and no token for a name', async () => {
    const remarks = async (name: string, key: string): Promise<(string | undefined)[]> => {
      const { asker, seen } = scripted(['MLflow', 'http://127.0.0.1:5000', 'A Saved Key', key, name]);
      await runFlow<RegistryDraft>({}, registrySteps(asker, desk));
      return seen.map(({ remark }) => remark);
    };
    assert.match((await remarks('local', 'key')).at(-1) ?? '', /registry in the store/);
    assert.match((await remarks('shared', 'key')).at(-1) ?? '', /has a registry shared already/);
    assert.match((await remarks('fine', 'eyJhbGciOi.J9.x')).at(-2) ?? '', /not the key itself/);
  });

  it('takes an address that may stand in a file', () => {
    assert.equal(checkRegistryAddress('https://r.example/api'), undefined);
    assert.equal(checkRegistryAddress('http://localhost:5000'), undefined);
    assert.equal(checkRegistryAddress('http://r.example')?.isWarning, true);
    for (const bad of ['r.example', 'file:///etc', 'javascript:x', 'https://ada:pw@r.example', 'https://r.example?t=1'])
      assert.ok(checkRegistryAddress(bad) && checkRegistryAddress(bad)?.isWarning !== true, bad);
  });
});
