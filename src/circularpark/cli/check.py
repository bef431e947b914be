"""``circularpark check PARK``: is the data sound, and what does the park hold?"""

from __future__ import annotations

from circularpark.cli.options import AsJson, CaseName, Lang, ParkName
from circularpark.cli.outcome import finding_line, outcome, progress, show_json
from circularpark.words import say, user_language


def check(
    park: ParkName, case: CaseName = None, as_json: AsJson = False, lang: Lang = None
) -> None:
    """Read the park, list every problem and warning, and say how much it holds."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        from circularpark import read_park

        with progress("cli.progress.read", spoken, quiet=as_json):
            found = read_park(park, case=case)
        findings = [f for f in found.findings if f.severity != "problem"]
        counts = {name: len(rows) for name, rows in sorted(found.raw.items()) if len(rows)}
        if as_json:
            warnings = [{"severity": f.severity, **f.as_dict(spoken)} for f in findings]
            show_json({"status": "ok", "park": found.id, "findings": warnings, "rows": counts})
            return
        for finding in findings:
            print(finding_line(finding, spoken))
        name = found.name.get(spoken) or found.id
        print(say("cli.check.sound", spoken, park=name, count=len(findings)))
        sizes = (
            say("cli.check.rows", spoken, table=say(f"cli.table.{name}", spoken), count=n)
            for name, n in counts.items()
        )
        print(say("errors.comma", spoken).join(sizes))
