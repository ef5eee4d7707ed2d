import type { DetectedServer, ProviderEntry } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import type { Asker, Choice } from './ask.ts';
import type { ConnectDesk } from './desk.ts';
import type { Draft } from './draft.ts';
import type { Step } from './flow.ts';

/** Who is asked: what runs on this machine first, once it is found. */
export function providerStep(asker: Asker, desk: ConnectDesk): Step<Draft> {
  return {
    id: 'provider',
    isFor: () => true,
    async ask(draft, place) {
      const known = desk.providers.map(provider => choiceOf(provider, draft));
      const answer = await asker.pick<Draft>({
        title: t('Connect a Model'),
        place,
        placeholder: t('Who serves the model?'),
        choices: known,
        load: async signal => [...(await desk.detect(signal)).flatMap(server => detected(server, desk)), ...known],
      });
      if (answer === undefined || answer === 'back') return answer;
      return { state: keepFitting(draft, answer.value) };
    },
  };
}

/** Answers about one provider mean nothing for another. */
function keepFitting(before: Draft, chosen: Draft): Draft {
  const isSame = before.provider?.id === chosen.provider?.id && before.isDetected === chosen.isDetected;
  if (!isSame) return chosen;
  return chosen.isDetected === true && before.address !== chosen.address ? chosen : { ...before, ...chosen };
}

function choiceOf(provider: ProviderEntry, draft: Draft): Choice<Draft> {
  const { id, title, description } = provider;
  return {
    label: title,
    icon: icons[id] ?? 'plug',
    description,
    group: groupOf(provider),
    value: { provider },
    isChosen: draft.provider?.id === id && draft.isDetected !== true,
  };
}

const icons: Readonly<Record<string, string>> = {
  'vscode-lm': 'sparkle',
  http: 'globe',
  command: 'terminal',
  replay: 'history',
  openai: 'cloud',
  anthropic: 'cloud',
  gemini: 'cloud',
  'azure-openai': 'azure',
  'openai-compatible': 'server',
  ollama: 'server-process',
  'llama-cpp': 'server-process',
};

function groupOf({ id }: ProviderEntry): string {
  if (['openai', 'anthropic', 'gemini', 'azure-openai'].includes(id)) return t('Services');
  if (['openai-compatible', 'ollama', 'llama-cpp'].includes(id)) return t('Servers');
  return id === 'vscode-lm' ? t('In this editor') : t('Anything else');
}

/** A server that was found is asked at its address, without a key: that is how it was found. */
function detected({ kind, title, baseUrl, connections }: DetectedServer, desk: ConnectDesk): Choice<Draft>[] {
  const id = kind === 'ollama' || kind === 'llama-cpp' ? kind : 'openai-compatible';
  const provider = desk.providers.find(each => each.id === id);
  if (provider === undefined) return [];
  const count = connections.length;
  return [
    {
      label: title,
      icon: 'vm-running',
      description: baseUrl,
      detail:
        count === 0 ? t('It has no model yet') : count === 1 ? (connections[0]?.model ?? '') : t('{0} models', count),
      group: t('On this machine'),
      value: {
        provider,
        isDetected: true,
        address: id === 'openai-compatible' ? `${baseUrl}/v1` : baseUrl,
        key: { kind: 'none' },
      },
    },
  ];
}
