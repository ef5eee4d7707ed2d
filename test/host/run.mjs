import { runOnNode24 } from './node24.mjs';

await runOnNode24(new URL('./launcher/run.ts', import.meta.url));
