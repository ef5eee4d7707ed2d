import assert from 'node:assert/strict';
import type { JobStorage, Platform, Workbench } from '../../schemas/generated/files.ts';
import { makeJob } from '../../test/fakes/tuning.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { platformSecretsOf } from './platform-secrets.ts';

const s3: JobStorage = {
  type: 's3',
  bucket: 'tuning',
  region: 'eu-central-1',
  accessKey: { env: 'KEY' },
  secretKey: { env: 'SECRET' },
  sessionToken: { env: 'TOKEN' },
};
const blob: JobStorage = {
  type: 'azure-blob',
  container: 'https://acme.blob.core.windows.net/tuning',
  sas: { env: 'SAS' },
};
const folder: JobStorage = { type: 'folder', path: '/shared' };

describe('secrets of platforms', () => {
  /** `NAME origin` of each. */
  function needs(
    platform: Platform,
    kind: RunSpec['kind'] = 'tune',
    connections: Workbench['connections'] = {},
  ): string[] {
    const workspace: Workspace = {
      folder: '/w',
      path: undefined,
      text: '',
      config: { connections, compute: { there: platform } },
    };
    const spec: RunSpec = {
      kind,
      text: makeJob('platform: there\n'),
      path: '/w/x.tune.yaml',
      file: 'x.tune.yaml',
      name: 'x',
      folder: '/w',
      origin: 'terminal',
    };
    return platformSecretsOf(spec, workspace).map(({ reference, origin }) => {
      const name = reference.env ?? `${String(reference.identity)} ${String(reference.identity && reference.resource)}`;
      return `${name} ${origin}`;
    });
  }

  it('go each to its own origin, those of the storage to the storage’s', () => {
    const apiKey = { env: 'API_KEY' };
    const amazon = ['KEY', 'SECRET', 'TOKEN'].map(name => `${name} https://tuning.s3.eu-central-1.amazonaws.com`);
    assert.deepEqual(needs({ type: 'runpod', apiKey, gpu: 'L40S', storage: s3 }), [
      'API_KEY https://api.runpod.io',
      ...amazon,
    ]);
    const elsewhere = { ...s3, endpoint: 'https://s3.example.com:9000/minio' };
    assert.equal(
      needs({ type: 'runpod', apiKey, gpu: 'L40S', storage: elsewhere })[1],
      'KEY https://s3.example.com:9000',
    );
    const azure = {
      type: 'azure-ml',
      subscription: 's',
      resourceGroup: 'g',
      workspace: 'w',
      compute: 'c',
      storage: blob,
    } as const;
    assert.deepEqual(needs(azure), [
      'entra management https://management.azure.com',
      'SAS https://acme.blob.core.windows.net',
    ]);
    assert.deepEqual(
      needs({ ...azure, token: { env: 'ARM' }, url: 'https://management.usgovcloudapi.net' })[0],
      'ARM https://management.usgovcloudapi.net',
    );
    const ray = { type: 'ray', url: 'https://ray.example/dashboard', storage: folder } as const;
    assert.deepEqual(needs(ray), []);
    assert.deepEqual(needs({ ...ray, token: { env: 'RAY' } }), ['RAY https://ray.example']);
  });

  it('are those of its connection for a service', () => {
    const connections: Workbench['connections'] = {
      gpt: { provider: 'openai', model: 'gpt-4o', apiKey: { env: 'OPENAI' } },
    };
    assert.deepEqual(needs({ type: 'openai', connection: 'gpt' }, 'tune', connections), [
      'OPENAI https://api.openai.com',
    ]);
  });

  it('are none on this machine, and none of a benchmark', () => {
    assert.deepEqual(needs({ type: 'local' }), []);
    assert.deepEqual(needs({ type: 'runpod', apiKey: { env: 'API_KEY' }, gpu: 'L40S', storage: s3 }, 'benchmark'), []);
  });
});
