/** Fills `{0}`, `{1}` … of an English sentence, translated where the host has a translation. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

let translate: Translate = fillPlaceholders;

/** The host's translator, installed once when the extension starts; without it sentences stay English. */
export function useTranslator(translator: Translate): void {
  translate = translator;
}

export function t(message: string, ...values: (string | number)[]): string {
  return translate(message, ...values);
}

function fillPlaceholders(message: string, ...values: (string | number)[]): string {
  return message.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}
