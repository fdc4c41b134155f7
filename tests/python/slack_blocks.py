"""Builds the models of slack_sdk from every message and form on standard input, and has them check themselves.

Input: one JSON object a line, {"name", "blocks"} for a message or {"name", "view"} for a form or a home page. Output: the number of
things that are valid; the first that is not ends it with its name.
"""

import json
import sys

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View


def same(name, given, made):
    """Everything that was given is there in the model: nothing was unknown to it."""
    if isinstance(given, dict):
        for key, value in given.items():
            if key not in made:
                if value in (False, None, ""):
                    continue
                raise ValueError(f"{name}: slack_sdk does not know {key}")
            same(f"{name}.{key}", value, made[key])
    elif isinstance(given, list):
        if len(given) != len(made):
            raise ValueError(f"{name}: {len(given)} given, {len(made)} made")
        for n, (one, other) in enumerate(zip(given, made)):
            same(f"{name}[{n}]", one, other)
    elif given != made:
        raise ValueError(f"{name}: {given!r} became {made!r}")


def main():
    valid = 0
    for line in sys.stdin:
        asked = json.loads(line)
        name = asked["name"]
        if "view" in asked:
            view = asked["view"]
            if len(view["blocks"]) > 100:
                raise ValueError(f"{name}: more than 100 blocks")
            made = View(**view).to_dict()
            same(name, view, made)
        else:
            blocks = asked["blocks"]
            if len(blocks) > 50:
                raise ValueError(f"{name}: more than 50 blocks")
            models = Block.parse_all(blocks)
            made = [model.to_dict() for model in models]
            same(name, blocks, made)
        valid += 1
    print(valid)


if __name__ == "__main__":
    main()
