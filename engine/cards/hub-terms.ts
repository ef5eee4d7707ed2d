/** Identifiers of licences that the Hugging Face Hub accepts under `license`; others are `other` with a name and a link. */
const licences: ReadonlySet<string> = new Set(
  [
    'apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m',
    'afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda',
    'cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0',
    'cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0',
    'cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2',
    'agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr',
    'mpl-2.0 odc-by odbl openmdw-1.0 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license',
    'fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community gemma unknown other',
  ].flatMap(line => line.split(' ')),
);

/** SPDX writes some of them otherwise. */
const spellings: Readonly<Record<string, string>> = {
  'agpl-3.0-only': 'agpl-3.0',
  'agpl-3.0-or-later': 'agpl-3.0',
  'gpl-2.0-only': 'gpl-2.0',
  'gpl-2.0-or-later': 'gpl-2.0',
  'gpl-3.0-only': 'gpl-3.0',
  'gpl-3.0-or-later': 'gpl-3.0',
  'lgpl-2.1-only': 'lgpl-2.1',
  'lgpl-2.1-or-later': 'lgpl-2.1',
  'lgpl-3.0-only': 'lgpl-3.0',
  'lgpl-3.0-or-later': 'lgpl-3.0',
};

/** The Hub's identifier of a licence; absent where it has none. */
export function hubLicense(name: string): string | undefined {
  const lower = name.trim().toLowerCase();
  const known = Object.hasOwn(spellings, lower) ? spellings[lower] : lower;
  return known !== undefined && licences.has(known) ? known : undefined;
}

/** Values of `pipeline_tag`. */
const pipelineTags: ReadonlySet<string> = new Set(
  [
    'text-classification token-classification table-question-answering question-answering zero-shot-classification translation',
    'summarization feature-extraction text-generation fill-mask sentence-similarity text-ranking text-to-speech text-to-audio',
    'automatic-speech-recognition audio-to-audio audio-classification voice-activity-detection depth-estimation',
    'image-classification object-detection image-segmentation text-to-image image-to-text image-to-image image-to-video',
    'unconditional-image-generation video-classification reinforcement-learning robotics tabular-classification',
    'tabular-regression time-series-forecasting visual-question-answering document-question-answering',
    'zero-shot-image-classification graph-ml mask-generation zero-shot-object-detection text-to-3d image-to-3d',
    'image-feature-extraction image-text-to-text video-text-to-text audio-text-to-text keypoint-detection',
    'visual-document-retrieval any-to-any text-to-video video-to-video multiple-choice text-retrieval table-to-text',
    'tabular-to-text image-text-to-image image-text-to-video other',
  ].flatMap(line => line.split(' ')),
);

/** The Hub's name of a task, such as `text-classification` for `Text classification`; absent where it has none. */
export function pipelineTag(task: string): string | undefined {
  const name = task
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  return pipelineTags.has(name) ? name : undefined;
}

/** A language as cards write it: an ISO 639 code of two or three letters, or `multilingual` or `code`. */
export function hubLanguage(language: string): string | undefined {
  const name = language.trim().toLowerCase();
  if (name === 'multilingual' || name === 'code') return name;
  return /^([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*$/.exec(name)?.[1];
}

/** Libraries that a format of weights says. */
const libraries: Readonly<Record<string, string>> = {
  gguf: 'gguf',
  keras: 'keras',
  mlx: 'mlx',
  onnx: 'onnx',
  peft: 'peft',
  sklearn: 'sklearn',
  transformers: 'transformers',
};

export function libraryOf(format: string | undefined): string | undefined {
  const name = format?.trim().toLowerCase() ?? '';
  return Object.hasOwn(libraries, name) ? libraries[name] : undefined;
}

/** Whether a name can be that of a model or dataset on the Hub: `owner/name`. */
export function isHubId(name: string): boolean {
  return (
    /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/.test(name) && !name.includes('--') && !/\.git$/.test(name)
  );
}
