import process from 'node:process';
import { checkContainers } from './containers.ts';
import { checkGovernanceExports } from './governance-exports.ts';
import { checkFineTuningService } from './fine-tuning-service.ts';
import { checkFineTuning } from './fine-tuning.ts';
import { checkFrameworks } from './frameworks.ts';
import { checkKubeflowRegistry } from './kubeflow-registry.ts';
import { checkHandOff } from './hand-off.ts';
import { checkIngestion } from './ingestion.ts';
import { checkLlamaCpp } from './llama-cpp.ts';
import { checkMlflow } from './mlflow.ts';
import { checkRay } from './ray.ts';
import { Unavailable } from './server.ts';
import { checkStorages } from './storages.ts';
import { checkTrainer } from './trainer.ts';
import { checkTrainingMemory } from './training-memory.ts';
import { checkTransformers } from './transformers.ts';

/** What a server's checks report to. */
export interface Checks {
  check(name: string, action: () => Promise<void>): Promise<void>;
}

/** Asks real servers over tiny models made here, and tries a real container runtime. A server that cannot be installed is told and left out; everything else must pass. */
async function main(): Promise<void> {
  let passed = 0;
  let failed = 0;
  const checks: Checks = {
    async check(name, action) {
      try {
        await action();
        passed += 1;
        console.log(`ok: ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED: ${name}`, error);
      }
    },
  };
  for (const [name, suite] of [
    ['llama.cpp', checkLlamaCpp],
    ['transformers serve', checkTransformers],
    ['MLflow', checkMlflow],
    ['a container runtime', checkContainers],
    ['the Kubeflow Model Registry', checkKubeflowRegistry],
    ['the hand-off over real registries', checkHandOff],
    ['model libraries', checkIngestion],
    ['readers of governance exports', checkGovernanceExports],
    ['frameworks as they are published', checkFrameworks],
    ['storages of jobs', checkStorages],
    ['a Ray cluster', checkRay],
    ['the trainer', checkTrainer],
    ['OpenAI’s fine-tuning client', checkFineTuningService],
    ['fine-tuning on this machine', checkFineTuning],
    ['the memory that training takes', checkTrainingMemory],
  ] as const) {
    try {
      await suite(checks);
    } catch (error) {
      if (error instanceof Unavailable) {
        console.log(`\nskipped: ${name} cannot be had here: ${error.message}\n`);
        continue;
      }
      failed += 1;
      console.log(`FAILED: ${name}`, error);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

if (import.meta.main) await main();
