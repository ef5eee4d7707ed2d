/** Image that trainers run in where a platform names none: PyTorch's own, with CUDA. */
export const defaultImage = 'pytorch/pytorch:2.9.0-cuda12.8-cudnn9-runtime';
