"""Reads deploy/terraform as HCL: it parses, what it refers to is declared, what it declares is used, every
variable and output is described, and settings are variables that the platform knows.

`terraform validate` asks for the provider's schemas, which come from a registry of its own: the GitHub
workflow runs it. Usage: check-terraform.py FOLDER
"""

import re
import sys
from pathlib import Path

import hcl2

folder = Path(sys.argv[1])
faults = []
blocks = {"variable": {}, "output": {}, "resource": {}, "data": {}, "locals": {}}


def bare(name):
    return name.strip('"')


def collect(kind, entry):
    for name, body in entry.items():
        if name.startswith("__"):
            continue
        if kind in ("resource", "data"):
            for inner, attributes in body.items():
                if not inner.startswith("__"):
                    blocks[kind][f"{bare(name)}.{bare(inner)}"] = attributes
        else:
            blocks[kind][bare(name)] = body


texts = {}
for path in sorted(folder.glob("*.tf")):
    texts[path.name] = path.read_text()
    parsed = hcl2.loads(texts[path.name])
    for kind, entries in parsed.items():
        if kind in blocks:
            for entry in entries:
                collect(kind, entry)
example = {bare(name) for name in hcl2.loads((folder / "terraform.tfvars.example").read_text()) if not name.startswith("__")}

code = re.sub(r"#.*", "", "\n".join(texts.values()))
used = {
    "variable": set(re.findall(r"\bvar\.(\w+)", code)),
    "locals": set(re.findall(r"\blocal\.(\w+)", code)),
    "data": set(re.findall(r"\bdata\.(aws_\w+\.\w+)", code)),
    "resource": set(re.findall(r"(?<!data\.)\b(aws_\w+\.\w+)", code)),
}
for kind, names in used.items():
    for name in sorted(names - set(blocks[kind])):
        faults.append(f"{kind} {name} is referred to and not declared")
for kind in ("variable", "locals", "data"):
    for name in sorted(set(blocks[kind]) - used[kind]):
        faults.append(f"{kind} {name} is declared and not used")
for kind in ("variable", "output"):
    for name, body in blocks[kind].items():
        if "description" not in body:
            faults.append(f"{kind} {name} has no description")
for name in sorted(example - set(blocks["variable"])):
    faults.append(f"the example sets {name}, which is no variable")
for name, body in blocks["variable"].items():
    if "default" not in body and name not in example:
        faults.append(f"the example does not set {name}, which has no default")

known = set(re.findall(r"^# ([A-Z0-9_]+)=", Path(".env.example").read_text(), re.M))
settings = re.search(r"settings = merge\(\{(.*?)\}, var\.settings\)", code, re.S).group(1)
keys = re.search(r'"secret_keys" \{.*?default = \[(.*?)\]', code, re.S).group(1)
for name in re.findall(r"^\s*([A-Z0-9_]+)\s*=", settings, re.M) + re.findall(r'"([A-Z0-9_]+)"', keys):
    if name not in known:
        faults.append(f"{name} is no variable of the platform")

for fault in faults:
    print(f"error: {fault}", file=sys.stderr)
if faults:
    sys.exit(1)
print(f"{folder}: {len(blocks['resource'])} resources, {len(blocks['variable'])} variables, references lead somewhere")
