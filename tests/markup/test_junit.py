from __future__ import annotations

import xml.etree.ElementTree as ET

from migrate.markup.junit import document


def test_counts_stand_at_the_suite_and_at_the_root() -> None:
    cases = [ET.Element("testcase", {"name": name}) for name in ("one", "two", "three", "four")]
    for case, child in zip(cases, ("failure", "error", "skipped"), strict=False):
        ET.SubElement(case, child)
    root = ET.fromstring(document("all", {}, cases))
    for element in (root, root[0]):
        assert element.attrib == {"name": "all", "tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    assert root.find("testsuite/properties") is None


def test_properties_come_before_the_cases() -> None:
    suite = ET.fromstring(document("all", {"root": "a&b"}, [ET.Element("testcase", {"name": "one"})]))[0]
    assert [child.tag for child in suite] == ["properties", "testcase"]
    assert [one.attrib for one in suite[0]] == [{"name": "root", "value": "a&b"}]
