/** Made by the suite's build: one function for each `*.test.ts`, which loads it and so declares its tests. */
declare module 'host-tests' {
  export const testFiles: readonly (() => Promise<unknown>)[];
}
