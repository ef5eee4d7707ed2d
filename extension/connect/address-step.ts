import { t } from '../base/translate.ts';
import type { Asker, InputRemark } from './ask.ts';
import { isLocal, type Draft } from './draft.ts';
import type { Step } from './flow.ts';

/** Where it is asked. The provider's own address stands there already. */
export function addressStep(asker: Asker): Step<Draft> {
  return {
    id: 'address',
    isFor: ({ provider, isDetected }) => provider?.address !== undefined && isDetected !== true,
    async ask(draft, place) {
      const { provider } = draft;
      const address = provider?.address;
      if (provider === undefined || address === undefined) return { state: draft };
      const answer = await asker.input({
        title: t('{0}: {1}', provider.title, address.label),
        place,
        prompt:
          address.field === 'endpoint'
            ? t('Address of your resource, without a path')
            : address.field === 'url'
              ? t('Where it is asked. {0} may stand in it, and any column of the rows', '{{ input }}')
              : t('Where the API is asked. What follows, such as /chat/completions, is added'),
        placeholder: address.example,
        value: draft.address ?? address.default ?? '',
        check: checkAddress,
      });
      if (answer === undefined || answer === 'back') return answer;
      return { state: { ...draft, address: answer.value.replace(/\/{1,8}$/, '') } };
    },
  };
}

/** As workbench.yaml's schema has it, in words for someone who is typing. */
export function checkAddress(text: string): InputRemark | undefined {
  if (text === '') return { message: t('An address is needed, such as {0}.', 'http://localhost:8000/v1') };
  if (!/^https?:\/\//i.test(text)) return { message: t('It begins with http:// or https://.') };
  if (text.includes('@'))
    return { message: t('No user name or key belongs in the address. The key is asked for next.') };
  const host = /^https?:\/\/[^/?#]+/i.exec(text)?.[0];
  if (host === undefined || !URL.canParse(host) || /\s/.test(text.replace(/\{\{.*?\}\}/g, '')))
    return { message: t('This is no address.') };
  if (/^http:/i.test(text) && !isLocal(host))
    return { message: t('A key and all that is asked would travel unencrypted.'), isWarning: true };
  return undefined;
}
