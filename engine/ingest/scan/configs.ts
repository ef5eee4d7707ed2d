import { quoted, type ScanContext } from './findings.ts';
import { isRecord } from './safetensors.ts';
import { checkTemplate } from './templates.ts';

/** Looks through a JSON file of a model for code that loading it would fetch or run, and for chat templates. */
export function checkConfig(text: string, file: string, context: ScanContext): void {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    context.report({
      rule: 'configuration-unreadable',
      severity: 'warning',
      file,
      message: 'It is called .json and is no JSON.',
      remedy: 'Fetch it again.',
    });
    return;
  }
  if (!isRecord(config)) return;
  const { auto_map: map } = config;
  if (isRecord(map) && Object.keys(map).length > 0) {
    const named = Object.values(map)
      .flat()
      .filter(value => typeof value === 'string');
    const foreign = named.find(value => value.includes('--'));
    context.report({
      rule: foreign === undefined ? 'remote-code' : 'remote-code-elsewhere',
      severity: 'unsafe',
      file,
      message:
        foreign === undefined
          ? `It names code of its own (${quoted(named.join(', '))}) that \`trust_remote_code\` would run.`
          : `It names code of another repository (${quoted(foreign)}) that \`trust_remote_code\` would fetch and run.`,
      remedy: 'Read that code before you accept this; never load it with trust_remote_code otherwise.',
    });
  }
  const pipelines = config['custom_pipelines'];
  if (isRecord(pipelines) && Object.keys(pipelines).length > 0)
    context.report({
      rule: 'remote-code',
      severity: 'unsafe',
      file,
      message: `It names pipelines with code of their own (${quoted(Object.keys(pipelines).join(', '))}).`,
      remedy: 'Read that code before you accept this.',
    });
  checkTemplates(config['chat_template'], file, context);
}

function checkTemplates(value: unknown, file: string, context: ScanContext): void {
  if (typeof value === 'string') checkTemplate(value, file, 'Its chat template', context);
  else if (Array.isArray(value))
    for (const entry of value as unknown[]) {
      if (!isRecord(entry) || typeof entry['template'] !== 'string') continue;
      checkTemplate(entry['template'], file, `Its chat template ${quoted(String(entry['name']))}`, context);
    }
}
