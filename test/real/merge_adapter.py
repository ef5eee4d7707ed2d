"""Writes a model with its adapter merged into it: `python merge_adapter.py BASE ADAPTER FOLDER`."""

import sys

from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer


def main(base, adapter, folder):
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapter)
    model.merge_and_unload().save_pretrained(folder)
    AutoTokenizer.from_pretrained(base).save_pretrained(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
