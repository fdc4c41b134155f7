"""Collects results, judges them against the goals, prints them."""

import json


class Report:
    def __init__(self):
        self.rows = []

    def note(self, area, text):
        """A figure without a goal."""
        self.rows.append({"area": area, "measured": text})
        print(f"  {area}: {text}", flush=True)

    def at_least(self, area, goal, value, detail="", unit="×"):
        self._judge(area, f"≥ {goal}{unit}", value, value >= goal, detail, unit)

    def at_most(self, area, goal, value, detail="", unit="×"):
        self._judge(area, f"≤ {goal}{unit}", value, value <= goal, detail, unit)

    def missing(self, area, why):
        self.rows.append({"area": area, "measured": "not measured", "detail": why})
        print(f"  {area}: not measured ({why})", flush=True)

    def _judge(self, area, goal, value, met, detail, unit):
        verdict = "met" if met else "MISSED"
        measured = f"{value:.3g}{unit}"
        self.rows.append({"area": area, "goal": goal, "measured": measured, "verdict": verdict, "detail": detail})
        print(f"  {area}: {measured} (goal {goal}): {verdict}  {detail}", flush=True)

    def save(self, path):
        path.write_text(json.dumps(self.rows, indent=1, ensure_ascii=False))
