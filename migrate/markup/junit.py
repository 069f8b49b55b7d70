"""A test report in JUnit's XML, as test reports of CI read it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence


def document(name: str, properties: Mapping[str, str], cases: Sequence[ET.Element]) -> str:
    """One suite with its counts; a case is failed, in error or skipped by its child of that name."""
    counts = {
        "tests": str(len(cases)),
        **{
            plural: str(sum(case.find(child) is not None for case in cases))
            for plural, child in (("failures", "failure"), ("skipped", "skipped"), ("errors", "error"))
        },
    }
    suite = ET.Element("testsuite", {"name": name, **counts})
    if properties:
        holder = ET.SubElement(suite, "properties")
        for key, value in properties.items():
            ET.SubElement(holder, "property", {"name": key, "value": value})
    suite.extend(cases)
    root = ET.Element("testsuites", {"name": name, **counts})
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
