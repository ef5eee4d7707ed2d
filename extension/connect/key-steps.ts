import { t } from '../base/translate.ts';
import type { Asker, Choice } from './ask.ts';
import type { ConnectDesk } from './desk.ts';
import { isLocal, originOf, without, type Draft, type KeyChoice } from './draft.ts';
import type { Step } from './flow.ts';

type KeyAnswer = Pick<Draft, 'keyKind' | 'key'>;

/** How the endpoint knows who asks. */
export function keyStep(asker: Asker, desk: ConnectDesk): Step<Draft> {
  return {
    id: 'key',
    isFor: ({ provider, isDetected }) => provider !== undefined && provider.key !== 'none' && isDetected !== true,
    async ask(draft, place) {
      const answer = await asker.pick<KeyAnswer>({
        title: t('{0}: API Key', draft.provider?.title ?? ''),
        place,
        placeholder: t('It is sent to {0} only, and never written into a file', originOf(draft) ?? ''),
        choices: keyChoices(draft, desk),
      });
      if (answer === undefined || answer === 'back') return answer;
      const { value } = answer;
      const isSameKind = value.key === undefined && draft.keyKind === value.keyKind;
      const kept = isSameKind ? draft : without(draft, 'key');
      return { state: { ...kept, ...value } };
    },
  };
}

function keyChoices(draft: Draft, { savedKeys, isSet }: ConnectDesk): Choice<KeyAnswer>[] {
  const { provider, address = provider?.address?.default ?? '', key, keyKind } = draft;
  const variable = provider?.keyVariable;
  const typed: Choice<KeyAnswer> = {
    label: t('Enter a Key…'),
    icon: 'key',
    description: t("kept in VS Code's secret storage"),
    value: { keyKind: 'typed' },
    isChosen: keyKind === 'typed',
  };
  const none: Choice<KeyAnswer> = {
    label: t('No Key'),
    icon: 'unlock',
    value: { keyKind: 'none', key: { kind: 'none' } },
    isChosen: key?.kind === 'none',
  };
  const saved = savedKeys.map((name): Choice<KeyAnswer> => ({
    label: name,
    icon: 'lock',
    description: t('saved key'),
    value: { keyKind: 'saved', key: { kind: 'saved', name } },
    isChosen: key?.kind === 'saved' && key.name === name,
  }));
  const environment: Choice<KeyAnswer> = {
    label: t('Environment Variable…'),
    icon: 'symbol-variable',
    ...(variable === undefined
      ? {}
      : { description: isSet(variable) ? t('{0} is set', variable) : t('{0} is not set', variable) }),
    value: { keyKind: 'env' },
    isChosen: keyKind === 'env',
  };
  const isOpen = provider?.key === 'optional';
  return [
    ...(isOpen && isLocal(address) ? [none] : []),
    typed,
    ...saved,
    environment,
    ...identityChoices(draft),
    ...(isOpen && !isLocal(address) ? [none] : []),
  ];
}

function identityChoices({ provider, key }: Draft): Choice<KeyAnswer>[] {
  const name = provider?.identity;
  if (name === undefined) return [];
  return [
    {
      label: name === 'entra' ? 'Microsoft Entra ID' : t('Google account'),
      icon: 'account',
      description: t('a token of your own account or of this machine, without a key'),
      value: { keyKind: 'identity', key: { kind: 'identity', name } },
      isChosen: key?.kind === 'identity',
    },
  ];
}

/** The key itself, or the variable that holds it. */
export function keyValueStep(asker: Asker, desk: ConnectDesk): Step<Draft> {
  return {
    id: 'keyValue',
    isFor: ({ keyKind, provider, isDetected }) =>
      provider !== undefined &&
      provider.key !== 'none' &&
      isDetected !== true &&
      (keyKind === 'typed' || keyKind === 'env'),
    async ask(draft, place) {
      const answer =
        draft.keyKind === 'typed'
          ? await asker.input({
              title: t('{0}: API Key', draft.provider?.title ?? ''),
              place,
              prompt: t(
                'Sent to {0} only. It is saved once you finish, and forgotten if you do not',
                originOf(draft) ?? '',
              ),
              value: draft.key?.kind === 'typed' ? draft.key.value : '',
              isSecret: true,
              check: text =>
                /^[\x21-\x7e]{1,4096}$/.test(text)
                  ? undefined
                  : {
                      message:
                        text === '' ? t('Paste the key.') : t('A key has no spaces, quotes or line breaks in it.'),
                    },
            })
          : await asker.input({
              title: t('{0}: Environment Variable', draft.provider?.title ?? ''),
              place,
              prompt: t('Name of the variable that holds the key where VS Code runs'),
              placeholder: draft.provider?.keyVariable ?? 'API_KEY',
              value: draft.key?.kind === 'env' ? draft.key.name : (draft.provider?.keyVariable ?? ''),
              check: text => {
                if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(text))
                  return { message: t('A name of letters, digits and "_", not the key itself.') };
                return desk.isSet(text)
                  ? undefined
                  : { message: t('{0} is not set where VS Code runs.', text), isWarning: true };
              },
            });
      if (answer === undefined || answer === 'back') return answer;
      const key: KeyChoice =
        draft.keyKind === 'typed' ? { kind: 'typed', value: answer.value } : { kind: 'env', name: answer.value };
      return { state: { ...draft, key } };
    },
  };
}
