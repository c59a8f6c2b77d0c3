"""Reads deploy/elk: the pipeline by Logstash's grammar, the index template, and that the fields which the
pipeline makes have a mapping. Usage: check-elk.py FOLDER
"""

import json
import re
import sys
from pathlib import Path

from logstash_pipeline_parser import Pipeline

folder = Path(sys.argv[1])
text = (folder / "logstash/pipeline.conf").read_text()
tree = str(Pipeline(text).parse())
sections = {section for section in ("input", "filter", "output") if f"'{section}'" in tree}
faults = [] if len(sections) == 3 else [f"the pipeline has {sections} only"]

template = json.loads((folder / "index-template.json").read_text())
properties = template["template"]["mappings"]["properties"]


def mapped(path):
    """Whether a field, or something it lies in, has a type."""
    node = properties
    for part in path:
        if part not in node:
            return False
        if "type" in node[part]:
            return True
        node = node[part]["properties"]
    return False


made = re.findall(r'"\[platform\]\S*" => "([^"]+)"', text)
if len(made) < 8:
    faults.append("the pipeline renames too little")
for field in made:
    path = re.findall(r"[^\[\]]+", field)
    if not mapped(path):
        faults.append(f"the template has no type for {field}")

for fault in faults:
    print(f"error: {fault}", file=sys.stderr)
if faults:
    sys.exit(1)
print(f"{folder}: a pipeline of {len(sections)} parts, {len(made)} fields with a type")
