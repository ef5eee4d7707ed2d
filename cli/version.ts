import manifest from '../package.json' with { type: 'json' };

/** The workbench's version, the same for the extension and the command line. */
export const version: string = manifest.version;
