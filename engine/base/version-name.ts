/** `ticket-triage@3` */
export function nameOfVersion({ model, version }: { readonly model: string; readonly version: string }): string {
  return `${model}@${version}`;
}
