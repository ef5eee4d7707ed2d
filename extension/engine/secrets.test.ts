import assert from 'node:assert/strict';
import { createSecretResolver, type SecretDesk } from './secrets.ts';

const value = 'sk-canary';

function createDesk(answers: { consent?: boolean; saved?: Record<string, string>; given?: string } = {}) {
  const consents = new Set<string>();
  const questions: string[] = [];
  const desk: SecretDesk = {
    read: async name => answers.saved?.[name],
    askValue: async name => {
      questions.push(`value ${name}`);
      return answers.given;
    },
    askConsent: async (credential, origin) => {
      questions.push(`${credential.kind} ${credential.name} ${origin}`);
      return answers.consent ?? false;
    },
    askDataConsent: async (served, origin) => {
      questions.push(`data for ${served} to ${origin}`);
      return answers.consent ?? false;
    },
    hasConsent: key => consents.has(key),
    saveConsent: async key => void consents.add(key),
  };
  return { resolve: createSecretResolver(desk), questions, consents };
}

describe('resolving secrets', () => {
  it('gives a saved key to its published origin without asking', async () => {
    const { resolve, questions } = createDesk({ saved: { openai: value } });
    const answer = await resolve({ secret: 'openai', origin: 'https://api.openai.com', published: true });
    assert.deepEqual(answer, { allowed: true, value });
    assert.deepEqual(questions, []);
  });

  it('asks about any other origin once for each pair', async () => {
    const { resolve, questions, consents } = createDesk({ consent: true, saved: { a: value, b: value } });
    const here = { origin: 'https://here.test', published: false };
    await resolve({ secret: 'a', ...here });
    await resolve({ secret: 'a', ...here });
    await resolve({ secret: 'b', ...here });
    await resolve({ secret: 'a', origin: 'https://there.test', published: false });
    assert.equal(questions.length, 3);
    assert.ok(![...consents].some(key => key.includes(value)));
  });

  it('asks once when several models ask at once', async () => {
    const { resolve, questions } = createDesk({ consent: true });
    const request = { env: 'KEY', origin: 'https://here.test', published: false };
    const answers = await Promise.all([resolve(request), resolve(request)]);
    assert.deepEqual(answers, [{ allowed: true }, { allowed: true }]);
    assert.equal(questions.length, 1);
  });

  it('asks once for each address that a registry names, even a provider’s own, and gives no key to it', async () => {
    const { resolve, questions } = createDesk({ consent: true, saved: { a: value } });
    const request = { origin: 'https://api.openai.com', published: true, served: 'registry:shared/granite@3' };
    assert.deepEqual(
      await Promise.all([resolve(request), resolve({ ...request, served: 'registry:shared/granite@4' })]),
      [{ allowed: true }, { allowed: true }],
    );
    assert.deepEqual(questions, ['data for registry:shared/granite@3 to https://api.openai.com']);
    // What was agreed to is no consent to send a key there.
    await resolve({ secret: 'a', origin: 'https://there.test', published: false });
    assert.equal(questions.length, 2);
  });

  it('sends nothing where a registry says when that was refused', async () => {
    const { resolve, consents } = createDesk({ consent: false });
    const request = { origin: 'https://evil.test', published: false, served: 'registry:shared/granite@3' };
    assert.deepEqual(await resolve(request), { allowed: false });
    assert.equal(consents.size, 0);
  });

  it('keeps the key back, and asks again next time, when refused', async () => {
    const { resolve, questions } = createDesk({ consent: false, saved: { a: value } });
    const request = { secret: 'a', origin: 'https://evil.test', published: false };
    assert.deepEqual(await resolve(request), { allowed: false });
    await resolve(request);
    assert.equal(questions.length, 2);
  });

  it('asks before a command of the workspace is executed, wherever its output goes', async () => {
    const { resolve, questions } = createDesk({ consent: false });
    assert.deepEqual(await resolve({ command: 'print-key', origin: 'https://api.openai.com', published: true }), {
      allowed: false,
    });
    assert.equal(questions.length, 1);
  });

  it('asks before a token of the person’s own account goes to an address nobody published', async () => {
    const { resolve, questions } = createDesk({ consent: true });
    const request = { identity: 'entra', origin: 'https://r.openai.azure.com', published: false } as const;
    assert.deepEqual(await resolve(request), { allowed: true });
    assert.deepEqual(questions, ['identity entra https://r.openai.azure.com']);
  });

  it('asks for a key that is not saved yet', async () => {
    const { resolve, questions } = createDesk({ given: value });
    const request = { secret: 'openai', origin: 'https://api.openai.com', published: true };
    assert.deepEqual(await resolve(request), { allowed: true, value });
    assert.deepEqual(questions, ['value openai']);
  });
});
