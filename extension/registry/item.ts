import { escapeMarkdown } from '../base/markdown.ts';
import { showOnOneLine } from '../trees/words.ts';

/** What a click on a row opens. */
export type OpenTarget =
  /** Without a place: the version that the row lies under. */
  | {
      readonly kind: 'version';
      readonly place?: { readonly registry?: string; readonly model: string; readonly version: string };
    }
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'assessment'; readonly assessmentId: string }
  /** Relative to the workspace folder. */
  | { readonly kind: 'file'; readonly path: string }
  /** Of http or https. */
  | { readonly kind: 'url'; readonly url: string };

/** A row of the Registry view, without VS Code's classes. */
export interface RegistryItem {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** A theme colour, absent for the plain foreground. */
  readonly color?: string;
  readonly contextValue: string;
  /** Markdown in which every foreign text is escaped. */
  readonly tooltip: string;
  readonly open?: OpenTarget;
  /** What it opens up into, where that is known at once. */
  readonly children?: readonly RegistryItem[];
  readonly isOpen?: boolean;
  /** What menus act on beside the version. */
  readonly subject?: { readonly registry: string; readonly kind: string; readonly runId?: string };
}

export type Fact = readonly [name: string | undefined, value: string | undefined];

/** Longest text of one fact; registries elsewhere may hold anything. */
const longestFact = 1_000;

/** A tooltip: the title, then one line a fact that is known. */
export function factsTooltip(title: string, lines: readonly Fact[]): string {
  const write = (text: string): string => escapeMarkdown(showOnOneLine(text, longestFact));
  const known = lines.flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    return [name === undefined ? write(value) : `${write(name)}: ${write(value)}`];
  });
  return [`**${write(title)}**`, ...known].join('\n\n');
}

export function plainItem(
  label: string,
  description: string,
  icon: string,
  contextValue = 'aiwbVersionFact',
): RegistryItem {
  return { label, description, icon, contextValue, tooltip: '' };
}

/** An address that may be opened in a browser: http or https, without a user name or password. */
export function webAddress(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url.href : undefined;
}
