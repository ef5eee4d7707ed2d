/** An accelerator and the names under which it is rented. */
export interface Accelerator {
  readonly name: string;
  /** Bytes of one device's memory. */
  readonly memory: number;
  /** How platforms' names of it, or of machines with it, are recognised. */
  readonly names: RegExp;
}

const gib = 2 ** 30;

/**
 * Accelerators that RunPod, Denvr and Azure rent. The first that recognises a name is meant, so those with a longer name come first. Memory as
 * their makers state it: NVIDIA's and AMD's data sheets.
 */
export const accelerators: readonly Accelerator[] = [
  { name: 'NVIDIA B300', memory: 270 * gib, names: /\bB300\b/i },
  { name: 'NVIDIA B200', memory: 180 * gib, names: /\bB200\b/i },
  { name: 'NVIDIA H200', memory: 141 * gib, names: /\bH200\b/i },
  { name: 'NVIDIA GH200', memory: 96 * gib, names: /\bGH200\b/i },
  { name: 'NVIDIA H100 NVL', memory: 94 * gib, names: /\bH100 ?NVL\b|NC\d+ads?_?H100/i },
  { name: 'NVIDIA H100', memory: 80 * gib, names: /\bH100\b|ND\d+i?sr?_?H100/i },
  { name: 'AMD Instinct MI300X', memory: 192 * gib, names: /MI300X/i },
  { name: 'NVIDIA A100 80 GB', memory: 80 * gib, names: /A100.*80 ?GB?|NC\d+ads_A100|ND\d+amsr_A100/i },
  { name: 'NVIDIA A100 40 GB', memory: 40 * gib, names: /\bA100\b|ND\d+asr_v4/i },
  { name: 'NVIDIA RTX PRO 6000', memory: 96 * gib, names: /RTX ?PRO ?6000/i },
  { name: 'NVIDIA RTX 6000 Ada', memory: 48 * gib, names: /RTX ?6000 ?Ada/i },
  { name: 'NVIDIA RTX A6000', memory: 48 * gib, names: /\bA6000\b/i },
  { name: 'NVIDIA L40S', memory: 48 * gib, names: /\bL40S\b/i },
  { name: 'NVIDIA L40', memory: 48 * gib, names: /\bL40\b/i },
  { name: 'NVIDIA A40', memory: 48 * gib, names: /\bA40\b/i },
  { name: 'NVIDIA RTX 5090', memory: 32 * gib, names: /\b5090\b/i },
  { name: 'NVIDIA V100 32 GB', memory: 32 * gib, names: /V100.*32 ?GB?|ND40rs_v2/i },
  { name: 'NVIDIA V100', memory: 16 * gib, names: /\bV100\b|NC\d+r?s_v3/i },
  { name: 'NVIDIA RTX 4090', memory: 24 * gib, names: /\b4090\b/i },
  { name: 'NVIDIA RTX 3090', memory: 24 * gib, names: /\b3090\b/i },
  { name: 'NVIDIA RTX A5000', memory: 24 * gib, names: /\bA5000\b/i },
  { name: 'NVIDIA RTX A4500', memory: 20 * gib, names: /\bA4500\b/i },
  { name: 'NVIDIA RTX A4000', memory: 16 * gib, names: /\bA4000\b/i },
  { name: 'NVIDIA A30', memory: 24 * gib, names: /\bA30\b/i },
  { name: 'NVIDIA A10', memory: 24 * gib, names: /\bA10G?\b|NV\d+ads_A10/i },
  { name: 'NVIDIA L4', memory: 24 * gib, names: /\bL4\b/i },
  { name: 'NVIDIA T4', memory: 16 * gib, names: /\bT4\b|NC\d+as_T4/i },
];

/** The accelerator that a platform's name means, such as `NVIDIA L40S`, `A100_40GB_PCIe_1x` or `Standard_NC24ads_A100_v4`; undefined for others. */
export function findAccelerator(name: string): Accelerator | undefined {
  // Denvr and Azure join words by underscores.
  const spaced = name.replaceAll('_', ' ');
  return accelerators.find(({ names }) => names.test(spaced) || names.test(name));
}
