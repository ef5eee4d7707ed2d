import type { PromptPart } from '../../schemas/generated/files.ts';

/** The template of a part, whatever it is of. */
export function textOfPart(part: PromptPart): string {
  if (part.type === 'text') return part.text;
  return part.type === 'image' ? part.image : part.audio;
}
