import { t } from '../base/translate.ts';
import type { Asker, Choice } from './ask.ts';
import { apiOf, titleOf, without, type Draft, type DraftPrice } from './draft.ts';
import type { Step } from './flow.ts';

type PriceAnswer = Pick<Draft, 'priceKind' | 'price'>;

/** What it costs: as its endpoint says, or its person. None is made up, and without one no cost is claimed. */
export function priceStep(asker: Asker): Step<Draft> {
  return {
    id: 'price',
    isFor: ({ provider }) => provider !== undefined && provider.provider !== 'vscode-lm',
    async ask(draft, place) {
      const answer = await asker.pick<PriceAnswer>({
        title: t('Price: {0}', titleOf(draft)),
        place,
        placeholder: t('Reports work out costs by it'),
        choices: priceChoices(draft),
      });
      if (answer === undefined || answer === 'back') return answer;
      const kept = answer.value.priceKind === 'typed' ? draft : without(draft, 'price');
      return { state: { ...kept, ...answer.value } };
    },
  };
}

function priceChoices(draft: Draft): Choice<PriceAnswer>[] {
  const { listed, priceKind } = draft;
  const unit = unitOf(draft);
  return [
    ...(listed?.price === undefined || unit !== 'tokens'
      ? []
      : [
          {
            label: t('As the Endpoint Says'),
            icon: 'tag',
            description: describePrice(listed.price),
            value: { priceKind: 'listed', price: listed.price },
            isChosen: priceKind === 'listed',
          } as const,
        ]),
    {
      label: t('No Price'),
      icon: 'circle-slash',
      description: t('no cost is claimed'),
      value: { priceKind: 'none' },
      isChosen: priceKind === 'none',
    },
    {
      label: t('Enter a Price…'),
      icon: 'edit',
      description:
        unit === 'tokens'
          ? t('US dollars per million tokens')
          : unit === 'minute'
            ? t('US dollars per minute')
            : t('US dollars per request'),
      value: { priceKind: 'typed' },
      isChosen: priceKind === 'typed',
    },
  ];
}

type Unit = 'tokens' | 'minute' | 'request';

function unitOf(draft: Draft): Unit {
  if (apiOf(draft).api === 'transcriptions') return 'minute';
  return ['http', 'command', 'replay'].includes(draft.provider?.provider ?? '') ? 'request' : 'tokens';
}

export function priceValueStep(asker: Asker): Step<Draft> {
  return {
    id: 'priceValue',
    isFor: ({ priceKind, provider }) => priceKind === 'typed' && provider?.provider !== 'vscode-lm',
    async ask(draft, place) {
      const unit = unitOf(draft);
      const answer = await asker.input({
        title: t('Price: {0}', titleOf(draft)),
        place,
        prompt:
          unit === 'tokens'
            ? t('US dollars per million tokens: input / output, and cached input behind them if it differs')
            : unit === 'minute'
              ? t('US dollars per minute of sound')
              : t('US dollars per request'),
        placeholder: unit === 'tokens' ? '2.50 / 10' : '0.006',
        value: draft.price === undefined ? '' : writePrice(draft.price, unit),
        check: text => (readPrice(text, unit) === undefined ? { message: wrongPrice(unit) } : undefined),
      });
      if (answer === undefined || answer === 'back') return answer;
      const price = readPrice(answer.value, unit);
      return { state: price === undefined ? draft : { ...draft, price } };
    },
  };
}

function wrongPrice(unit: Unit): string {
  return unit === 'tokens'
    ? t('Two numbers with a slash between them, such as {0}; decimals with a point.', '2.50 / 10')
    : t('A number such as {0}; decimals with a point.', '0.006');
}

/** A price as people type it; undefined for anything else. */
export function readPrice(text: string, unit: Unit): DraftPrice | undefined {
  const parts = text
    .replace(/\$|USD/gi, '')
    .split('/')
    .map(part => part.trim());
  const numbers = parts.map(part => (/^(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})$/.test(part) ? Number(part) : Number.NaN));
  if (numbers.some(Number.isNaN)) return undefined;
  const [first = 0, output, cachedInput] = numbers;
  if (unit === 'minute') return numbers.length === 1 ? { perMinute: first } : undefined;
  if (unit === 'request') return numbers.length === 1 ? { perRequest: first } : undefined;
  if (output === undefined || numbers.length > 3) return undefined;
  return { input: first, output, ...(cachedInput === undefined ? {} : { cachedInput }) };
}

function writePrice({ input, output, cachedInput, perMinute, perRequest }: DraftPrice, unit: Unit): string {
  if (unit === 'minute') return perMinute === undefined ? '' : String(perMinute);
  if (unit === 'request') return perRequest === undefined ? '' : String(perRequest);
  if (input === undefined || output === undefined) return '';
  return [input, output, ...(cachedInput === undefined ? [] : [cachedInput])].join(' / ');
}

function describePrice({ input = 0, output = 0, cachedInput, perRequest }: DraftPrice): string {
  return [
    t('${0} in, ${1} out per 1M tokens', input, output),
    ...(cachedInput === undefined ? [] : [t('${0} cached', cachedInput)]),
    ...(perRequest === undefined ? [] : [t('${0} a request', perRequest)]),
  ].join(', ');
}
